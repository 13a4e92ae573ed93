"""归档: the page of archived cases and of the disposal list, and what is done to the chosen ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from agencies.actors import Actor
from agencies.doors import words
from agencies.errors import GuardFailed, Malformed, NotPermitted, NotVisible, Reason
from agencies.roles import CASE_ROLES, Role
from cases import archive
from cases.models import Case, Disposal, RetentionPeriod, Status
from cases.queries import archive as shelves
from cases.queries.archive import DISPOSED, DUE, KEPT, PAGE, PROPOSED, TO_ARCHIVE, VIEWS
from cases.queries.unfinished import Unfinished, unfinished
from cases.web.archive_words import state_of, still_open, unchecked

_TABS = {
    TO_ARCHIVE: gettext_lazy("待归档"),
    KEPT: gettext_lazy("保管中"),
    DUE: gettext_lazy("保管期满"),
    PROPOSED: gettext_lazy("待确认销毁"),
    DISPOSED: gettext_lazy("已销毁"),
}
_LEDES = {
    TO_ARCHIVE: gettext_lazy("本机关已结束、还没有归档的案件。归档后只能查看。"),
    KEPT: gettext_lazy("保管期内，内容一件不少，数据库也拒绝删除。"),
    DUE: gettext_lazy("保管期已满。由报送机关的审批人提请销毁，由公安部国际合作局的另一名审批人确认。"),
    PROPOSED: gettext_lazy("已提请销毁，由公安部国际合作局的另一名审批人确认，或者写明理由继续保管。"),
    DISPOSED: gettext_lazy("内容已销毁，编号、环节、日期、操作记录和经手人都在。"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """What is done to the chosen cases, from which view, and what is said afterwards."""

    view: str
    run: Callable[[Actor, list[UUID], Mapping[str, str]], list[Case]]
    done: Callable[[int], str]


_ACTS = {
    "archive": Act(
        TO_ARCHIVE,
        lambda actor, ids, post: archive.archive_cases(actor=actor, case_ids=ids, period=post.get("period", "")),
        lambda n: ngettext("已归档 %(n)s 件。", "已归档 %(n)s 件。", n),
    ),
    "restore": Act(
        KEPT,
        lambda actor, ids, post: archive.restore_cases(actor=actor, case_ids=ids),
        lambda n: ngettext("已取消归档 %(n)s 件，可以再办。", "已取消归档 %(n)s 件，可以再办。", n),
    ),
    "propose": Act(
        DUE,
        lambda actor, ids, post: archive.propose_disposal(actor=actor, case_ids=ids),
        lambda n: ngettext("已提请销毁 %(n)s 件，等待确认。", "已提请销毁 %(n)s 件，等待确认。", n),
    ),
    "confirm": Act(
        PROPOSED,
        lambda actor, ids, post: archive.decide_disposal(actor=actor, case_ids=ids, confirm=True),
        lambda n: ngettext("已销毁 %(n)s 件的内容。", "已销毁 %(n)s 件的内容。", n),
    ),
    "keep": Act(
        PROPOSED,
        lambda actor, ids, post: archive.decide_disposal(
            actor=actor, case_ids=ids, confirm=False, reason=post.get("reason", "")
        ),
        lambda n: ngettext("%(n)s 件继续保管。", "%(n)s 件继续保管。", n),
    ),
}


@require_safe
def archive_list(request: HttpRequest) -> HttpResponse:
    """The archive in the officer's sight, view by view."""
    actor = _case_actor(request)
    wanted = request.GET.get("view", KEPT)
    view = wanted if wanted in VIEWS else KEPT
    after = _ids([request.GET["after"]])[0] if "after" in request.GET else None
    return render(request, "cases/archive.html", _page(actor, view, after=after))


@require_POST
def archive_act(request: HttpRequest, act: str) -> HttpResponse:
    """Do something to the chosen cases, all or none; a refusal comes back with what was chosen and typed."""
    actor = _case_actor(request)
    if act not in _ACTS:
        raise NotVisible
    chosen = _ids(request.POST.getlist("case"))
    try:
        cases = _ACTS[act].run(actor, chosen, request.POST)
    except (Malformed, GuardFailed) as error:
        context = _page(actor, _ACTS[act].view, chosen=chosen) | {
            "refusal": error,
            "reason": request.POST.get("reason", ""),
        }
        return render(request, "cases/archive.html", context, status=error.status)
    messages.success(request, _ACTS[act].done(len(cases)) % {"n": len(cases)})
    if request.POST.get("from") == "case" and len(cases) == 1:
        return redirect("case-detail", case_id=cases[0].pk)
    return redirect(f"{reverse('archive-list')}?{urlencode({'view': _ACTS[act].view})}")


def _case_actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.role not in CASE_ROLES or actor.case_agency_id is None:
        raise NotPermitted(_("你现在的身份不办理案件，看不到归档。"))
    return actor


def _ids(given: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in given]
    except ValueError:
        raise Malformed(reasons=[Reason("malformed", _("案件的地址不对，请刷新页面再选。"), "/cases")]) from None


def _page(actor: Actor, view: str, *, after: UUID | None = None, chosen: list[UUID] | None = None) -> dict[str, Any]:
    today = archive.today()
    cases = shelves.page(actor, view, today, after=after)
    shown = cases[:PAGE]
    proposals = shelves.proposals(shown) if view in (KEPT, PROPOSED) else {}
    still = unfinished(shown) if view == TO_ARCHIVE else {}
    rows = [_row(actor, case, view, proposals.get(case.pk), chosen or []) for case in shown]
    rows = [_held_back(row, still.get(row["case"].pk, [])) for row in rows]
    periods = list(RetentionPeriod.objects.order_by("pk")) if view == TO_ARCHIVE else []
    return {
        "view": view,
        "lede": _LEDES[view],
        "tabs": [{"url": f"?view={name}", "label": label, "current": name == view} for name, label in _TABS.items()],
        "rows": rows,
        "acts": any(row["selectable"] for row in rows),
        "next": f"?{urlencode({'view': view, 'after': str(shown[-1].pk)})}" if len(cases) > PAGE else "",
        "first": f"?view={view}" if after else "",
        "periods": periods,
        "unchecked": unchecked(periods),
        "reason_limit": archive.REASON_LIMIT,
    }


def _row(actor: Actor, case: Case, view: str, proposal: Disposal | None, chosen: list[UUID]) -> dict[str, Any]:
    return {
        "case": case,
        "status": Status(case.status),
        "ended": words.weekday(case.ended_at, timezone.now()) if case.ended_at else "",
        "state": state_of(case, proposal),
        "proposal": proposal,
        "selectable": _selectable(actor, case, view, proposal),
        "chosen": case.pk in chosen,
    }


def _held_back(row: dict[str, Any], still: list[Unfinished]) -> dict[str, Any]:
    """The row of a case that has something open: it says what, and cannot be chosen."""
    return row | {"still": still_open(still), "selectable": row["selectable"] and not still}


def _selectable(actor: Actor, case: Case, view: str, proposal: Disposal | None) -> bool:
    """Can this actor do what the view is for to this case?"""
    if view == TO_ARCHIVE:
        return archive.may_archive(actor, case)
    if view == DUE:
        return actor.role == Role.APPROVER and actor.agency_id == case.origin_id
    if view == PROPOSED:
        own = proposal is not None and proposal.proposed_by_id == actor.officer_id
        return not own and archive.decides(actor, case)
    return False
