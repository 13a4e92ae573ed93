"""The workbench: which cases, in which order, page by page.

Open cases are listed from the small OpenQueue table: first the keys of one page by keyset, then the fifty cases. What an
officer filed also holds drafts and ended cases and is listed from his own cases, of which there are few.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan
from django.db.models.functions import Coalesce

from agencies import prepared
from agencies.actors import Actor
from agencies.models import Agency
from cases.models import NO_DUE, Assignment, AssignmentState, Case, OpenQueue, Status
from cases.policies import SIGHT, sees_secrets, sight_of, visible_to
from countries.calendars import SHANGHAI, Calendar

PAGE = 50
MINE, FILED, AGENCY, ALL = "mine", "filed", "agency", "all"
VIEWS = (MINE, FILED, AGENCY)  # of the workbench; ALL is the list of everything in sight, ended or not
NEAR_DAYS = 2
LATE, NEAR, ABROAD = "late", "near", "abroad"
# Where a case stands abroad: no clock of ours runs.
ABROAD_STATUSES = (Status.DISPATCHED, Status.WITH_LIAISON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an officer asked the list for. Every part stands in the URL; an empty part means all."""

    view: str = MINE
    when: str = ""
    direction: str = ""
    status: str = ""
    country: str = ""
    type: str = ""
    urgency: str = ""
    origin: int = 0  # an agency's id, with everyone under it
    q: str = ""
    sort: str = "due"
    board: str = ""  # "1": only what the supervision board counts: no drafts, no work secrets, late by custody's clocks


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of the page, and when today and the near stretch (two working days) end."""

    at: datetime
    today_ends: datetime
    near_ends: datetime


def moment_of(now: datetime, calendar: Calendar) -> Now:
    """The page's moment: when today ends, and when the near stretch of two working days does."""
    today = now.astimezone(SHANGHAI).date()
    last = today
    for _step in range(NEAR_DAYS):
        last = calendar.next_workday(last)
    today_ends, near_ends = (datetime.combine(day + timedelta(days=1), time(), SHANGHAI) for day in (today, last))
    return Now(now, today_ends, near_ends)


