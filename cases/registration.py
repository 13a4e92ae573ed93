"""Registering a request from abroad (登记来函): from paper, INTERPOL, a liaison authority or another system."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import Actor
from agencies.errors import GuardFailed, Malformed, NotPermitted, Reason
from agencies.models import Agency, Officer
from agencies.models.officers import normalize_police_number
from agencies.moments import clock
from agencies.officers import officers_at
from agencies.roles import Role
from cases.clocks import running, statutory
from cases.drafts import drafted, supplemented, write_lists
from cases.guards.content import outside_the_border
from cases.hands import refresh_queue
from cases.models import Case, Crossing, Direction, Leg, Phase, Status, Transmission, Way
from cases.numbers import next_number
from cases.policies import widen
from countries.models import Country
from treaties.models import RequestType

_PLAIN = (
    "country",
    "request_type",
    "border_matter",
    "urgency",
    "mark",
    "title",
    "summary",
    "purpose",
    "their_reference",
    "requesting_authority",
    "received_on",
    "received_via",
    "wanted_by",
)


@transaction.atomic
def register_case(
    *, actor: Actor, content: Mapping[str, Any], responsible: str = "", at: datetime | None = None
) -> Case:
    """Open a foreign request, with its number and its first leg, the formal check at the agency that registers it.

    `content` comes from content_input.parse. The terminal desk registers; at the border the desk of the origin does, for
    its neighbour and in one of the four matters (MPSR-376). A service account names the `responsible` desk officer; what is
    registered by delegation is the lender's case.
    Raises NotPermitted for any other role, Malformed for what is missing, GuardFailed for what may not be registered here.
    """
    agency = _registering(actor)
    if lacking := missing(content):
        raise Malformed(reasons=lacking)
    if reasons := list(_not_here(agency, content)):
        raise GuardFailed(reasons=reasons)
    registrar = _registrar(actor, responsible)
    moment = at or clock()
    case = Case(
        number=next_number(agency, moment),
        direction=Direction.INCOMING,
        status=Status.RECEIVED,
        origin=agency,
        drafter=registrar,
        filed_by_id=actor.service_id,
        supplements=supplemented(actor, content),
        scope=widen(agency.ancestors, [Agency.objects.get(is_terminal=True).pk]),
        known_to=sorted({registrar.pk, actor.known_as, *actor.hands}),
        created_at=moment,
        updated_at=moment,
        submitted_at=moment,
        **{name: content[name] for name in _PLAIN if name in content},
    )
    case.save(force_insert=True)
    leg = Leg.objects.create(
        case=case,
        seq=1,
        phase=Phase.CHECK,
        agency=agency,
        holder_name=agency.name,
        entered_by="register",
        opened_at=moment,
    )
    write_lists(case, content)
    _arrived(case, leg, actor.officer_id or registrar.pk)
    drafted(case, actor, moment)
    running.start(leg, case)
    statutory.registered(case, leg)
    refresh_queue(case, leg)
    facts = {"number": case.number, "status": case.status, "to": agency.pk, "fields": sorted(content)}
    audit.record(actor=actor, kind="case.register", subject=f"case:{case.pk}", facts=facts, at=moment)
    return case


def may_register(actor: Actor) -> bool:
    """Is there anything that this actor may register?"""
    if actor.role != Role.DESK or actor.agency_id is None:
        return False
    return Agency.objects.filter(pk=actor.agency_id).exclude(is_terminal=False, is_border=False).exists()


def _registering(actor: Actor) -> Agency:
    """The agency of a desk officer, or of a machine, that may register at all."""
    if actor.agency_id is None or (actor.role != Role.DESK and not actor.service):
        raise NotPermitted(step="register")
    agency = Agency.objects.get(pk=actor.agency_id)
    if not agency.is_terminal and not agency.is_border:
        raise NotPermitted(_("外方请求由公安部国际合作局登记；边境机关只登记邻国的边境事项。"), step="register")
    return agency


def missing(content: Mapping[str, Any]) -> list[Reason]:
    """What a registration cannot do without and the content does not say."""
    words = {
        "country": _("写明哪个国家的请求。"),
        "request_type": _("选择请求类型。"),
        "title": _("写明标题。"),
        "received_on": _("写明收到的日期。"),
        "items": _("至少写一项请求事项，一项只写一件事。"),
    }
    return [Reason("required", text, f"/{name}") for name, text in words.items() if not content.get(name)]


def _not_here(agency: Agency, content: Mapping[str, Any]) -> list[Reason]:
    """What this agency may not register, and who may."""
    kind: RequestType = content["request_type"]
    country: Country = content["country"]
    reasons = []
    if kind.direction == "outgoing":
        reasons.append(Reason("direction_contradicts_type", _("这种请求类型与请求方向不符。"), "/request_type"))
    direct = bool(content.get("border_matter"))
    if not direct and not agency.is_terminal:
        words = _("不属于四类边境事项的外方请求由公安部国际合作局登记，请转告外方或者上报。")
        reasons.append(Reason("border_matter_missing", words, "/border_matter"))
    for code, what in outside_the_border(agency, country, kind) if direct else ():
        words = _("%(what)s这样的请求由公安部国际合作局登记，不写边境事项。")
        reasons.append(Reason(code, words % {"what": what}, _POINTERS.get(code, "/border_matter")))
    return reasons


_POINTERS = {"border_not_neighbour": "/country", "border_outside_matters": "/request_type"}


def _registrar(actor: Actor, responsible: str) -> Officer:
    if not actor.service:
        return Officer.objects.get(pk=actor.for_officer_id or actor.person_id)
    number = normalize_police_number(responsible)
    officer = officers_at(actor.seat_id, role=Role.DESK).filter(police_number=number).first()
    if officer is None:
        words = _("写明本机关一名在任国合联络员的警号，由他对这件登记负责。")
        raise GuardFailed(reasons=[Reason("responsible_officer_unknown", words, "/responsible_officer")])
    return officer


def _arrived(case: Case, leg: Leg, recorder_id: int) -> None:
    """The crossing by which it came, when the channel is known."""
    if case.received_via is not None:
        Transmission.objects.create(
            case=case,
            leg=leg,
            way=Way.IN,
            kind=Crossing.REQUEST,
            channel=case.received_via,
            counterpart_name=case.requesting_authority or (case.country.name_zh if case.country else ""),
            recorded_by_id=recorder_id,
            at=case.created_at,
        )
