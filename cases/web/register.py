"""登记来函: a request from abroad, as it arrived on paper, by INTERPOL, or through a liaison authority.

One form with and without script. Nothing is stored before it is whole; whatever was typed comes back with every reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.actors import Actor
from agencies.doors.once import fresh_token
from agencies.doors.signed_out import answers_signed_out
from agencies.errors import DomainError, GuardFailed, Malformed, NotPermitted, Reason
from agencies.models import Agency
from agencies.moments import clock
from cases import policies, secrecy
from cases.models import BorderMatter, Case, Direction, Mark, SubjectKind, SubjectRole, Urgency
from cases.queries import choices
from cases.queries.choices import Offer
from cases.registration import may_register, missing, register_case
from cases.web import draft_form, drafting_page
from cases.web.draft_form import Form, Row
from cases.web.filter_options import options
from cases.web.once import open_once
from cases.web.papers import attach_all, refusal_of, upload_rules
from countries.calendars import SHANGHAI
from treaties.models import Course, RequestType
from treaties.queries import channels, grouped_request_types

PLAIN = (
    "their_reference",
    "requesting_authority",
    "received_on",
    "received_via",
    "wanted_by",
    "border_matter",
    "title",
    "urgency",
    "mark",
    "summary",
)


@answers_signed_out
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The form, and what it registers."""
    if not request.user.is_authenticated:
        return drafting_page.signed_out(request, PLAIN)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not may_register(actor):
        raise NotPermitted(_("登记来函由公安部国际合作局和边境机关的国合联络员办理。"))
    if request.method == "GET":
        return _page(request, actor, _blank(), token=fresh_token())
    return _post(request, actor)


def _blank() -> Form:
    today = clock().astimezone(SHANGHAI).date().isoformat()
    form = Form(plain=dict.fromkeys(PLAIN, ""), subjects=[], items=[Row({"description": ""})])
    form.plain |= {"received_on": today, "urgency": Urgency.NORMAL, "mark": Mark.INTERNAL}
    return form


def _post(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = draft_form.posted(request.POST, PLAIN)
    token = request.POST.get("token", "")
    action, _colon, place = request.POST.get("action", "register").partition(":")
    if action != "register":
        focus = _rows(form, action, place)
        return _page(request, actor, form, token=token, focus=focus)
    try:
        content = _read(form)
        case_id = open_once(
            actor,
            token,
            lambda: _registered(request, actor, content),
            what="case-register",
            otherwise=_("请重新打开登记来函的页面，再登记一次。"),
        )
    except (Malformed, GuardFailed) as error:
        _report(actor, error.reasons)
        form.blame(error.reasons)
        return _page(request, actor, form, token=token, error=error)
    case = policies.get_visible(actor, case_id)
    messages.success(request, format_html("<b>{}</b> {}", case.number, _("已登记。下一步是形式审查。")))
    return redirect("case-detail", case_id=case_id)


def _read(form: Form) -> dict[str, Any]:
    """The content, or every reason against it at once, what is missing among them."""
    for name in form.plain.keys() & {"received_on", "wanted_by"}:
        form.plain[name] = draft_form.iso_date(form.plain[name])
    more = {"direction": Direction.INCOMING, **form.chosen}
    content, reasons = draft_form.parse(form, lists=True, more=more)
    wrong = {"/" + reason.pointer.split("/")[1] for reason in reasons if reason.pointer}
    reasons += [reason for reason in missing(content) if reason.pointer not in wrong]
    if reasons:
        raise Malformed(_("还没有登记。"), reasons=sorted(reasons, key=_place))
    return content


_ORDER = ("country", "request_type", *PLAIN, "items", "subjects", "file")


def _place(reason: Reason) -> int:
    """Where on the page, from the top."""
    name = reason.pointer.lstrip("/").partition("/")[0]
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)


def _registered(request: HttpRequest, actor: Actor, content: dict[str, Any]) -> Case:
    """The case with the papers that came, both or neither."""
    with transaction.atomic():
        case = register_case(actor=actor, content=content)
        _taken, refused = attach_all(request, actor, case)
        if refused:
            raise refusal_of(refused, _("文件没有收下，还没有登记。改好后重新选择文件。"))
    return case


def _report(actor: Actor, reasons: Sequence[Reason]) -> None:
    """What bears a secrecy marking is recorded, though nothing was stored."""
    places = [reason.pointer for reason in reasons if reason.code == secrecy.CODE]
    if places:
        secrecy.report(actor, "cases", places)


def _rows(form: Form, action: str, place: str) -> str:
    """Add a row, or take off the one whose 去掉 was pressed; gives what takes the focus."""
    rows = {"subject": form.subjects, "item": form.items}.get(action.partition("_")[2])
    if rows is None:
        return ""
    if action.startswith("add_"):
        rows.append(Row({}))
        return action.removeprefix("add_")
    if re.fullmatch("[0-9]{1,4}", place):
        rows[:] = [row for row in rows if row.number != int(place)]
    return ""


# --- The page --------------------------------------------------------------------------------------------------------


def _page(
    request: HttpRequest,
    actor: Actor,
    form: Form,
    *,
    token: str,
    focus: str = "",
    error: DomainError | None = None,
) -> HttpResponse:
    assert actor.agency_id is not None  # he may register
    agency = Agency.objects.get(pk=actor.agency_id)
    form.items = form.items or [Row({"description": ""})]
    status = error.status if error else 200
    context = {
        "form": form,
        "token": token,
        "error": error,
        "error_links": drafting_page.links([form.on_page(one) for one in form.reasons], labelled=True),
        "focus": focus,
        "agency": agency,
        "countries": _offered(_countries(agency), form.chosen.get("country", "")),
        "types": _offered(_types(agency), form.chosen.get("request_type", "")),
        "direct": agency.is_border,
        "upload": upload_rules(),
        "subjects": [(str(n), row) for n, row in enumerate(form.subjects)],
        "items": [(str(n), row) for n, row in enumerate(form.items)],
        "choices": {
            "urgency": Urgency.choices,
            "mark": Mark.choices,
            "border_matter": BorderMatter.choices,
            "received_via": [(channel.code, channel.name) for channel in channels()],
            "kind": SubjectKind.choices,
            "role": SubjectRole.choices,
            "countries": draft_form.country_names(),
        },
    }
    return render(request, "cases/register.html", context, status=status)


def _offered(offers: list[Offer], chosen: str) -> SafeString:
    """The options of a select; the only one is chosen already."""
    return options(offers, offers[0][0] if len(offers) == 1 else chosen)


def _countries(agency: Agency) -> list[Offer]:
    """Every partner country; at the border the neighbours."""
    known = choices.countries()
    if agency.is_border and not agency.is_terminal:
        return [(code, known[code][1], "") for code in agency.border_countries if code in known]
    return list(known.values())


def _types(agency: Agency) -> list[Offer]:
    """The types that come to us, in their groups; at the border those of border cooperation."""
    return [
        (kind.code, _named(kind), str(words))
        for words, kinds in grouped_request_types(Direction.INCOMING)
        for kind in kinds
        if agency.is_terminal or kind.course == Course.BORDER
    ]


def _named(kind: RequestType) -> str:
    return _("%(kind)s（只登记我方工作）") % {"kind": kind.name} if kind.record_only else kind.name
