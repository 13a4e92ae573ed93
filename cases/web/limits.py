"""内部时限: the table with where each number comes from, what was set when, and setting one with a look at what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.actors import Actor
from agencies.doors import words
from agencies.doors.forms import attach
from agencies.errors import GuardFailed, Malformed, NotPermitted, NotVisible
from agencies.models import Agency
from agencies.models.tree import Tier
from cases import internal_limits
from cases.internal_limits import kinds, seat_of, today
from cases.limit_words import FAMILIES, KINDS, alarm_of, amount_of, parts_of, subject_of
from cases.models import AssignmentKind, Direction, InternalLimit, Phase, Urgency
from cases.queries import limits
from cases.web.limit_form import LimitForm

PAGE = 50
_CELL = ("kind", "urgency", "direction", "family", "tier")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the table as the address has them; what is unknown counts as not asked. `seat` is the reader's own
    agency while its tier and province are what he sees without asking."""

    direction: str
    family: str
    tier: str
    province: Agency | None
    seat: Agency | None

    @property
    def wanted(self) -> limits.Wanted:
        above = [self.province.pk] if self.province else []
        return limits.Wanted(direction=self.direction, family=self.family, tier=self.tier, above=above)


@require_safe
def limit_list(request: HttpRequest) -> HttpResponse:
    """Every limit as it holds today, and what was set when."""
    actor = _actor(request)
    at = Agency.objects.filter(pk=actor.agency_id).first() if actor.agency_id else None
    own = limits.province_of(at)
    asked = _asked(request.GET, at, own)
    seat = seat_of(actor)
    found = limits.settings(_number(request.GET.get("after")))
    shown = found[: limits.HISTORY]
    context = {
        "groups": _groups(limits.table(asked.wanted, today()), asked, may_set=seat is not None),
        "urgencies": Urgency.labels,
        "filters": _filters(asked, own),
        "narrowed": any(name in request.GET for name in ("direction", "family", "tier", "province")),
        "province": asked.province,
        "seat": asked.seat,
        "may_set": seat is not None,
        "settings": [_told(row) for row in shown],
        "after": request.GET.get("after"),
        "next": shown[-1].pk if len(found) > limits.HISTORY else None,
    }
    return render(request, "cases/limits.html", context)


