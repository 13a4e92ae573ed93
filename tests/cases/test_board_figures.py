"""The board's figures after a fold, each beside a count by brute force over what the reader himself may see."""

from __future__ import annotations

from collections import Counter

from agencies.models import Agency
from agencies.scope import acting
from cases.board import access, facts, fold, reading
from cases.queries.queue import moment_of
from countries.calendars import work_calendar
from tests import watching
from tests.cast import PLACES

ROOT = "000000000000"
# Who reads whose board: at home, and of those below.
READERS = {
    "kunshan.supervisor": [PLACES["kunshan"]],
    "suzhou.chief": [PLACES["suzhou"], PLACES["kunshan"]],
    "jiangsu.supervisor": [PLACES["jiangsu"], PLACES["suzhou"], PLACES["kunshan"]],
    "beijing.chief": [PLACES["beijing"], PLACES["chaoyang"]],
    "guohe.supervisor": [ROOT, PLACES["guohe"], PLACES["jiangsu"], PLACES["ruili"]],
}


def agree(cast, login: str, code: str, period: int) -> None:
    """Everything on this board equals the count by hand."""
    actor = cast.actor(login)
    agency = Agency.objects.get(code=code)
    with acting(actor):
        assert access.board_of(actor, code) == agency
        board = reading.read(agency, period=period)
        assert board.as_of is not None
        near_ends = moment_of(board.as_of, work_calendar()).near_ends
        brute = watching.Brute(actor, agency, board.as_of, period, near_ends)
    assert found(board) == counted(brute)
    ours = [one for one in brute.filed if one.direction == "outgoing"]
    if ours:
        assert board.whole.first_time_right == sum(not brute.sent_back(one) for one in ours) / len(ours)
    else:
        assert board.whole.first_time_right is None
    for part in facts.PARTS:
        spread, days = board.whole.spread(part), brute.days(part)
        assert (spread.median, spread.ninth) == (watching.rank(days, 50), watching.rank(days, 90)), part
    went = brute.went_over()
    assert {week: n for (pk, week), n in board.heats[facts.LATE].items() if pk == agency.pk} == {
        week: n for week, n in went.items() if week >= board.weeks[0]
    }


def found(board: reading.Board) -> dict:
    whole = board.whole
    return {
        "now": {name: whole.standing(name) for name in fold.STANDINGS},
        "filed": whole.n(facts.FILED),
        "filed by us": whole.amount(facts.FILED),
        "ended": whole.n(facts.ENDED),
        "back": whole.n(facts.SENT_BACK),
        "internal": (whole.n(facts.INTERNAL), whole.amount(facts.INTERNAL)),
        "statutory": (whole.n(facts.STATUTORY), whole.amount(facts.STATUTORY)),
        "reached": {stage: whole.n(facts.REACHED, stage) for stage in facts.STAGES},
        "sent back by": {stage: whole.n(facts.BACK, stage) for stage in facts.STAGES[:4]},
        "country": {key: n for key, (n, _) in whole.keyed(facts.COUNTRY).items()},
        "type": {key: n for key, (n, _) in whole.keyed(facts.TYPE).items()},
        "open by country": {key: n for key, (n, _) in whole.keyed_now(fold.BY_COUNTRY).items()},
        "late by type": {key: n for key, (_, n) in whole.keyed_now(fold.BY_TYPE).items() if n},
        "longest": len(board.longest),
        **{part: Counter(whole.spread(part).days) for part in facts.PARTS},
    }


def counted(brute: watching.Brute) -> dict:
    statutory = [one for one in brute.clocks if one.confidence]
    return {
        "now": {
            fold.OPEN: len(brute.open),
            fold.OVERDUE: len(brute.over),
            fold.NEAR: len(brute.near),
            fold.WAITING_ABROAD: sum(one.status in ("dispatched", "with_liaison") for one in brute.open),
            fold.CORRECTION: sum(one.status == "returned" for one in brute.open),
        },
        "filed": len(brute.filed),
        "filed by us": sum(one.direction == "outgoing" for one in brute.filed),
        "ended": len(brute.ended),
        "back": sum(map(brute.sent_back, brute.filed)),
        "internal": brute.met(brute.internal(brute.clocks)),
        "statutory": brute.met(statutory),
        "reached": {stage: brute.reached(stage) for stage in facts.STAGES},
        "sent back by": {stage: brute.back(stage) for stage in facts.STAGES[:4]},
        "country": Counter(one.country.code for one in brute.filed),
        "type": Counter(one.request_type.code for one in brute.filed),
        "open by country": Counter(one.country.code for one in brute.open),
        "late by type": Counter(one.request_type.code for one in brute.over),
        "longest": min(len(brute.over), fold.OLDEST),
        **{part: Counter(brute.days(part)) for part in facts.PARTS},
    }


def everywhere(cast, *periods: int) -> None:
    for login, codes in READERS.items():
        for code in codes:
            for period in periods:
                agree(cast, login, code, period)


def test_every_figure_equals_a_count_over_what_the_reader_sees(real_db, cast):
    past = watching.a_world(cast)
    assert watching.fold() > 0
    everywhere(cast, 4, 26)
    # What happens afterwards is taken over by difference.
    case = past.begin(1).corrected("kunshan", "guohe", country="MM")
    past.step("guohe.chief", case, "approve")
    past.begin(0.3).reopened("suzhou")
    watching.fold()
    everywhere(cast, 13)
    assert watching.fold() == 0
