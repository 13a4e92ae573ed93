"""The small arithmetic: ranks in a histogram, parts that add up; and the ledger of a set of cases over random stories."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from agencies.moments import clock
from agencies.scope import acting
from cases.board.ledger import Ledger, ledger
from cases.board.numbers import SHADES, Spread, parts_of, shade, steps_of
from cases.models import Leg
from cases.policies import visible_to
from cases.queries.custody import HOME
from tests import watching
from tests.browsing import log_in


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60), st.integers(1, 100))
def test_a_rank_in_the_histogram_is_the_rank_in_the_list(days, percent):
    spread = Spread(Counter(days))
    assert spread.at(percent) == watching.rank(days, percent)
    within = sum(day <= spread.at(percent) for day in days)
    assert 100 * within >= percent * len(days)


def test_of_nothing_there_is_no_median():
    assert Spread({}).median is None


@pytest.mark.parametrize(
    "counts, steps",
    [
        ([0, 0], []),
        ([0, 7, 7], [7]),
        ([1, 5, 9, 0], [1, 5, 9]),
        ([1, 2, 3, 4, 5, 40, 300, 1, 1], [1, 2, 4, 40]),
    ],
)
def test_the_shades_follow_what_there_is_to_tell_apart(counts, steps):
    assert steps_of(counts) == steps


@given(st.lists(st.integers(0, 400), max_size=60))
def test_a_heat_map_uses_every_shade_and_more_is_never_paler(counts):
    steps = steps_of(counts)
    shades = [shade(n, steps) for n in sorted(counts)]
    assert shades == sorted(shades)
    assert all((n == 0) == (shade(n, steps) == 0) for n in counts)
    assert set(shades) - {0} == set(range(1, min(SHADES, len({n for n in counts if n})) + 1))


@given(st.lists(st.integers(0, 900), max_size=60))
def test_bins_hold_everything_once(days):
    bins, _width = Spread(Counter(days)).binned()
    assert sum(n for _label, n in bins) == len(days)


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**15), min_size=1, max_size=40).filter(any))
def test_parts_add_up_and_none_is_off_by_one(whole, parts):
    found = parts_of(whole, parts)
    total = sum(parts)
    assert sum(found) == whole
    assert all(abs(n * total - part * whole) < total for n, part in zip(found, parts, strict=True))


def adds_up(found: Ledger) -> None:
    for parts in (found.kinds, found.tiers, found.phases, found.holders):
        assert sum((part.time for part in parts), timedelta()) == found.whole
        assert sum(part.tenths for part in parts) == found.tenths
        assert sum(part.permille for part in parts) == (1000 if found.whole else 0)
        assert len({part.of for part in parts}) == len(parts)
    # What appears in two lists has one figure, and the tiers of ours are ours.
    kinds, tiers = ({part.of: (part.tenths, part.permille) for part in parts} for parts in (found.kinds, found.tiers))
    assert {kind: tiers.get(kind, kinds[kind]) for kind in kinds} == kinds
    for name in ("tenths", "permille"):
        own = sum(getattr(part, name) for part in found.tiers if part.of not in kinds)
        assert own == sum(getattr(part, name) for part in found.kinds if part.of == HOME)
        for kind in kinds:
            held = sum(getattr(part, name) for part in found.holders if part.of.kind == kind)
            assert held == sum(getattr(part, name) for part in found.kinds if part.of == kind)


STATUSES = (
    "draft",
    "in_review",
    "returned",
    "dispatched",
    "with_liaison",
    "query_open",
    "delivered",
    "closed",
    "declined",
)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_every_day_has_one_holder_and_the_parts_add_up(cast, seed):
    chance = random.Random(seed)
    past = watching.Past(cast, chance)
    for _n in range(5):
        past.begin(chance.random() * 40).at(chance.choice(STATUSES), chance.choice(["kunshan", "suzhou"]))
    past.begin(30).reopened("kunshan", urgency="urgent")
    past.begin(9).in_execution("jiangsu", "suzhou", "kunshan")
    past.begin(3).submitted("suzhou", mark="work_secret")
    for login in ("kunshan.officer", "suzhou.supervisor", "guohe.desk", "yunnan.chief"):
        actor = cast.actor(login)
        with acting(actor):
            now = clock()
            found = ledger(visible_to(actor), now)
            seen = visible_to(actor).exclude(mark="work_secret")
            by_hand = sum(
                ((leg.closed_at or now) - leg.opened_at for leg in Leg.objects.filter(case__in=seen)), timedelta()
            )
            assert found.cases == seen.count()
        assert found.whole == by_hand
        adds_up(found)


@pytest.mark.django_db
def test_the_page_takes_the_filters_of_the_list(story, cast):
    story.submitted(country="TH")
    story.submitted(country="US")
    story.submitted(mark="work_secret")
    client = log_in(cast, "suzhou.supervisor")
    every = client.get(reverse("case-ledger")).context["ledger"]
    thai = client.get(reverse("case-ledger"), {"country": "TH"}).context["ledger"]
    none = client.get(reverse("case-ledger"), {"status": "closed"})
    assert (every.cases, thai.cases, none.context["ledger"].cases) == (2, 1, 0)
    assert "没有符合条件的案件" in none.content.decode()
    assert client.get(reverse("case-ledger"), {"country": "XX"}).status_code == 400