# A place in the list: when due, and the case.
Key = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of rows, and the keys from which the pages around it start (None: there is none)."""

    rows: Sequence[dict[str, Any]] = field(default_factory=list)
    before: Key | None = None
    after: Key | None = None


def page(actor: Actor, wanted: Wanted, now: Now, *, after: Key | None = None, before: Key | None = None) -> Page:
    """The page after a key, or the one before a key, or the first."""
    names = ("due_at", "pk") if wanted.view in (FILED, ALL) else (due_name(wanted), "case_id")
    keys = _keys(keyed(actor, wanted, now), names, newest_first=wanted.sort == "filed", after=after, before=before)
    more = len(keys) > PAGE
    keys = keys[:PAGE]
    if before is not None:
        keys.reverse()
    rows = rows_of(actor, {pk: due for due, pk in keys})
    return Page(
        rows=rows,
        before=keys[0] if keys and (after is not None or (before is not None and more)) else None,
        after=keys[-1] if keys and (before is not None or more) else None,
    )


def keyed(actor: Actor, wanted: Wanted, now: Now) -> QuerySet[Any]:
    """Everything wanted, unordered: rows of the queue, or cases when ended ones belong to the view."""
    return _cases(actor, wanted, now) if wanted.view in (FILED, ALL) else _queue(actor, wanted, now)


def due_name(wanted: Wanted) -> str:
    """Which due date of the queue a list goes by: the acting agency's own, or on the board's terms that of custody."""
    return "custody_due_at" if wanted.board else "due_at"


def _keys(
    rows: QuerySet[Any], names: tuple[str, str], *, newest_first: bool, after: Key | None, before: Key | None
) -> list[Key]:
    """One page of keys and one more. By due date the key is (due_at, case); newest first it is the case alone (UUIDv7)."""
    due, case = names
    backwards = (before is not None) != newest_first
    if start := after or before:
        ahead = TupleLessThan if backwards else TupleGreaterThan
        if newest_first:
            rows = rows.filter(**{f"{case}__{'lt' if backwards else 'gt'}": start[1]})
        else:
            rows = rows.filter(ahead((F(due), F(case)), start))
    sign = "-" if backwards else ""
    order = [case] if newest_first else [due, case]
    return list(rows.order_by(*(sign + name for name in order)).values_list(due, case)[: PAGE + 1])


def _queue(actor: Actor, wanted: Wanted, now: Now) -> QuerySet[OpenQueue]:
    """Open cases in the scope of the acting agency, without the secrets the actor may not see."""
    rows = OpenQueue.objects.filter(agency_id=actor.case_agency_id or 0)
    if not sees_secrets(actor):
        rows = rows.filter(Q(secret=False) | Exists(visible_to(actor).filter(pk=OuterRef("case_id"))))
    if wanted.view == MINE:
        rows = rows.filter(waits_for(actor))
    plain = {"status": wanted.status, "country": wanted.country, "request_type": wanted.type, "urgency": wanted.urgency}
    rows = rows.filter(**{name: value for name, value in plain.items() if value})
    if wanted.direction:
        rows = rows.filter(Exists(visible_to(actor).filter(direction=wanted.direction, pk=OuterRef("case_id"))))
    if wanted.origin:
        rows = rows.filter(origin__in=below(wanted.origin))
    if wanted.q:
        rows = rows.filter(Exists(visible_to(actor).filter(matching(wanted.q), pk=OuterRef("case_id"))))
    if wanted.board:
        rows = rows.filter(_counted(wanted.when))
    return rows.filter(when(wanted.when, now, due_name(wanted))) if wanted.when else rows


def _counted(tile: str) -> Q:
    """What the board counts under a tile (cases.board.fold)."""
    counted = Q(secret=False) & ~Q(status=Status.DRAFT)
    return counted & ~Q(status__in=ABROAD_STATUSES) if tile in (LATE, NEAR) else counted


def _cases(actor: Actor, wanted: Wanted, now: Now) -> QuerySet[Case]:
    """Cases in sight, ended ones and drafts with the rest: what the actor drafted, or all."""
    due = OpenQueue.objects.filter(agency_id=actor.case_agency_id or 0, case=OuterRef("pk")).values("due_at")
    cases = visible_to(actor).annotate(due_at=Coalesce(Subquery(due), NO_DUE))
    if wanted.view == FILED:
        cases = cases.filter(drafter_id__in=actor.hands)
    plain = {
        "direction": wanted.direction,
        "status": wanted.status,
        "country__code": wanted.country,
        "request_type__code": wanted.type,
        "urgency": wanted.urgency,
    }
    cases = cases.filter(**{name: value for name, value in plain.items() if value})
    if wanted.origin:
        cases = cases.filter(origin__in=below(wanted.origin))
    if wanted.q:
        cases = cases.filter(matching(wanted.q))
    return cases.filter(when(wanted.when, now)) if wanted.when else cases


def waits_for(actor: Actor) -> Q:
    """等我处理: the acting agency holds it, and it waits for the acting role or is in the actor's own hands; under a
    delegation also what is in the hands of the officer for whom he acts.
    """
    return Q(is_holder=True) & (Q(waiting_role=actor.role) | Q(handler_id__in=actor.hands))


def below(agency_id: int) -> QuerySet[Agency, Any]:
    """The agency and everyone under it."""
    return Agency.objects.filter(ancestors__contains=[agency_id]).values("pk")


def matching(text: str) -> Q:
    """Number or title contains every word of `text`."""
    found = Q()
    for word in text.split()[:6]:
        found &= Q(number__icontains=word) | Q(title__icontains=word)
    return found


# One parameter for all cases: a list of fifty would be taken apart and put together again for every page.
_ASKED = """SELECT * FROM cases_assignment
WHERE agency_id = %(agency)s::int AND state = %(open)s AND case_id = ANY(%(ids)s::uuid[]) ORDER BY opened_at, id"""


def asked_of(actor: Actor, cases: Collection[UUID]) -> dict[UUID, list[Assignment]]:
    """The open parallel work of the acting agency in these cases: what they wait here for, besides custody."""
    mine = {"agency": actor.case_agency_id or 0, "open": AssignmentState.OPEN.value, "ids": list(cases)}
    found: dict[UUID, list[Assignment]] = {}
    for one in Assignment.objects.raw(_ASKED, mine):
        found.setdefault(one.case_id, []).append(one)
    return found


def when(name: str, now: Now, due: str = "due_at") -> Q:
    if name == LATE:
        return Q((f"{due}__lt", now.at))
    if name == NEAR:
        return Q((f"{due}__gte", now.at), (f"{due}__lt", now.near_ends))
    return Q(status__in=ABROAD_STATUSES)


# What a row of a list shows, and where it is read.
_COLUMNS = {
    "pk": "c.id",
    "number": "c.number",
    "title": "c.title",
    "status": "c.status",
    "direction": "c.direction",
    "urgency": "c.urgency",
    "created_at": "c.created_at",
    "submitted_at": "c.submitted_at",
    "ended_at": "c.ended_at",
    "country__name_zh": "n.name_zh",
    "country__name_en": "n.name_en",
    "request_type__name_zh": "t.name_zh",
    "request_type__name_en": "t.name_en",
    "origin__name": "o.name",
    "held__agency_id": "q.held_by_id",
    "held__holder_name": "q.holder_name",
    "held__opened_at": "q.since",
    "held__phase": "q.phase",
    "held__handler__name": "h.name",
}
# By whether the role sees secrets. Row-level security says again what the first wall says.
_ROWS = {
    secrets: f"""SELECT {", ".join(_COLUMNS.values())} FROM cases_case c
JOIN agencies_agency o ON o.id = c.origin_id
LEFT JOIN countries_country n ON n.id = c.country_id
LEFT JOIN treaties_requesttype t ON t.id = c.request_type_id
LEFT JOIN cases_openqueue q ON q.case_id = c.id AND q.agency_id = %(agency)s::int
LEFT JOIN agencies_officer h ON h.id = q.handler_id
WHERE c.id = ANY(%(ids)s::uuid[]) AND {wall}"""  # noqa: S608 - made of constants
    for secrets, wall in SIGHT.items()
}


def rows_of(actor: Actor, due: dict[UUID, datetime]) -> list[dict[str, Any]]:
    """The rows of these cases in the given order, each with its `due_at`; one that has just gone out of sight is left out."""
    rows = prepared.rows(_ROWS[sees_secrets(actor)], {**sight_of(actor), "ids": list(due)})
    found = {row[0]: dict(zip(_COLUMNS, row, strict=True)) for row in rows}
    return [{**found[pk], "due_at": at} for pk, at in due.items() if pk in found]
