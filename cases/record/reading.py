"""Reading our record with a country: the same national numbers for every officer, and the open cases he himself may see.

Two rows at most by their unique key, whatever the number of cases; nothing here counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, F, QuerySet, When
from django.db.models.functions import TruncDate

from agencies import prepared
from agencies.actors import Actor
from agencies.moments import clock
from cases.models import Direction, Phase
from cases.queries import queue
from cases.record.cells import STATES
from cases.record.figures import ALL, MIN, NAMES, REST, UNNOTED
from cases.record.survival import Curve, kaplan_meier
from countries.calendars import SHANGHAI
from countries.models import Country

__all__ = ["MIN", "OWED", "REST", "UNNOTED", "Due", "Line", "Part", "Record", "open_with", "read", "sent_by_channel"]
# So many open cases of each side stand on a page.
OWED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Counts of one slice; `states` sum to `n`. `waiting`: where it is the other side's turn (ours abroad) or ours (theirs
    with us), and how many days the oldest of them has been open (None where days are not told). Half are answered within `median` days, with 95 % between
    `low` and `high` (None: not so yet, or too few were left to say: `few`). `code` REST is everything too small to be told apart,
    UNNOTED a channel that nobody wrote down."""

    code: str
    n: int
    acknowledged: int
    waiting: int
    oldest: int | None
    states: Mapping[str, int]
    median: int | None
    low: int | None
    high: int | None
    few: bool

    def state(self, name: str) -> int:
        return self.states[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Line):
    """All there is to tell of one direction: the curve of answers (None of a channel alone), the grounds of refusals (code and cases, the most first),
    and tables by type, channel and year, which only the unfiltered record has."""

    curve: Curve | None
    grounds: Sequence[tuple[str, int]]
    types: Sequence[Line]
    channels: Sequence[Line]
    years: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Due:
    """The open cases in the actor's sight in which it is one side's turn, the longest waiting first; `more` that are not
    listed."""

    rows: Sequence[Mapping[str, Any]]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """`sent` and `received` are None when fewer than MIN cases are like that. `as_of` is None before the first count.
    `types` and `channels` are the codes by which the record can be narrowed. `theirs` and `ours`: what they owe us and what we
    owe them, of the cases that the reader sees; None when that was not asked for, or he has no cases."""

    country: Country
    kind: str
    channel: str
    as_of: datetime | None
    sent: Part | None
    received: Part | None
    types: Sequence[str]
    channels: Sequence[str]
    theirs: Due | None
    ours: Due | None


_READ = """SELECT w.as_of, r.request_type, r.channel, r.figures::text FROM cases_recordcount w
LEFT JOIN cases_countryrecord r ON r.country_id = %(country)s::int
  AND (r.request_type, r.channel) IN (('', ''), (%(kind)s::text, %(channel)s::text))"""


def read(country: Country, actor: Actor, *, kind: str = "", channel: str = "", owed: int = 0) -> Record:
    """The record with a country; narrowed to a request type, a channel (UNNOTED: not written down) or both. Every actor reads
    the same numbers; `owed` asks for so many of the open cases that he himself sees, of each side."""
    rows = prepared.rows(_READ, {"country": country.pk, "kind": kind, "channel": channel})
    found = {(of, via): json.loads(figures) for _as_of, of, via, figures in rows if figures is not None}
    whole, wanted = found.get(ALL, {}), found.get((kind, channel), {})
    sent, received = (_part(direction, wanted.get(name)) for direction, name in NAMES.items())
    theirs, ours = open_with(country, actor, owed) if owed and actor.case_agency_id else (None, None)
    return Record(
        country=country,
        kind=kind,
        channel=channel,
        as_of=rows[0][0],
        sent=sent,
        received=received,
        types=_codes(whole, "types"),
        channels=_codes(whole, "channels"),
        theirs=theirs,
        ours=ours,
    )


_CHANNELS = """SELECT figures #>> '{sent,channels}' FROM cases_countryrecord
WHERE country_id = %(country)s::int AND (request_type, channel) = ('', '')"""


