"""Carrying out an order to reorganise the tree: the cases follow. Runs from the outbox, as the worker, who sees them all.

One order is one transaction: each open leg of the merged organ ends and the successor's opens at that instant, clocks go
to the new leg with their due date, what belonged to the organ belongs to its successor, scopes only grow. Numbers and
past legs stay as they are. See docs/decisions/0012.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from agencies import audit, reorganising, turns
from agencies.actors import SYSTEM
from agencies.models import Agency, AuditEvent, Reorganisation
from agencies.models.reorganisation import OrderKind, OrderState
from agencies.moments import clock
from cases.clocks import running
from cases.hands import refresh_queues
from cases.models import (
    ENDED,
    Assignment,
    AssignmentKind,
    AssignmentState,
    Case,
    Deadline,
    DuplicatePair,
    Leg,
    Status,
)
from cases.supervision.merging import left_at, pass_on

logger = logging.getLogger(__name__)
STEP = "reorganise"
_GROW = (
    "UPDATE cases_case c SET updated_at = %(at)s, version = version + (c.id = ANY(%(moved)s))::int,"
    " origin_id = CASE WHEN origin_id = %(source)s THEN %(target)s ELSE origin_id END,"
    " return_to_id = CASE WHEN return_to_id = %(source)s THEN %(target)s ELSE return_to_id END,"
    # Whoever saw it by invitation alone goes on doing so, without those above; the successor of a party is one with its
    # chain, also when it was invited before.
    " invited = CASE WHEN status = 'draft' THEN invited"
    " WHEN NOT %(source)s = ANY(invited) THEN ARRAY(SELECT i FROM unnest(invited) i WHERE NOT i = ANY(%(chain)s::int[]))"
    " WHEN %(target)s::int = ANY(scope) THEN invited ELSE invited || %(target)s::int END,"
    " scope = ARRAY(SELECT DISTINCT a FROM unnest(scope || CASE WHEN status = 'draft' OR %(source)s = ANY(invited)"
    " THEN ARRAY[%(target)s::int] ELSE %(chain)s::int[] END) a ORDER BY a) WHERE c.id = ANY(%(ids)s)"
)
# The organs of a move that are parties, with those above them: the origin, the holder, who executes a share.
_WIDEN = (
    "WITH party AS (SELECT c.id, array_agg(DISTINCT s) AS chain"
    " FROM cases_case c JOIN agencies_agency a ON a.id = ANY(%(organs)s) AND (a.id = c.origin_id"
    " OR EXISTS (SELECT FROM cases_leg l WHERE l.case_id = c.id AND l.closed_at IS NULL AND l.agency_id = a.id)"
    " OR EXISTS (SELECT FROM cases_assignment g WHERE g.case_id = c.id AND g.state = 'open' AND g.kind = 'share'"
    " AND g.agency_id = a.id))"
    " CROSS JOIN LATERAL unnest(a.ancestors) s WHERE c.id = ANY(%(ids)s) GROUP BY c.id)"
    " UPDATE cases_case c SET updated_at = %(at)s,"
    " scope = ARRAY(SELECT DISTINCT s FROM unnest(c.scope || p.chain) s ORDER BY s),"
    " invited = ARRAY(SELECT i FROM unnest(c.invited) i WHERE NOT i = ANY(p.chain))"
    " FROM party p WHERE p.id = c.id"
)
_MOVE_CLOCKS = (
    "UPDATE cases_deadline d SET leg_id = new.id, agency_id = new.agency_id FROM cases_leg old JOIN cases_leg new"
    " ON new.case_id = old.case_id AND new.seq = old.seq + 1"
    " WHERE old.id = ANY(%s) AND d.case_id = old.case_id AND d.leg_id = old.id AND d.met_at IS NULL"
    " AND d.cancelled_at IS NULL"
)


class Stopped(Exception):
    """The order cannot be carried out now; everything is as it was."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(codes)
        self.codes = codes


@dataclass(frozen=True, slots=True)
class Moved:
    """A leg that passed from one organ to another."""

    case_id: UUID
    phase: str
    handler_id: int | None