@require_safe
def limit_detail(request: HttpRequest, limit_id: int) -> HttpResponse:
    """One limit: what it says, what was set for the same before and after, and which open deadlines would differ."""
    actor = _actor(request)
    row = InternalLimit.objects.select_related("agency", "set_by").filter(pk=limit_id).first()
    if row is None:
        raise NotVisible
    context = {
        "told": _told(row),
        "row": row,
        "history": [_told(one) for one in limits.history(row)],
        "sees_cases": actor.case_agency_id is not None,
        "may_set": seat_of(actor) is not None,
        "set_url": _set_url(row),
        **_differing(actor, row, _number(request.GET.get("page")) or 1),
    }
    return render(request, "cases/limit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def limit_set(request: HttpRequest) -> HttpResponse:
    """Write a limit, look at what would differ, set it."""
    actor = _actor(request)
    seat = seat_of(actor)
    if seat is None:
        raise NotPermitted(
            _("内部时限由公安部国际合作局的审批人或督办人设定；省级公安机关的审批人或督办人可以为本省设定更短的。")
        )
    form = _form(request, seat)
    do = request.POST.get("do", "look")
    if request.method == "POST" and do != "edit" and form.is_valid():
        try:
            return _look_or_set(request, actor, form, do)
        except (Malformed, GuardFailed) as error:
            attach(form, error)
    context = {"form": form, "seat": seat, "province": not seat.is_terminal}
    return render(request, "cases/limit_set.html", context, status=400 if form.is_bound and form.errors else 200)


def _look_or_set(request: HttpRequest, actor: Actor, form: LimitForm, do: str) -> HttpResponse:
    if do == "save":
        row = internal_limits.set_limit(actor=actor, asked=form.asked())
        messages.success(request, _("已撤回。") if row.withdrawn else _("已设定。已经开始的时限没有变。"))
        return redirect("internal-limit-detail", limit_id=row.pk)
    row = internal_limits.drafted(actor, form.asked())
    context = {
        "told": _told(row),
        "row": row,
        "sent": [(name, request.POST[name]) for name in form.fields if request.POST.get(name)],
        **_differing(actor, row, _number(request.POST.get("page")) or 1),
    }
    return render(request, "cases/limit_preview.html", context)


def _form(request: HttpRequest, seat: Agency) -> LimitForm:
    """With what was sent, or with the numbers that hold in the cell of the address."""
    options: dict[str, Any] = {"kinds": kinds(), "province": not seat.is_terminal}
    if request.method != "POST":
        return LimitForm(initial=_initial(request.GET, seat), **options)
    if request.POST.get("do") == "edit":
        return LimitForm(initial={name: request.POST.get(name) for name in LimitForm.base_fields}, **options)
    return LimitForm(request.POST, **options)


def _initial(params: QueryDict, seat: Agency) -> dict[str, Any]:
    cell = {name: params.get(name, "") for name in _CELL}
    above = () if seat.is_terminal else [seat.pk]
    wanted = limits.Wanted(direction=cell["direction"], family=cell["family"], tier=cell["tier"], above=above)
    held = limits.table(wanted, today()).get(cell["kind"], [])
    row = next((one.row for one in held if one.urgency == cell["urgency"]), None)
    numbers = ("amount", "unit", "warn_before", "escalate_after", "extend_by")
    return cell | ({name: getattr(row, name) for name in numbers} if row else {})


# --- Words --------------------------------------------------------------------------------------------------------


def _groups(table: Mapping[str, list[limits.Cell]], asked: Asked, *, may_set: bool) -> list[dict[str, Any]]:
    """The kinds in three groups, each with its cells by urgency."""
    titles = {"phase": _("案件的环节"), "parallel": _("会办、分办和补办"), "other": _("等外方和督办")}
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in titles}
    for kind, cells in table.items():
        by_urgency = {cell.urgency: cell for cell in cells}
        found = [by_urgency.get(urgency) for urgency in Urgency.values]
        group = "phase" if kind in Phase.values else "parallel" if kind in AssignmentKind.values else "other"
        row = {"kind": KINDS[kind], "cells": [_cell(cell, asked, may_set) if cell else None for cell in found]}
        groups[group].append(row)
    return [{"title": titles[name], "rows": rows} for name, rows in groups.items() if rows]


def _cell(cell: limits.Cell, asked: Asked, may_set: bool) -> dict[str, Any]:
    tier = cell.row.tier if asked.seat else asked.tier  # nobody is led to set for his own tier alone unasked
    place = {"direction": asked.direction, "family": asked.family, "tier": tier}
    query = {"kind": cell.kind, "urgency": cell.urgency, **{name: code for name, code in place.items() if code}}
    later = cell.next_row
    return {
        **_numbers(cell.row),
        "urgency": Urgency(cell.urgency).label,
        "source": cell.row.source,
        "pk": cell.row.pk,
        "since": cell.row.effective_from if cell.row.set_by_id else None,
        "parts": _("，").join(str(part) for part in parts_of(cell.row)),
        "others": _("、").join(dict.fromkeys(_scope(row) for row in cell.others)),
        "later": amount_of(later.amount, later.unit) if later else "",
        "later_from": cell.next_from,
        "set_url": f"{reverse('internal-limit-set')}?{urlencode(query)}" if may_set else "",
    }


def _scope(row: InternalLimit) -> str:
    """`引渡，县级机关`: for which cases a row is."""
    return _("，").join(str(part) for part in parts_of(row))


