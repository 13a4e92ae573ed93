"""Appointments: the security administrator grants and ends them; an officer chooses under which of his own he acts."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest, Now
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import SYSTEM, Actor
from agencies.commands.accounts import require
from agencies.errors import Conflict, DomainError, Malformed, NotPermitted, NotVisible, Reason
from agencies.models import Agency, Appointment, Officer
from agencies.roles import Role, duty_of


@transaction.atomic
def grant(
    *,
    actor: Actor,
    officer_id: int,
    agency_id: int,
    role: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Appointment:
    """Appoint the officer from `starts_at` (now) until `ends_at` (open); it works at his next request.

    Raises NotPermitted (also for oneself), NotVisible, Malformed for the period or the role, Conflict when duties
    would mix or the appointment exists already: the database decides, so two grants at once cannot slip through.
    """
    require(actor, Role.SECURITY_ADMIN)
    officer = Officer.objects.filter(pk=officer_id, is_active=True).first()
    agency = Agency.objects.filter(pk=agency_id, is_active=True).first()
    if officer is None or agency is None:
        raise NotVisible
    _not_oneself(actor, officer.pk)
    if role not in Role.values:
        raise Malformed(reasons=[Reason("unknown_role", _("选一种角色。"), "/role")])
    if actor != SYSTEM:  # the demo loader alone may give past times
        _check_period(starts_at, ends_at)
    appointment = Appointment(
        officer=officer, agency=agency, role=role, ends_at=ends_at, granted_by_id=actor.officer_id
    )
    if starts_at is not None:
        appointment.starts_at = starts_at
    try:
        with transaction.atomic():
            appointment.save()
    except IntegrityError as error:
        raise _in_words(error, appointment, starts_at or timezone.now()) from None
    period = {"starts_at": appointment.starts_at.isoformat(), "ends_at": ends_at.isoformat() if ends_at else None}
    facts = appointment.as_dict() | period
    audit.record(actor=actor, kind="appointment.grant", subject=f"officer:{officer.pk}", facts=facts)
    return appointment


@transaction.atomic
def end(*, actor: Actor, appointment_id: int) -> Appointment:
    """End an appointment now, or call off one that has not begun; it works at the officer's next request.

    Raises NotPermitted (also for one's own), NotVisible, Conflict when it has ended already.
    """
    require(actor, Role.SECURITY_ADMIN)
    appointment = Appointment.objects.select_for_update(of=("self",)).filter(pk=appointment_id).first()
    if appointment is None:
        raise NotVisible
    _not_oneself(actor, appointment.officer_id)
    running = Appointment.objects.filter(pk=appointment.pk).exclude(ends_at__lte=Now())
    if not running.update(ends_at=Greatest(Now(), F("starts_at"))):
        raise Conflict(_("这项任职已经结束。"))
    subject = f"officer:{appointment.officer_id}"
    audit.record(actor=actor, kind="appointment.end", subject=subject, facts=appointment.as_dict())
    return appointment


@transaction.atomic
def act_as(*, actor: Actor, officer: Officer, appointment_id: int) -> None:
    """From the next request on, the officer acts under this one of his current appointments.

    Raises NotVisible when it is not his or not in force.
    """
    own = Appointment.objects.current().filter(officer=officer)
    appointment = own.filter(pk=appointment_id).first()
    if appointment is None:
        raise NotVisible
    if officer.acting_appointment_id != appointment.pk or officer.acting_delegation_id is not None:
        Officer.objects.filter(pk=officer.pk).update(acting_appointment=appointment, acting_delegation=None)
        facts = {"appointment": appointment.pk}
        audit.record(actor=actor, kind="appointment.act_as", subject=f"officer:{officer.pk}", facts=facts)


def _check_period(starts_at: datetime | None, ends_at: datetime | None) -> None:
    now = timezone.now()
    reasons = []
    if starts_at is not None and starts_at < now:
        reasons.append(Reason("starts_in_past", _("开始日期不能早于今天；从现在起任职就留空。"), "/starts_on"))
    if ends_at is not None and ends_at <= max(starts_at or now, now):
        reasons.append(Reason("bad_period", _("结束日期不能早于开始日期，也不能早于今天。"), "/ends_on"))
    if reasons:
        raise Malformed(reasons=reasons)


def _not_oneself(actor: Actor, officer_id: int) -> None:
    if actor.officer_id == officer_id:
        raise NotPermitted(_("不能改动自己的任职，请另一名安全管理员办理。"))


def _in_words(error: IntegrityError, refused: Appointment, starts_at: datetime) -> DomainError:
    """What a refused insert means to the administrator; an unknown constraint goes on as it is."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    if constraint == "appointment_not_twice":
        return Conflict(reasons=[Reason("same_post", _("这段时间内他在这个机关已有同样的任职。"), "/role")])
    if constraint != "appointment_duties_apart":
        raise error
    others = Appointment.objects.filter(officer=refused.officer).exclude(duty=duty_of(refused.role))
    standing = others.filter(period__overlap=(starts_at, refused.ends_at)).values_list("role", flat=True)
    roles = _("、").join(str(Role(role).label) for role in sorted(set(standing)))
    words = _("三类管理员互斥，也不能兼办案。这段时间内他是%(roles)s，先结束原来的任职再任命。")
    return Conflict(reasons=[Reason("duties_mixed", words % {"roles": roles}, "/role")])
