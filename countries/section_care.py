"""Who looks after a section of a ledger, and that he comes back to it: appointed, reviewed, told once when it is overdue."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import SYSTEM, Actor
from agencies.errors import GuardFailed, NotPermitted, NotVisible, Reason
from agencies.models import Agency, Appointment, AuditEvent, Officer
from agencies.moments import clock
from agencies.notices import in_office, tell
from agencies.roles import Role
from countries.calendars import add_months, day_of
from countries.models import Country, Section, SectionCare, SectionText, TextState
from countries.policies import require_keeper

MONTHS = range(1, 61)
LAPSED = "ledger.lapse"
_SUBMITTED, _ENTRUSTED = "ledger.submit", "ledger.entrust"
# The kinds of events of which somebody is told.
TOLD = (LAPSED, _SUBMITTED, _ENTRUSTED, "ledger.publish", "ledger.send_back")


def next_review(care: SectionCare) -> date:
    """The day by which its owner comes back to it."""
    return add_months(care.reviewed_on, care.every_months)


def overdue(on: date, cares: Iterable[SectionCare] | None = None) -> list[SectionCare]:
    """What should have been reviewed by that day, of all or of these, oldest first."""
    rows = cares_by_age() if cares is None else cares
    return [row for row in rows if next_review(row) <= on]


def cares_by_age() -> QuerySet[SectionCare]:
    """Every section that somebody looks after, the one that was reviewed longest ago first."""
    return SectionCare.objects.select_related("country", "owner").order_by("reviewed_on", "country__code", "section")


def candidates() -> QuerySet[Officer]:
    """Who may look after a section: the ministry's desk and its approvers."""
    posts = Appointment.objects.current().filter(agency__is_terminal=True, role__in=[Role.DESK, Role.APPROVER])
    return Officer.objects.filter(pk__in=posts.values("officer"), is_active=True).order_by("name", "pk")


def agencies_of(officers: Collection[int]) -> dict[int, str]:
    """The code of the organ for which each of these officers looks after ledgers; without who has left the desk."""
    posts = Appointment.objects.current().filter(agency__is_terminal=True, officer__in=officers)
    return dict(posts.values_list("officer", "agency__code"))


@transaction.atomic
def entrust(*, actor: Actor, country: Country, section: str, owner: Officer, every_months: int) -> SectionCare:
    """Let an officer of the desk look after a section. Raises NotPermitted (an approver of the desk), GuardFailed."""
    require_keeper(actor)
    if actor.role != Role.APPROVER:
        raise NotPermitted(_("每一节由谁管，由公安部国际合作局的审批人指定。"))
    if section not in Section.values:
        raise NotVisible
    found = []
    if not candidates().filter(pk=owner.pk).exists():
        found.append(Reason("not_of_the_desk", _("只能指定公安部国际合作局的联络员或者审批人。"), "/owner"))
    if every_months not in MONTHS:
        found.append(Reason("bad_months", _("复核间隔写 1 到 60 个月。"), "/every_months"))
    if found:
        raise GuardFailed(_("没有指定。"), reasons=found)
    care = SectionCare.objects.select_for_update(of=("self",)).filter(country=country, section=section).first()
    if care is None:
        care = SectionCare(country=country, section=section, **_last_review(actor, country, section))
    elif care.owner_id != owner.pk:
        care.told_of = None
    care.owner, care.every_months = owner, every_months
    care.save()
    facts = {"section": section, "owner": owner.pk, "every_months": every_months}
    audit.record(actor=actor, kind=_ENTRUSTED, subject=f"country:{country.code}", facts=facts)
    return care


def _last_review(actor: Actor, country: Country, section: str) -> dict[str, Any]:
    """A text was reviewed when it was published; without one the time begins today."""
    holds = SectionText.objects.filter(country=country, section=section, state=TextState.PUBLISHED).first()
    if holds is None or holds.decided_at is None:
        return {"reviewed_on": day_of(clock()), "reviewed_by_id": actor.person_id}
    return {"reviewed_on": day_of(holds.decided_at), "reviewed_by_id": holds.reviewer_id}


@transaction.atomic
def confirm(*, actor: Actor, country: Country, section: str) -> SectionCare:
    """Its owner has read it again and it still holds. Raises NotVisible without an owner, NotPermitted for others."""
    require_keeper(actor)
    care = SectionCare.objects.select_for_update(of=("self",)).filter(country=country, section=section).first()
    if care is None:
        raise NotVisible
    if care.owner_id not in actor.hands:
        raise NotPermitted(_("这一节由%(name)s管，由他复核。") % {"name": care.owner.name})
    care.reviewed_on, care.reviewed_by_id = day_of(clock()), actor.person_id
    care.save(update_fields=["reviewed_on", "reviewed_by"])
    audit.record(actor=actor, kind="ledger.confirm", subject=f"country:{country.code}", facts={"section": section})
    return care


# --- Telling ---------------------------------------------------------------------------------------------------------


def raise_lapses() -> int:
    """Raise every review that is overdue, once for each; gives how many. The worker's; safe to run twice at once."""
    today = day_of(clock())
    return sum(_raise(care.pk, today) for care in overdue(today) if care.told_of != next_review(care))


@transaction.atomic
def _raise(care_id: int, today: date) -> bool:
    rows = SectionCare.objects.select_for_update(skip_locked=True, of=("self",)).select_related("country")
    care = rows.filter(pk=care_id).first()
    if care is None or care.told_of == (due := next_review(care)) or due > today:
        return False
    care.told_of = due
    care.save(update_fields=["told_of"])
    facts = {"section": care.section, "owner": care.owner_id, "due": due.isoformat()}
    audit.record(actor=SYSTEM, kind=LAPSED, subject=f"country:{care.country.code}", facts=facts)
    return True


def notify(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """What waits for review is told to who may review it, the outcome to the author, a lapse and an appointment to the
    owner; where the owner has left the desk, to its approvers."""
    code, facts = event.subject.partition(":")[2], event.facts
    if event.kind == _SUBMITTED:
        told = _keepers(Role.APPROVER) | owner_of(code, facts["section"])
        told -= {facts["author"]}
    elif event.kind == LAPSED:
        told = ({facts["owner"]} & _keepers()) or _keepers(Role.APPROVER)
    else:
        told = {facts["owner"] if event.kind == _ENTRUSTED else facts["author"]}
    tell(event, told - {event.officer_id or 0})


def owner_of(code: str, section: str) -> set[int]:
    """The owner of a country's section, if he is of the desk still."""
    rows = SectionCare.objects.filter(country__code=code, section=section)
    return set(rows.values_list("owner", flat=True)) & _keepers()


def _keepers(*roles: Role) -> set[int]:
    desks = Agency.objects.filter(is_terminal=True).values_list("pk", flat=True)
    return {officer for pk in desks for officer in in_office(pk, *(roles or (Role.DESK, Role.APPROVER)))}
