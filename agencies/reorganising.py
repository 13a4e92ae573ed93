"""The tree part of a reorganisation: what forbids it, what it touches, and the change itself.

Runs inside the worker's transaction (cases.reorganise), which moves the cases; whether an order may stand at all is
asked here by the web too, because the tree is public.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies import audit
from agencies.actors import SYSTEM
from agencies.models import Agency, Appointment, Officer, Reorganisation, ServiceAccount
from agencies.models.reorganisation import OrderKind
from agencies.models.tree import Tier
from agencies.moments import clock

FAULTS: Mapping[str, str | Promise] = {
    "same": _("机关不能并入或划到它自己，另选一个机关。"),
    "below": _("所选机关是它的下级。先把这个下级划到别的机关，再办。"),
    "source_inactive": _("这个机关已停用，不能再合并或划转。"),
    "target_inactive": _("所选机关已停用，另选一个在用的机关。"),
    "terminal": _("公安部国际合作局是所有案件的出口，不能合并或划转，也不能接收合并。"),
    "root": _("公安部是机构树的顶端，不能合并或划转。"),
    "lower_tier": _("所选机关的层级低于这个机关。选同级或上级机关。"),
    "not_above": _("上级机关的层级要高于这个机关。"),
    "unchanged": _("它现在就归这个机关管，案件也报送到那里，没有要改的。"),
    "route_circle": _("所选机关的案件要经过这个机关报送，会绕成圈。先改所选机关的报送路线。"),
    "route_inactive": _("要报送到的机关已停用，另选一个在用的机关。"),
    "changed": _("统计之后情况有变，没有执行，什么都没有改。已重新统计，看过新的数字再确认。"),
    "failed": _("执行时出错，没有执行，什么都没有改；错误已记入日志。稍后再确认，还不行就请运维人员查看。"),
    "busy": _("另一项机构调整正在执行，这一项没有执行，什么都没有改。等它完成后再确认。"),
}
# Faults of the moment: the order stands, look again and confirm.
PASSING = frozenset({"changed", "busy", "failed"})
_HEIGHT = {tier: height for height, tier in enumerate(Tier.values)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What changed: organs whose chain of ancestors is another one, officers and machines that moved."""

    agencies: list[int]
    officers: list[int]
    clients: list[int]


def faults(order: Reorganisation) -> list[str]:
    """Every reason against the order, as codes of FAULTS; none when it may be carried out now."""
    source, target = order.source, order.target
    if source == target:
        return ["same"]
    found = [*_of_places(source, target)]
    found += _of_merge(source, target) if order.kind == OrderKind.MERGE else _of_move(order)
    return found


def _of_places(source: Agency, target: Agency) -> Iterator[str]:
    if source.is_terminal:
        yield "terminal"
    elif source.parent_id is None:
        yield "root"
    if not source.is_active:
        yield "source_inactive"
    if not target.is_active:
        yield "target_inactive"
    if source.pk in target.ancestors:
        yield "below"


def _of_merge(source: Agency, target: Agency) -> Iterator[str]:
    if target.is_terminal:
        yield "terminal"
    if _HEIGHT[target.tier] < _HEIGHT[source.tier]:
        yield "lower_tier"
    if source.pk not in target.ancestors and _passes(target, source):
        yield "route_circle"


def _of_move(order: Reorganisation) -> Iterator[str]:
    source, target, route_to = order.source, order.target, order.route_to
    if target.tier != Tier.MINISTRY and _HEIGHT[target.tier] <= _HEIGHT[source.tier]:
        yield "not_above"
    if route_to is not None and not route_to.is_active:
        yield "route_inactive"
    if route_to is not None and source.pk not in target.ancestors and _passes(route_to, source):
        yield "route_circle"
    if source.parent_id == target.pk and source.route_to_id == order.route_to_id:
        yield "unchanged"


def _passes(agency: Agency, source: Agency) -> bool:
    """Do the cases of `agency` go through `source` on their way to the terminal desk?"""
    stop: Agency | None = agency
    for _stop in range(20):  # as deep as agencies.queries.route_of looks
        if stop is None or stop.pk == source.pk:
            return stop is not None
        stop = stop.route_to
    return True


def subtree(agency_id: int) -> list[int]:
    """The organ and everything below it."""
    return sorted(Agency.objects.filter(ancestors__contains=[agency_id]).values_list("pk", flat=True))