def sent_by_channel(country: Country) -> list[Line]:
    """Our requests to a country by channel, as the table of its record has them."""
    rows = prepared.rows(_CHANNELS, {"country": country.pk})
    lines = json.loads(rows[0][0]) if rows and rows[0][0] else []
    return [Line(**_line(Direction.OUTGOING, line["code"], line)) for line in lines]


def _codes(whole: Mapping[str, Any], name: str) -> list[str]:
    """What both directions tell of, in the order in which it is most frequent."""
    lines = [line for part in whole.values() for line in part[name] if line["code"] != REST]
    return list(dict.fromkeys(line["code"] for line in sorted(lines, key=lambda line: -line["n"])))


_COUNTS = ("n", "acknowledged", "waiting", "oldest", "median", "low", "high")


def _line(direction: Direction, code: str, figures: Mapping[str, Any]) -> dict[str, Any]:
    counts = {name: figures[name] for name in _COUNTS}
    return {
        "code": code,
        **counts,
        "few": figures.get("few", False),
        "states": {state: figures[state] for state in STATES[direction]},
    }


def _part(direction: Direction, figures: Mapping[str, Any] | None) -> Part | None:
    if figures is None:
        return None
    tables: dict[str, Any] = {
        name: [Line(**_line(direction, line["code"], line)) for line in figures.get(name, ())]
        for name in ("types", "channels", "years")
    }
    return Part(
        **_line(direction, REST, figures),
        curve=kaplan_meier(dict(figures["answered_days"]), dict(figures["censored_days"]))
        if "answered_days" in figures
        else None,
        grounds=[(code, n) for code, n in figures["grounds"]],
        **tables,
    )


# Whose turn it is, by what the open leg is for: theirs while we wait for an answer or a supplement.
_THEIRS = (Phase.ABROAD, Phase.SUPPLEMENT)
# Ours: their question about our request, or their request itself until our answer is out. The last two are also phases of
# requests of ours, which nobody owes to the other side yet.
_QUESTION = (Phase.QUERY, Phase.QUERY_REVIEW)
_REQUEST = (Phase.CHECK, Phase.DECISION, Phase.POSTPONED, Phase.ASSIGNMENT, Phase.EXECUTION, Phase.RESULT)
_EITHER = (Phase.DISPATCH, Phase.LIAISON)
_TURN = TruncDate("since", tzinfo=SHANGHAI)
_ROW = (
    "case_id",
    "case__number",
    "case__title",
    "case__request_type__name_zh",
    "case__request_type__name_en",
    "case__their_reference",
    "phase",
)


def open_with(country: Country, actor: Actor, most: int, *, secrets: bool = True) -> tuple[Due, Due]:
    """What they owe us and what we owe them, of the cases that this actor sees, each with the day since which it is owed
    (`owed_since`): a request of theirs since it came, anything else since it is that side's turn. Work secrets are listed only
    to who sees them, and to nobody without `secrets`."""
    at = clock()
    rows = queue.keyed(actor, queue.Wanted(view=queue.AGENCY, country=country.code), queue.Now(at, at, at))
    if not secrets:
        rows = rows.filter(secret=False)
    theirs = rows.filter(phase__in=_THEIRS).annotate(owed_since=_TURN).order_by("since", "case_id")
    ours = (
        rows.filter(phase__in=(*_QUESTION, *_REQUEST, *_EITHER))
        .exclude(phase__in=_EITHER, case__direction=Direction.OUTGOING)
        .annotate(owed_since=Case(When(phase__in=_QUESTION, then=_TURN), default=F("case__received_on")))
        .order_by("owed_since", "case_id")
    )
    return _due(rows, theirs, most), _due(rows, ours, most)


def _due(rows: QuerySet[Any], owed: QuerySet[Any], most: int) -> Due:
    """First the keys of the oldest, then what is shown of them: so the large tables are read for these alone."""
    days = dict(owed.values_list("case_id", "owed_since")[:most])
    shown = {row["case_id"]: row for row in rows.filter(case__in=days).values(*_ROW)}
    found = [{**shown[pk], "owed_since": day} for pk, day in days.items() if pk in shown]
    return Due(found, owed.count() - most if len(days) == most else 0)
