"""Orders to reorganise the tree. The system administrator asks, the security administrator confirms: with a merger go
appointments, which the first may not give. The worker counts and carries out (cases.reorganise), told by the events.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from agencies import audit, reorganising, turns
from agencies.actors import Actor
from agencies.commands.accounts import require
from agencies.errors import Conflict, GuardFailed, Malformed, NotPermitted, NotVisible, Reason
from agencies.models import Agency, Reorganisation
from agencies.models.reorganisation import STANDING, OrderKind, OrderState
from agencies.plain_text import fits
from agencies.roles import Role

REASON_LIMIT = 500


def merge_agency(*, actor: Actor, source_id: int, target_id: int, reason: str) -> Reorganisation:
    """Ask that `source` be absorbed by `target`. Raises what `_ask` raises; nothing changes until it is confirmed."""
    return _ask(actor, Reorganisation(kind=OrderKind.MERGE, source_id=source_id, target_id=target_id, reason=reason))


def move_agency(
    *, actor: Actor, source_id: int, target_id: int, reason: str, route_to_id: int | None = None
) -> Reorganisation:
    """Ask that `source` get `target` above it; its cases go to `route_to`, by itself to the new parent."""
    order = Reorganisation(kind=OrderKind.MOVE, source_id=source_id, target_id=target_id, reason=reason)
    order.route_to_id = route_to_id or _way_from(target_id)
    return _ask(actor, order)


def _way_from(target_id: int) -> int:
    """Cases go to the new parent, past the root of the tree, which has no desk, to the terminal desk."""
    target = Agency.objects.filter(pk=target_id).first()
    if target is not None and target.parent_id is None:
        return Agency.objects.values_list("pk", flat=True).get(is_terminal=True)
    return target_id


@transaction.atomic
def _ask(actor: Actor, order: Reorganisation) -> Reorganisation:
    """Write the order down. Raises NotPermitted, NotVisible, Malformed for the reason, Conflict for another order about
    the same organs, GuardFailed with everything that forbids it."""
    require(actor, Role.SYSTEM_ADMIN)
    order.reason = _checked_reason(order.reason)
    turns.wait(turns.Turn.TREE, "orders")
    known = Agency.objects.in_bulk(pk for pk in (order.source_id, order.target_id, order.route_to_id) if pk)
    if order.source_id not in known or order.target_id not in known or (order.route_to_id or 0) not in {0, *known}:
        raise NotVisible
    if found := reorganising.faults(order):
        raise GuardFailed(
            _("这样调整不行。"), reasons=[Reason(code, reorganising.FAULTS[code], "/agency_text") for code in found]
        )
    _refuse_tangles(order)
    order.asked_by_id = actor.person_id
    order.save(force_insert=True)
    _record(actor, "ask", order)
    return order


def _refuse_tangles(order: Reorganisation) -> None:
    both = [order.source_id, order.target_id]
    other = Reorganisation.objects.filter(Q(source__in=both) | Q(target__in=both), state__in=STANDING).first()
    if other is not None:
        words = _("第 %(n)s 号机构调整涉及同样的机关，还没有办完。先完成或撤销它。")
        raise Conflict(reasons=[Reason("orders_tangled", words % {"n": other.pk}, "/agency_text")])


@transaction.atomic
def confirm(*, actor: Actor, order_id: int, fingerprint: str) -> Reorganisation:
    """Let the worker carry it out, exactly as previewed. Raises NotPermitted (also for who asked), NotVisible, Conflict
    when it does not wait for this or its preview is another one than `fingerprint`."""
    require(actor, Role.SECURITY_ADMIN)
    order = _locked(order_id)
    if order.asked_by_id == actor.officer_id:
        raise NotPermitted(_("自己提出的机构调整要由另一名管理员确认。"))
    if order.state != OrderState.READY:
        raise Conflict(_("这项调整现在不等待确认，看一下它的状态。"))
    if fingerprint != order.fingerprint or set(order.faults) - reorganising.PASSING:
        raise Conflict(_("预览已更新，看过新的数字再确认。"))
    if found := reorganising.faults(order):
        raise GuardFailed(
            _("机构树有变动，这样调整已经不行。请撤销后重新提出。"),
            reasons=[Reason(code, reorganising.FAULTS[code]) for code in found],
        )
    return _decide(actor, order, OrderState.CONFIRMED, "confirm")


@transaction.atomic
def cancel(*, actor: Actor, order_id: int) -> Reorganisation:
    """Take back an order that is not being carried out. Raises NotPermitted, NotVisible, Conflict."""
    if actor.role not in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        raise NotPermitted
    order = _locked(order_id)
    if order.state not in (OrderState.ASKED, OrderState.READY):
        raise Conflict(_("已经确认或结束的调整不能撤销。"))
    return _decide(actor, order, OrderState.CANCELLED, "cancel")


@transaction.atomic
def look_again(*, actor: Actor, order_id: int) -> Reorganisation:
    """Have the preview counted anew. Raises NotPermitted, NotVisible, Conflict."""
    if actor.role not in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        raise NotPermitted
    order = _locked(order_id)
    if order.state not in (OrderState.ASKED, OrderState.READY):
        raise Conflict(_("已经确认或结束的调整不再统计。"))
    Reorganisation.objects.filter(pk=order.pk).update(state=OrderState.ASKED)
    _record(actor, "look_again", order)
    return order


def _locked(order_id: int) -> Reorganisation:
    orders = Reorganisation.objects.select_for_update(of=("self",)).select_related("source", "target", "route_to")
    order = orders.filter(pk=order_id).first()
    if order is None:
        raise NotVisible
    return order


def _decide(actor: Actor, order: Reorganisation, state: OrderState, act: str) -> Reorganisation:
    Reorganisation.objects.filter(pk=order.pk).update(state=state, decided_by=actor.person_id, decided_at=Now())
    order.state = state
    _record(actor, act, order)
    return order


def _record(actor: Actor, act: str, order: Reorganisation) -> None:
    facts = {"kind": order.kind, "from": order.source_id, "to": order.target_id}
    audit.record(actor=actor, kind=f"reorganisation.{act}", subject=f"reorganisation:{order.pk}", facts=facts)


def _checked_reason(text: str) -> str:
    reason = " ".join(text.split())
    if not fits(reason, REASON_LIMIT):
        words = _("写明理由和批准文件，最多 %(limit)s 个字。") % {"limit": REASON_LIMIT}
        raise Malformed(reasons=[Reason("bad_reason", words, "/reason")])
    return reason