def touched(order: Reorganisation) -> dict[str, list[Any]]:
    """What of this room the order touches, by name; counted for the preview and digested for its fingerprint."""
    source, target = order.source, order.target
    tree = [source.parent_id, source.route_to_id, source.is_active, target.is_active, *target.ancestors]
    if order.kind == OrderKind.MOVE:
        return {"tree": tree, "below": subtree(source.pk)[1:]}
    return {
        "tree": tree,
        "children": _ids(Agency.objects.filter(parent=source)),
        "routed": _ids(Agency.objects.filter(route_to=source).exclude(parent=source)),
        "appointments": _ids(running_appointments(source)),
        "clients": _ids(ServiceAccount.objects.filter(agency=source, is_active=True)),
    }


def running_appointments(agency: Agency) -> QuerySet[Appointment]:
    """Appointments at `agency` that have not ended, those to come among them."""
    return Appointment.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=clock()), agency=agency)


def rebuild(order: Reorganisation, at: datetime) -> Rebuilt:
    """Change the tree, and for a merger move who worked there. The caller has checked `faults` under the lock."""
    source = order.source
    if order.kind == OrderKind.MOVE:
        Agency.objects.filter(pk=source.pk).update(
            parent=order.target, route_to=order.route_to or order.target, reorganised_at=at
        )
        return Rebuilt(agencies=_chain_anew([source.pk]), officers=[], clients=[])
    children = _ids(Agency.objects.filter(parent=source))
    Agency.objects.filter(parent=source).update(parent=order.target, reorganised_at=at)
    Agency.objects.filter(route_to=source).update(route_to=order.target, reorganised_at=at)
    Agency.objects.filter(successor=source).update(successor=order.target)
    Agency.objects.filter(pk=source.pk).update(
        is_active=False, successor=order.target, route_to=order.target, reorganised_at=at
    )
    officers, clients = move_people(order, order.target, at)
    return Rebuilt(agencies=_chain_anew(children), officers=officers, clients=clients)


def move_people(order: Reorganisation, target: Agency, at: datetime) -> tuple[list[int], list[int]]:
    """Appointments and API clients go to `target`, each with its event; gives the officers and the clients that moved."""
    source, officers = order.source, set()
    facts = {"from": source.pk, "to": target.pk, "reorganisation": order.pk}
    for post in running_appointments(source).select_for_update(of=("self",)).order_by("pk"):
        _move_post(post, target, at)
        officers.add(post.officer_id)
        subject = f"officer:{post.officer_id}"
        audit.record(actor=SYSTEM, kind="appointment.move", subject=subject, facts=facts | {"role": post.role}, at=at)
    machines = ServiceAccount.objects.filter(agency=source)
    clients = _ids(machines.filter(is_active=True))
    machines.filter(pk__in=clients).update(agency=target)
    for pk in clients:
        audit.record(actor=SYSTEM, kind="client.move", subject=f"client:{pk}", facts=facts, at=at)
    return sorted(officers), clients


def _move_post(post: Appointment, target: Agency, at: datetime) -> None:
    """End one appointment and open the same at `target`, unless he has it there already for the time."""
    begins = max(post.starts_at, at)
    Appointment.objects.filter(pk=post.pk).update(ends_at=begins)
    same = Appointment.objects.filter(officer_id=post.officer_id, agency=target, role=post.role)
    new = same.filter(period__overlap=(begins, post.ends_at)).first()
    if new is None:
        new = Appointment.objects.create(
            officer_id=post.officer_id,
            agency=target,
            role=post.role,
            starts_at=begins,
            ends_at=post.ends_at,
            granted_by_id=post.granted_by_id,
        )
    Officer.objects.filter(acting_appointment=post.pk).update(acting_appointment=new)


def _chain_anew(roots: list[int]) -> list[int]:
    """Write the ancestors of `roots` and of all below them from their parents; gives the organs written."""
    if not roots:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE t AS ("
            " SELECT a.id, a.id || p.ancestors AS chain FROM agencies_agency a"
            " JOIN agencies_agency p ON p.id = a.parent_id WHERE a.id = ANY(%s)"
            " UNION ALL SELECT c.id, c.id || t.chain FROM agencies_agency c JOIN t ON c.parent_id = t.id)"
            " UPDATE agencies_agency a SET ancestors = t.chain FROM t WHERE t.id = a.id RETURNING a.id",
            [roots],
        )
        return sorted(row[0] for row in cursor.fetchall())


def _ids(rows: QuerySet[Any]) -> list[int]:
    return sorted(rows.values_list("pk", flat=True))
