"""渠道建议 beside the drafting form: what is advised as the choices stand, and the channel that the drafter means to take.

Its fields belong to the drafting form, whose POST saves every word first and then the channel (cases.web.edit_case).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agencies.actors import Actor
from agencies.errors import NotPermitted
from cases import kept_advice, policies
from cases.advice import advice_for
from cases.models import Case, Urgency
from cases.web.advice import figures, plain, query_of
from cases.workflow import EDITABLE
from treaties.advice import ChannelCode, Option, Purpose

_FIELDS = ("way", "wanted_as", "reason")
_TYPED = 2 * kept_advice.REASON_LIMIT


@require_safe
def case_advice(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The panel, for the urgency and the purpose that stand on the form."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    case = policies.get_visible(actor, case_id)
    if case.status not in EDITABLE:
        return redirect("case-detail", case_id=case.pk)
    if not policies.may_edit(actor, case, policies.open_leg(case)):
        raise NotPermitted(_("草稿由本机关承办人填写。"))
    return render(request, "cases/_advice_panel.html", {"case": case} | panel(case, request.GET.dict()))


def hold(request: HttpRequest, case: Case) -> None:
    """What was picked and typed on the panel waits with the session until the channel is kept or the case filed."""
    if "reason" in request.POST:
        request.session[_key(case)] = {name: request.POST.get(name, "")[:_TYPED] for name in _FIELDS}


def held(request: HttpRequest, case: Case) -> Mapping[str, str]:
    """What stands on the panel: as it was typed just now, or as it waits."""
    waiting: Mapping[str, str] = request.session.get(_key(case), {})
    return {**waiting, **request.POST.dict()}


def release(request: HttpRequest, case: Case) -> None:
    """The channel is kept: nothing waits."""
    request.session.pop(_key(case), None)


def file(request: HttpRequest, actor: Actor, case: Case) -> None:
    """Keep the channel that stands on the panel as the case is filed, unless it is kept already; raises as `keep` does."""
    typed = {name: request.POST.get(name, "") for name in _FIELDS}
    choice = kept_advice.last_choice(case)
    same = choice is not None and (choice.way, choice.purpose, choice.reason) == (
        typed["way"],
        typed["wanted_as"],
        typed["reason"].strip(),
    )
    if typed["way"] and not same:
        keep(actor, case, typed)
    release(request, case)


def _key(case: Case) -> str:
    return f"advice:{case.pk}"


def keep(actor: Actor, case: Case, typed: Mapping[str, str]) -> None:
    """Keep the channel that was chosen on the panel; raises as kept_advice.keep_choice does."""
    kept_advice.keep_choice(
        actor=actor,
        case_id=case.pk,
        way=typed.get("way", ""),
        purpose=typed.get("wanted_as", ""),
        reason=typed.get("reason", ""),
    )


def panel(case: Case, typed: Mapping[str, str]) -> dict[str, Any]:
    """The context of the panel; `typed` stands above what is stored, and comes back as it was typed."""
    choice = kept_advice.last_choice(case)
    purpose = typed.get("wanted_as", "") or (choice.purpose if choice else "")
    purpose = purpose if purpose in Purpose.values else kept_advice.purpose_of(case)
    urgency = typed.get("urgency", "")
    asked = kept_advice.asked_of(case, purpose=purpose, urgency=urgency if urgency in Urgency.values else "")
    options = advice_for(asked) if asked else []
    open_ways = [option for option in options if option.allowed]
    first = open_ways[0].way.value if open_ways else ""
    picked = typed.get("way", "") or (choice.way if choice else first)
    return {
        "advised": [_told(option) for option in open_ways],
        "warned": len(open_ways[0].warnings) if open_ways else 0,
        "doubts": plain(open_ways[0].doubts) if open_ways else (),
        "purposes": Purpose.choices,
        "wanted_as": purpose,
        "picked": picked if picked in [option.way.value for option in open_ways] else first,
        "reason": typed.get("reason", choice.reason if choice else ""),
        "choice": choice,
        "choice_way": ChannelCode(choice.way).label if choice else "",
        "in_full": f"{reverse('advice')}?{urlencode(query_of(asked))}" if asked else "",
    }


def _told(option: Option) -> dict[str, Any]:
    """A channel with what our own record says of it, where that is enough to say anything."""
    return {
        "way": option.way,
        "why": option.reasons[0].text,
        "record": figures(option.record) if option.record else "",
        "expected": option.expected_by,
    }