def _numbers(row: InternalLimit) -> dict[str, Any]:
    extend = _("最多延 %(n)s") % {"n": row.extend_by} if row.extend_by else _("不得延长")
    return {
        "amount": amount_of(row.amount, row.unit),
        "warn": alarm_of(row.warn_before, row.unit) if row.warn_before else _("最后一天"),
        "escalate": alarm_of(row.escalate_after, row.unit),
        "extend": amount_of(row.extend_by, row.unit) if row.extend_by else _("不得延长"),
        "alarms": _("，").join(
            [
                _("提前 %(n)s 提醒") % {"n": row.warn_before} if row.warn_before else _("最后一天提醒"),
                _("超 %(n)s 上报") % {"n": row.escalate_after},
                extend,
            ]
        ),
    }


def _told(row: InternalLimit) -> dict[str, Any]:
    """A row in words."""
    return {
        **_numbers(row),
        "row": row,
        "subject": subject_of(row),
        "from": row.effective_from,
        "upcoming": row.effective_from > today(),
        "source": row.source,
        "by": row.agency.name if row.agency else "",
    }


def _differing(actor: Actor, row: InternalLimit, page: int) -> dict[str, Any]:
    """A page of the open deadlines that would differ, and how many there are at each agency."""
    found = limits.differing(actor, row)
    pages = max(1, -(-found.listed // PAGE))
    page = min(max(page, 1), pages)
    now = timezone.now()
    return {
        "total": found.total,
        "more": found.more,
        "counted": limits.COUNTED,
        "listed": found.listed,
        "by_agency": found.by_agency[:PAGE],
        "differing": [
            {
                "clock": one.clock,
                "before": words.weekday(one.clock.due_at, now),
                "after": words.weekday(one.due_at, now),
                "was": amount_of(one.clock.amount, one.clock.unit),
                "becomes": amount_of(one.limit.amount, one.limit.unit),
            }
            for one in found.rows((page - 1) * PAGE, PAGE)
        ],
        "previous": page - 1 if page > 1 else None,
        "following": page + 1 if page < pages else None,
        "first": (page - 1) * PAGE + 1,
        "last": min(page * PAGE, found.listed),
    }


# --- Reading the address ------------------------------------------------------------------------------------------


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _asked(params: QueryDict, at: Agency | None, own: Agency | None) -> Asked:
    """An officer sees what holds at his own agency, of its tier and in its province, unless he asks for something else."""

    def known(name: str, codes: Any) -> str:
        code = params.get(name, "")
        return code if code in codes else ""

    province = own
    if "province" in params:
        province = Agency.objects.filter(code=params["province"], tier=Tier.PROVINCE).first()
    tier = known("tier", Tier.values) if "tier" in params or at is None else at.tier
    seat = at if not {"tier", "province"} & params.keys() else None
    return Asked(known("direction", Direction.values), known("family", FAMILIES), tier, province, seat)


def _filters(asked: Asked, own: Agency | None) -> list[dict[str, Any]]:
    offered = {agency.code: agency.name for agency in (*limits.provinces(), *([own] if own else []))}
    tiers = [(tier, _("%(tier)s级机关") % {"tier": label}) for tier, label in Tier.choices]
    found = [
        ("direction", _("请求方向"), Direction.choices, asked.direction, _("不限")),
        ("family", _("请求类别"), FAMILIES.items(), asked.family, _("不限")),
        ("tier", _("办理机关"), tiers, asked.tier, _("不限")),
    ]
    if offered:
        code = asked.province.code if asked.province else ""
        found.append(("province", _("省"), sorted(offered.items()), code, _("全国")))
    return [
        {"name": name, "label": label, "choices": list(choices), "chosen": chosen, "any": every, "official": n == 3}
        for n, (name, label, choices, chosen, every) in enumerate(found)
    ]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _set_url(row: InternalLimit) -> str:
    return f"{reverse('internal-limit-set')}?{urlencode({name: getattr(row, name) for name in _CELL})}"