@dataclass(slots=True)
class Sight:
    """What the order touches now."""

    counts: dict[str, int] = field(default_factory=dict)
    fingerprint: str = ""


def preview(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """Count what an order would touch, for the administrators' page: numbers alone, never a case."""
    order = _order(event)
    if order is not None and order.state == OrderState.ASKED:
        _look(order, reorganising.faults(order))


def carry_out(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """Do what was confirmed, whole or not at all. What stops it is written on the order, with fresh counts."""
    order = _order(event)
    if order is None or order.state != OrderState.CONFIRMED:
        return
    try:
        with transaction.atomic():
            _carry_out(order)
    except Stopped as stop:
        _look(order, stop.codes)
    except Exception:  # it is undone; a person looks at it rather than the outbox trying twelve times
        logger.exception("order %s failed", order.pk)
        _look(order, ["failed"])


def gather() -> int:
    """Bring along what reached a merged organ while the order was carried out (a step that was under way, a draft that
    was being opened); gives how many cases moved."""
    done = 0
    for agency in Agency.objects.filter(is_active=False, successor__isnull=False).select_related("successor"):
        if not (_late(agency).exists() or reorganising.running_appointments(agency).exists()):
            continue
        with transaction.atomic():
            turns.wait(turns.Turn.TREE)
            merged = Reorganisation.objects.filter(kind=OrderKind.MERGE, state=OrderState.DONE)
            order = merged.select_related("source").filter(source=agency).latest("pk")
            assert agency.successor is not None  # by the filter
            ids = _locked(_late(agency))
            at = _moment(agency)
            done += _absorb(order, agency.successor, ids, at)
            reorganising.move_people(order, agency.successor, at)
            if ids:
                facts = {"from": agency.pk, "to": agency.successor.pk, "cases": len(ids)}
                audit.record(
                    actor=SYSTEM, kind="reorganisation.gather", subject=f"reorganisation:{order.pk}", facts=facts
                )
    return done


def _late(agency: Agency) -> QuerySet[Case]:
    held = Leg.objects.filter(agency=agency, closed_at=None)
    given = Assignment.objects.filter(Q(agency=agency) | Q(assigned_by=agency), state=AssignmentState.OPEN)
    own = Q(origin=agency) | Q(return_to=agency)
    at_work = Q(pk__in=held.values("case_id")) | Q(pk__in=given.values("case_id"))
    # In the archive only the case itself follows (see _absorb).
    at_work |= Q(pk__in=left_at(agency).values("case_id"))
    return Case.objects.filter(own | (at_work & Q(archived_at=None)))


def _order(event: AuditEvent) -> Reorganisation | None:
    orders = Reorganisation.objects.select_for_update(of=("self",)).select_related("source", "target", "route_to")
    return orders.filter(pk=int(event.subject.partition(":")[2])).first()


def _look(order: Reorganisation, codes: list[str]) -> None:
    for organ in (order.source, order.target):
        organ.refresh_from_db()  # what an undone attempt left in memory is not so
    seen = sight(order)
    order.preview, order.fingerprint, order.previewed_at = seen.counts, seen.fingerprint, timezone.now()
    order.faults, order.state = codes, OrderState.READY
    order.save(update_fields=["preview", "fingerprint", "previewed_at", "faults", "state"])
    facts = {"kind": order.kind, "from": order.source_id, "to": order.target_id, "faults": codes}
    audit.record(actor=SYSTEM, kind="reorganisation.preview", subject=f"reorganisation:{order.pk}", facts=facts)


def sight(order: Reorganisation) -> Sight:
    """The counts of what the order touches, and a digest of exactly what was counted."""
    things = reorganising.touched(order) | (
        _merged_cases(order.source) if order.kind == OrderKind.MERGE else _moved_cases(order.source)
    )
    text = json.dumps(things, default=str, sort_keys=True)
    counts = {name: len(found) for name, found in things.items() if name != "tree"}
    return Sight(counts, hashlib.sha256(text.encode()).hexdigest())


def _of(agency: Agency) -> QuerySet[Case]:
    return Case.objects.filter(scope__contains=[agency.pk])


def _merged_cases(source: Agency) -> dict[str, list[Any]]:
    held = Leg.objects.filter(agency=source, closed_at=None)
    drafts = held.filter(case__status=Status.DRAFT)
    filed = _of(source).filter(origin=source)
    return {
        "drafts": _sorted(drafts.values_list("case_id", flat=True)),
        "held": _sorted(held.exclude(case__status=Status.DRAFT).values_list("case_id", flat=True)),
        "deadlines": _sorted(
            Deadline.objects.filter(leg__in=held, met_at=None, cancelled_at=None).values_list("pk", flat=True)
        ),
        "elsewhere": _sorted(
            filed.exclude(status__in=ENDED).exclude(pk__in=held.values("case_id")).values_list("pk", flat=True)
        ),
        "ended": _sorted(filed.filter(status__in=ENDED).values_list("pk", flat=True)),
    }


def _moved_cases(source: Agency) -> dict[str, list[Any]]:
    return {"widened": _sorted(_open_below(reorganising.subtree(source.pk)).values_list("pk", flat=True))}


def _open_below(organs: Sequence[int]) -> QuerySet[Case]:
    """Open cases that these organs filed, hold or execute a part of; a draft's scope is its origin alone and stays so."""
    held = Leg.objects.filter(agency__in=organs, closed_at=None)
    parts = Assignment.objects.filter(agency__in=organs, kind=AssignmentKind.SHARE, state=AssignmentState.OPEN)
    parties = Q(pk__in=held.values("case_id")) | Q(pk__in=parts.values("case_id"))
    cases = Case.objects.filter(Q(origin__in=organs) | parties)
    return cases.exclude(status__in=[*ENDED, Status.DRAFT])


def _sorted(ids: QuerySet[Any]) -> list[str]:
    return sorted(str(pk) for pk in ids)


def _carry_out(order: Reorganisation) -> None:
    if not turns.take(turns.Turn.TREE):
        raise Stopped(["busy"])
    # Cases before the tree: a step that holds a case and writes a leg never waits for us while we wait for it.
    merge = order.kind == OrderKind.MERGE
    ids = _locked(_of(order.source)) if merge else []
    list(Agency.objects.select_for_update(no_key=True).filter(pk__in=[order.source_id, order.target_id]).order_by("pk"))
    order.source.refresh_from_db()
    order.target.refresh_from_db()
    if codes := reorganising.faults(order):
        raise Stopped(codes)
    if sight(order).fingerprint != order.fingerprint:
        raise Stopped(["changed"])
    at = _moment(order.source)
    rebuilt = reorganising.rebuild(order, at)
    cases = _absorb(order, order.target, ids, at) if merge else 0
    cases += _widen(order, rebuilt.agencies, ids, at)
    order.state, order.done_at, order.faults = OrderState.DONE, at, []
    order.save(update_fields=["state", "done_at", "faults"])
    facts = {"kind": order.kind, "from": order.source_id, "to": order.target_id, "cases": cases}
    facts |= {"agencies": len(rebuilt.agencies), "officers": rebuilt.officers, "clients": rebuilt.clients}
    audit.record(actor=SYSTEM, kind="reorganisation.done", subject=f"reorganisation:{order.pk}", facts=facts, at=at)


def _locked(cases: QuerySet[Case]) -> list[UUID]:
    return list(cases.select_for_update().order_by("pk").values_list("pk", flat=True))


def _moment(source: Agency) -> datetime:
    """One instant for all: now, and after the start of every leg that it ends."""
    latest = Leg.objects.filter(agency=source, closed_at=None).aggregate(at=Max("opened_at"))["at"]
    return max(clock(), latest + timedelta(microseconds=1)) if latest else clock()


def _absorb(order: Reorganisation, target: Agency, ids: list[UUID], at: datetime) -> int:
    """Everything of the merged organ becomes the successor's; gives how many cases changed. What hangs on an archived case
    stays as it is: the database lets its scope alone move."""
    source = order.source
    live = list(Case.objects.filter(pk__in=ids, archived_at=None).values_list("pk", flat=True))
    moved = _pass_legs(source, target, live, at)
    _pass_assignments(source, target, live, at)
    pass_on(source, target, live, at)
    DuplicatePair.objects.filter(agency=source).update(agency=target)
    held = {one.case_id: one for one in moved}
    theirs = set(Case.objects.filter(Q(origin=source) | Q(return_to=source), pk__in=ids).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "source": source.pk,
            "target": target.pk,
            "chain": target.ancestors,
            "at": at,
            "ids": ids,
        }
        cursor.execute(_GROW, values | {"moved": [*held.keys() | theirs]})
    for case_id in ids:
        facts: dict[str, Any] = {"reorganisation": order.pk, "agency_before": source.pk, "agency_after": target.pk}
        if one := held.get(case_id):
            facts |= {"from": source.pk, "to": target.pk, "phase": one.phase, "handler": one.handler_id}
        _record(case_id, facts, at)
    refresh_queues(ids)
    return len(ids)


def _pass_legs(source: Agency, target: Agency, ids: list[UUID], at: datetime) -> list[Moved]:
    """End the organ's open legs and open the successor's, each with the running clocks of the one before."""
    old = list(Leg.objects.filter(agency=source, closed_at=None, case__in=ids))
    Leg.objects.filter(pk__in=[leg.pk for leg in old]).update(closed_at=at)
    Leg.objects.bulk_create(
        Leg(
            case_id=leg.case_id,
            seq=leg.seq + 1,
            side=leg.side,
            phase=leg.phase,
            agency=target,
            holder_name=target.name,
            handler_id=leg.handler_id,
            entered_by=STEP,
            opened_at=at,
        )
        for leg in old
    )
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_CLOCKS, [[leg.pk for leg in old]])
    return [Moved(leg.case_id, leg.phase, leg.handler_id) for leg in old]


def _pass_assignments(source: Agency, target: Agency, ids: list[UUID], at: datetime) -> None:
    """What the organ was asked is asked of its successor, with its clock; what that was asked too is asked once. What the
    organ asked, its successor asked; an opinion that it would owe itself, as holder or as asker, is not needed any more.
    """
    Assignment.objects.filter(assigned_by=source, state=AssignmentState.OPEN, case__in=ids).update(assigned_by=target)
    given = Assignment.objects.filter(agency=source, state=AssignmentState.OPEN, case__in=ids)
    theirs = Assignment.objects.filter(agency=target, state=AssignmentState.OPEN, case=OuterRef("case"))
    running.lapse(given.filter(Exists(theirs.filter(kind=OuterRef("kind")))), at)
    given.update(agency=target)
    # Whatever else runs against the organ runs against its successor.
    Deadline.objects.filter(agency=source, met_at=None, cancelled_at=None, case__in=ids).update(agency=target)
    held = Leg.objects.filter(agency=target, closed_at=None, case__in=ids)
    own = Assignment.objects.filter(agency=target, kind=AssignmentKind.OPINION, case__in=ids)
    running.lapse(own.filter(Q(assigned_by=target) | Q(case__in=held.values("case_id"))), at)


def _widen(order: Reorganisation, organs: list[int], done: list[UUID], at: datetime) -> int:
    """Whoever is above a party now sees its open cases too; gives how many were widened that are not `done`."""
    ids = _locked(_open_below(organs).exclude(pk__in=done)) if organs else []
    with connection.cursor() as cursor:
        cursor.execute(_WIDEN, {"organs": organs, "at": at, "ids": ids})
    facts = {"reorganisation": order.pk, "agency_before": order.source_id, "agency_after": order.target_id}
    for case_id in ids:
        _record(case_id, facts, at)
    refresh_queues(ids)
    return len(ids)


def _record(case_id: UUID, facts: dict[str, Any], at: datetime) -> None:
    audit.record(actor=SYSTEM, kind=f"case.{STEP}", subject=f"case:{case_id}", facts=facts, at=at)
