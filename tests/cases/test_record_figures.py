"""What is told of a country and what is not: no number below the least, also not by taking one from another."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.models import Direction
from cases.record.cells import EVENTS, STATES, Cell, Ground
from cases.record.figures import ALL, MIN, REST, UNNOTED, Tally, of_country, parted

OUT, IN = Direction.OUTGOING.value, Direction.INCOMING.value


def cell(n: int, kind: str = "a", channel: str = "x", state: str = "answered", **more) -> Cell:
    given = {"country": 1, "direction": OUT, "year": 2026, "acknowledged": False, "waiting": False, "days": 5}
    return Cell(kind=kind, channel=channel, state=state, n=n, **{**given, **more})


def sized(**sizes: int) -> dict[str, Tally]:
    found = {}
    for key, n in sizes.items():
        found[key] = Tally()
        found[key].add(cell(n))
    return found


def told(**sizes: int) -> dict[str, int]:
    return {key: tally.n for key, tally in parted(sized(**sizes)).items()}


def test_small_parts_become_the_rest_and_a_small_rest_takes_the_smallest_part():
    assert told(a=30, b=12) == {"a": 30, "b": 12}
    assert told(a=30, b=12, c=6, d=5) == {"a": 30, "b": 12, REST: 11}
    assert told(a=30, b=12, c=3) == {"a": 30, REST: 15}
    # Were the one large part told, the small one would be the difference to the whole.
    assert told(a=50, b=3) == {}
    assert told(a=4, b=5) == {}
    assert told() == {}


def test_fewer_than_the_least_leave_nothing_at_all():
    assert of_country([cell(MIN - 1)]) == {}
    found = of_country([cell(MIN), cell(MIN - 1, direction=IN)])
    assert set(found[ALL]) == {"sent"}


def test_what_is_stored_of_a_slice():
    rows = [
        cell(10, days=3, acknowledged=True),
        cell(4, "b", "y", "partly", days=9),
        cell(2, "b", "y", "refused", days=4),
        cell(6, "b", "", "open", days=40, waiting=True, year=2025),
        Ground(1, OUT, "b", "y", "security", 2),
        Ground(1, OUT, "b", "y", "no_basis", 3),
    ]
    found = of_country(rows)
    whole = found[ALL]["sent"]
    assert (whole["n"], whole["acknowledged"], whole["waiting"], whole["oldest"]) == (22, 10, 6, 40)
    assert whole["grounds"] == []
    assert whole["answered_days"] == [(3, 10), (4, 2), (9, 4)]
    assert whole["censored_days"] == [(40, 6)]
    assert [(line["code"], line["n"]) for line in whole["types"]] == [("a", 10), ("b", 12)]
    assert [(line["code"], line["n"]) for line in whole["channels"]] == [("x", 10), (REST, 12)]
    assert whole["years"] == []
    assert set(found) == {ALL, ("a", ""), ("b", ""), ("", "x")}
    assert found["a", ""]["sent"]["grounds"] == []
    assert found["a", ""]["sent"]["answered_days"] == [(3, 10)]
    # The same day in a type's curve and in a channel's would be a case of both.
    assert not {"answered_days", "censored_days"} & set(found["", "x"]["sent"])
    assert (found["", "x"]["sent"]["median"], found["", "x"]["sent"]["oldest"]) == (3, None)
    assert [line["oldest"] for line in whole["types"]] == [0, 40]
    assert [line["oldest"] for line in whole["channels"]] == [None, None]
    assert "types" not in found["a", ""]["sent"]


def test_a_channel_that_nobody_noted_can_be_asked_for():
    found = of_country([cell(12, channel=""), cell(11, "b")])
    assert found["", UNNOTED]["sent"]["n"] == 12


def test_grounds_are_told_of_all_cases_and_only_those_that_enough_share():
    rows = [cell(20, state="refused"), cell(15, "b", "y", "refused"), Ground(1, OUT, "a", "x", "security", MIN - 1)]
    rows += [Ground(1, OUT, "a", "x", "no_basis", 9), Ground(1, OUT, "b", "y", "no_basis", 3)]
    found = of_country(rows)
    assert found[ALL]["sent"]["grounds"] == [["no_basis", 12]]
    assert all(figures["sent"]["grounds"] == [] for key, figures in found.items() if key != ALL)


def test_pairs_are_kept_all_or_none():
    whole = [cell(12), cell(11, "b"), cell(10, channel="y"), cell(13, "b", "y")]
    assert ("b", "y") in of_country(whole)
    # Seven in the middle: every row and column leaves enough beside a pair that is told, and all of them together do not.
    table = {"ax": 20, "ay": 5, "az": 20, "bx": 5, "by": 7, "bz": 5, "cx": 20, "cy": 5, "cz": 20}
    assert not any(all(key) for key in of_country([cell(n, *key) for key, n in table.items()]))


CELLS = st.lists(
    st.builds(
        cell,
        st.integers(1, 14),
        st.sampled_from("abc"),
        st.sampled_from(["x", "y", ""]),
        st.sampled_from(STATES[Direction.OUTGOING]),
        days=st.integers(0, 30),
        year=st.sampled_from([2024, 2025, 2026]),
    ),
    max_size=14,
)


@given(CELLS)
def test_by_chance_nothing_small_is_told_and_everything_adds_up(cells):
    found = {key: figures["sent"] for key, figures in of_country(cells).items()}
    total = sum(one.n for one in cells)
    assert bool(found) == (total >= MIN)
    for (kind, channel), figures in found.items():
        own = [one for one in cells if kind in ("", one.kind) and channel in ("", one.channel or UNNOTED)]
        n = sum(one.n for one in own)
        assert figures["n"] == n >= MIN
        states = Counter()
        for one in own:
            states[one.state] += one.n
        assert {state: figures[state] for state in STATES[Direction.OUTGOING]} == {
            state: states[state] for state in STATES[Direction.OUTGOING]
        }
        assert ("answered_days" in figures) == (bool(kind) or not channel)
        answered = sum(n for _day, n in figures.get("answered_days", ()))
        assert "answered_days" not in figures or answered == sum(states[state] for state in EVENTS)
        # Whatever is narrower than another slice leaves nothing or enough of it.
        for wider in ((kind, ""), ("", channel), ALL):
            if wider in found:
                assert (rest := found[wider]["n"] - n) == 0 or rest >= MIN
    if found:
        for name in ("types", "channels", "years"):
            lines = found[ALL][name]
            assert not lines or sum(line["n"] for line in lines) == total
            assert all(line["n"] >= MIN for line in lines)


def reduced(rows):
    """The equations in echelon form."""
    base = []
    for row in rows:
        row = [Fraction(one) for one in row]
        for other in base:
            lead = next(i for i, one in enumerate(other) if one)
            row = [a - row[lead] * b for a, b in zip(row, other, strict=True)]
        lead = next((i for i, one in enumerate(row) if one), None)
        if lead is not None:
            base.append([one / row[lead] for one in row])
    return base


GRID = [(kind, channel) for kind in "abc" for channel in ("x", "y", UNNOTED)]


@given(st.lists(st.integers(0, 25), min_size=9, max_size=9))
@settings(max_examples=25)
def test_by_chance_no_small_group_follows_from_what_is_told(sizes):
    """Every number told is a sum over the grid of types and channels: no sum or difference of them is a group of less."""
    found = of_country([cell(n, k, "" if c == UNNOTED else c) for (k, c), n in zip(GRID, sizes, strict=True) if n])
    told = set(found)
    equations = [[int(key[0] in ("", k) and key[1] in ("", c)) for k, c in GRID] for key in told]
    base = reduced(equations)
    for chosen in itertools.product((0, 1), repeat=len(GRID)):
        n = sum(size for size, one in zip(sizes, chosen, strict=True) if one)
        if 0 < n < MIN:
            assert len(reduced([*base, chosen])) > len(base), (told, chosen, n)
