"""机构调整: the system administrator asks for a merger or a move, the security administrator confirms what was counted.

The pages show numbers alone; the counting and the doing are the worker's (cases.reorganise).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import reorganising
from agencies.actors import Actor
from agencies.commands import reorganisation
from agencies.commands.accounts import require
from agencies.doors.forms import attach, sent
from agencies.errors import Conflict, DomainError, GuardFailed, Malformed, NotPermitted, NotVisible
from agencies.models import Agency, Reorganisation
from agencies.models.reorganisation import OrderKind, OrderState
from agencies.queries import agency_by_code
from agencies.roles import Role
from agencies.web.forms import ReorganisationForm

SHOWN = 100
ACTS = ("confirm", "cancel", "recount")  # each is an address of its own
_COUNTS: tuple[tuple[str, str | Promise], ...] = (
    ("held", gettext_lazy("在手的案件，由对方接办")),
    ("drafts", gettext_lazy("草稿，随任职转去")),
    ("deadlines", gettext_lazy("正在计的时限，到期日不变")),
    ("elsewhere", gettext_lazy("本机关报送、现在在别处的案件")),
    ("ended", gettext_lazy("本机关报送、已结束的案件，对方可查看")),
    ("widened", gettext_lazy("新的上级机关将能看到的未结案件")),
    ("children", gettext_lazy("下级机关，改归对方")),
    ("routed", gettext_lazy("另有机关报送到这里，改为报送到对方")),
    ("below", gettext_lazy("随之划转的下级机关")),
    ("appointments", gettext_lazy("现有任职，转到对方")),
    ("clients", gettext_lazy("接口客户端，转到对方")),
)


@require_safe
def reorganisation_list(request: HttpRequest) -> HttpResponse:
    """Every order, the newest first."""
    _administrator(request)
    orders = Reorganisation.objects.select_related("source", "target", "asked_by").order_by("-pk")[:SHOWN]
    return render(request, "agencies/reorganisation_list.html", {"orders": orders})


@require_http_methods(["GET", "HEAD", "POST"])
def reorganisation_new(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a merger or a move of this organ."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Role.SYSTEM_ADMIN)
    agency = agency_by_code(code)
    if agency is None:
        raise NotVisible
    form = ReorganisationForm(sent(request))
    if request.method == "POST" and form.is_valid() and form.picked is not None:
        try:
            order = _ask(actor, agency, form.picked, form.cleaned_data)
        except (GuardFailed, Conflict, Malformed) as error:
            attach(form, error)
        else:
            return redirect("reorganisation-detail", order.pk)
    context = {"form": form, "agency": agency}
    return render(request, "agencies/reorganisation_new.html", context, status=400 if form.errors else 200)


def _ask(actor: Actor, agency: Agency, target: Agency, asked: dict[str, Any]) -> Reorganisation:
    common = {"actor": actor, "source_id": agency.pk, "target_id": target.pk, "reason": asked["reason"]}
    if asked["kind"] == OrderKind.MERGE:
        return reorganisation.merge_agency(**common)
    kept = agency.route_to_id if asked["route"] == "keep" else None
    return reorganisation.move_agency(**common, route_to_id=kept)


@require_safe
def reorganisation_detail(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order: what it would touch, what stands against it, who may decide, what came of it."""
    return render(request, "agencies/reorganisation_detail.html", _context(request, order_id))


@require_safe
def reorganisation_state(request: HttpRequest, order_id: int) -> HttpResponse:
    """The same as a fragment, which asks again while the worker is busy."""
    return render(request, "agencies/_reorganisation_state.html", _context(request, order_id))


@require_POST
def reorganisation_act(request: HttpRequest, order_id: int, act: str) -> HttpResponse:
    """Confirm exactly what was shown, cancel, or have it counted anew."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "confirm": (
            lambda: reorganisation.confirm(
                actor=actor, order_id=order_id, fingerprint=request.POST.get("fingerprint", "")
            ),
            _("已确认，正在执行。"),
        ),
        "cancel": (lambda: reorganisation.cancel(actor=actor, order_id=order_id), _("已撤销，什么都没有改。")),
        "recount": (lambda: reorganisation.look_again(actor=actor, order_id=order_id), _("正在重新统计。")),
    }
    do, done = acts[act]
    try:
        do()
    except (Conflict, GuardFailed) as error:
        messages.error(request, _refusal(error))
    else:
        messages.success(request, done)
    return redirect("reorganisation-detail", order_id)


def _refusal(error: DomainError) -> str:
    return " ".join([str(error.message), *(str(reason.words) for reason in error.reasons)])


def _administrator(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.role not in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        raise NotPermitted
    return actor


def _context(request: HttpRequest, order_id: int) -> dict[str, Any]:
    actor = _administrator(request)
    orders = Reorganisation.objects.select_related("source", "target", "route_to", "asked_by", "decided_by")
    order = orders.filter(pk=order_id).first()
    if order is None:
        raise NotVisible
    blocked = set(order.faults) - reorganising.PASSING
    ready = order.state == OrderState.READY
    return {
        "order": order,
        "merge": order.kind == OrderKind.MERGE,
        "faults": [reorganising.FAULTS.get(code, code) for code in order.faults],
        "counts": [(label, order.preview[name]) for name, label in _COUNTS if name in order.preview],
        "busy": order.state in (OrderState.ASKED, OrderState.CONFIRMED),
        "may_confirm": ready and not blocked and actor.role == Role.SECURITY_ADMIN,
        "must_wait": ready and not blocked and actor.role != Role.SECURITY_ADMIN,
        "may_cancel": order.state in (OrderState.ASKED, OrderState.READY),
        "may_recount": ready,
    }
