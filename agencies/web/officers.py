"""Officers: find them, open and correct accounts, reset, switch off and on, release a lock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import locks, people
from agencies.actors import Actor
from agencies.commands import accounts
from agencies.doors.forms import attach, sent
from agencies.doors.reading import Query
from agencies.errors import Conflict, Malformed
from agencies.leaving import Left, left_by
from agencies.models import Appointment
from agencies.queries import agency_by_code
from agencies.roles import CASE_ROLES, Role
from agencies.web.forms import DetailsForm, OfficerForm
from agencies.web.gate import has_second_factor

PAGE = 50
COUNTED = 1_000


@require_safe
def officer_list(request: HttpRequest) -> HttpResponse:
    """Everybody for administrators, one's own agency for an approver; by police number, 50 to a page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found, asked = _found(actor, request)
    rows = list(people.with_posts(found.filter(police_number__gt=asked["after"]))[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    locked = locks.locked_until(officer.police_number for officer in rows)
    for officer in rows:
        officer.locked = officer.police_number in locked  # type: ignore[attr-defined]
    total = found[: COUNTED + 1].count()
    context = {
        "rows": rows,
        "asked": asked,
        "states": _states(),
        "sentence": _sentence(actor, total),
        "narrowed": any(asked[name] for name in ("q", "state", "agency")),
        "next": rows[-1].police_number if more else "",
        "may_create": actor.role == Role.SYSTEM_ADMIN,
    }
    return render(request, "agencies/officer_list.html", context)


def _found(actor: Actor, request: HttpRequest) -> tuple[Any, dict[str, Any]]:
    query = Query(request.GET)
    asked: dict[str, Any] = {
        "q": query.text("q"),
        "state": query.one_of("state", ("", *people.STATES)),
        "agency": query.text("agency", 12),
        "after": query.text("after", accounts.NUMBER_LIMIT),
    }
    query.check()
    agency = agency_by_code(asked["agency"]) if asked["agency"] else None
    if asked["agency"] and agency is None:
        raise Malformed
    asked["agency_name"] = agency.name if agency else ""
    found = people.search(
        people.visible_officers(actor), text=asked["q"], state=asked["state"], agency_id=agency.pk if agency else None
    )
    return found, asked


def _states() -> list[tuple[str, str]]:
    return [
        ("", _("全部")),
        ("active", _("在用")),
        ("inactive", _("停用")),
        ("initial", _("还没改初始密码")),
        ("unappointed", _("没有任职")),
    ]


def _sentence(actor: Actor, total: int) -> str:
    count = f"{COUNTED:,}+" if total > COUNTED else f"{total:,}"
    if actor.role == Role.APPROVER:
        return ngettext("本机关现在有 %(n)s 人任职。", "本机关现在有 %(n)s 人任职。", total) % {"n": count}
    return ngettext("共 %(n)s 人。", "共 %(n)s 人。", total) % {"n": count}


@require_safe
def officer_detail(request: HttpRequest, officer_id: int) -> HttpResponse:
    """Who he is, his appointments past and present, and what the actor may do about them."""
    return _detail(request, officer_id)


def _detail(request: HttpRequest, officer_id: int, *, one_time: str = "", status: int = 200) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    officer = people.get_officer(actor, officer_id)
    oneself = officer.pk == actor.officer_id
    until = locks.locked_until([officer.police_number]).get(officer.police_number)
    officer.locked = until is not None  # type: ignore[attr-defined]
    posts = people.history_of(officer, within=actor)
    for post in posts:
        post.left = _left(actor, post)  # type: ignore[attr-defined]
    context = {
        "person": officer,
        "posts": posts,
        "hands_over": actor.role == Role.APPROVER,
        "locked_until": until,
        "has_factor": has_second_factor(officer),
        "expired": people.one_time_password_expired(officer),
        "one_time": one_time,
        "oneself": oneself,
        "manages": actor.role == Role.SYSTEM_ADMIN,
        "appoints": actor.role == Role.SECURITY_ADMIN,
    }
    return render(request, "agencies/officer_detail.html", context, status=status)


def _left(actor: Actor, post: Appointment) -> Left | None:
    """What would be left behind with the post, in numbers, for who may end it."""
    if actor.role != Role.SECURITY_ADMIN or post.role not in CASE_ROLES or post.ended:  # type: ignore[attr-defined]
        return None
    return left_by(post.officer_id, post.agency_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def officer_new(request: HttpRequest) -> HttpResponse:
    """Open an account; the one-time password is on the answer to the POST and nowhere else."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    accounts.require(actor, Role.SYSTEM_ADMIN)
    form = OfficerForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            officer, password = accounts.create_officer(actor=actor, new=form.new())
        except (Malformed, Conflict) as error:
            attach(form, error)
        else:
            return _detail(request, officer.pk, one_time=password, status=201)
    return render(request, "agencies/officer_new.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def officer_edit(request: HttpRequest, officer_id: int) -> HttpResponse:
    """Correct a name or an e-mail address."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    accounts.require(actor, Role.SYSTEM_ADMIN)
    officer = people.get_officer(actor, officer_id)
    form = DetailsForm(sent(request), officer=officer)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "email")}
        try:
            accounts.update_officer(actor=actor, officer_id=officer.pk, **values)
        except Malformed as error:
            attach(form, error)
        else:
            return redirect("officer-detail", officer.pk)
    context = {"form": form, "person": officer}
    return render(request, "agencies/officer_edit.html", context, status=400 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class _Act:
    """One button on an officer's page."""

    command: Callable[..., Any]
    done: Callable[[], str]


ACTS = {
    "deactivate": _Act(accounts.deactivate, lambda: _("账号已停用，他的下一次操作就会被拒绝。")),
    "activate": _Act(accounts.activate, lambda: _("账号已启用。")),
    "release-lock": _Act(accounts.release_lock, lambda: _("已解锁，现在就能登录。")),
    "clear-factors": _Act(accounts.clear_factors, lambda: _("第二因素已解除，请他登录后重新添加。")),
}


@require_POST
def officer_act(request: HttpRequest, officer_id: int, act: str) -> HttpResponse:
    """Do one of `ACTS` and return to the officer's page, with what happened or why not."""
    chosen = ACTS[act]
    try:
        chosen.command(actor=request.actor, officer_id=officer_id)  # type: ignore[attr-defined]
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, chosen.done())
    return redirect("officer-detail", officer_id)


@never_cache
@require_POST
def officer_reset(request: HttpRequest, officer_id: int) -> HttpResponse:
    """Reset the password; the one-time password is on this answer and nowhere else."""
    try:
        password = accounts.reset_password(actor=request.actor, officer_id=officer_id)  # type: ignore[attr-defined]
    except Conflict as error:
        messages.error(request, str(error))
        return redirect("officer-detail", officer_id)
    return _detail(request, officer_id, one_time=password)
