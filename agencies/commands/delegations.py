"""Delegations (代办): an officer lends one of his roles to a colleague, and it is taken back before its time.

The database decides what is sound (migration 0006); here its refusals get words, beside all that is wrong with the form.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import audit, turns
from agencies.actors import Actor
from agencies.delegations import ended_by
from agencies.errors import Conflict, DomainError, Malformed, NotPermitted, NotVisible, Reason
from agencies.models import Appointment, Delegation, Officer
from agencies.models.delegations import LONGEST, REASON_LIMIT
from agencies.models.officers import normalize_police_number
from agencies.roles import CASE_ROLES


@transaction.atomic
def lend(
    *,
    actor: Actor,
    appointment_id: int,
    delegate: str,
    ends_at: datetime | None,
    starts_at: datetime | None = None,
    reason: str = "",
) -> Delegation:
    """Lend one's own current appointment to the officer with the police number `delegate`, from `starts_at` (now).

    Raises NotVisible for an appointment that is not one's own, NotPermitted for one that was lent to him (not onward)
    and for administrative roles, Malformed with every reason at once, Conflict for a loop or a second time: the
    database decides these, so two lendings at once cannot slip through.
    """
    post = lendable(actor, appointment_id)
    begins = starts_at or timezone.now()
    own = _own_post(post, delegate)
    faults = [*_delegate_faults(actor, post, delegate, own), *_period_faults(post, own, starts_at, begins, ends_at)]
    if not 0 < len(reason.strip()) <= REASON_LIMIT or not reason.strip().isprintable():
        words = _("写明为什么请人代办，例如出差、休假，最多 %(limit)s 个字。")
        faults.append(Reason("bad_reason", words % {"limit": REASON_LIMIT}, "/reason"))
    if faults or own is None or ends_at is None:
        raise Malformed(reasons=faults)
    turns.wait(turns.Turn.LEND)
    made = Delegation(
        appointment=post,
        lender_id=post.officer_id,
        delegate_appointment=own,
        delegate_id=own.officer_id,
        starts_at=begins,
        ends_at=ends_at,
        reason=reason.strip(),
    )
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        raise _in_words(error) from None
    period = {"starts_at": begins.isoformat(), "ends_at": ends_at.isoformat()}
    facts = made.as_dict() | {"agency": post.agency_id, "role": post.role} | period
    audit.record(actor=actor, kind="delegation.lend", subject=f"officer:{made.delegate_id}", facts=facts)
    return made


@transaction.atomic
def revoke(*, actor: Actor, delegation_id: int) -> Delegation:
    """End a delegation now, or call off one that has not begun. The lender takes it back, the delegate gives it back, the
    security administrator ends it; it works at the delegate's next request.

    Raises NotVisible when it is none of the actor's, Conflict when it has ended already.
    """
    found = ended_by(actor).select_for_update(of=("self",)).filter(pk=delegation_id).first()
    if found is None:
        raise NotVisible
    if not Delegation.objects.filter(pk=found.pk, revoked_at=None, ends_at__gt=Now()).update(
        revoked_at=Now(), revoked_by_id=actor.officer_id
    ):
        raise Conflict(_("这项代办已经结束，不用再收回。"))
    audit.record(actor=actor, kind="delegation.revoke", subject=f"officer:{found.delegate_id}", facts=found.as_dict())
    return found


@transaction.atomic
def act_for(*, actor: Actor, officer: Officer, delegation_id: int) -> None:
    """From the next request on, `officer` acts under this role that was lent to him.

    Raises NotVisible when it was not lent to him, Conflict when it has not begun or is over.
    """
    found = Delegation.objects.filter(pk=delegation_id, delegate=officer).first()
    if found is None:
        raise NotVisible
    if not Delegation.objects.in_force().filter(pk=found.pk).exists():
        raise Conflict(_("这项代办还没有开始，或者已经结束、被收回。请换一个身份。"))
    if officer.acting_delegation_id != found.pk:
        Officer.objects.filter(pk=officer.pk).update(acting_delegation=found)
        facts = {"appointment": found.appointment_id, "delegation": found.pk}
        audit.record(actor=actor, kind="appointment.act_as", subject=f"officer:{officer.pk}", facts=facts)


def lendable(actor: Actor, appointment_id: int) -> Appointment:
    """One's own appointment, if it can be lent. Raises NotVisible, NotPermitted, Conflict (not in force)."""
    post = Appointment.objects.select_related("agency").filter(pk=appointment_id).first()
    if post is None:
        raise NotVisible
    lent = Delegation.objects.filter(appointment=post, delegate_id=actor.officer_id or 0).exists()
    if actor.for_officer_id is not None or lent:
        raise NotPermitted(_("代办来的角色不能再转给别人。要请人代办自己的任职，先换回自己的身份。"))
    if post.officer_id != actor.officer_id:
        raise NotVisible
    if post.role not in CASE_ROLES:
        raise NotPermitted(_("管理和审计角色不能请人代办：三类管理员互相制约，要本人行使。请安全管理员另行任命。"))
    if not Appointment.objects.current().filter(pk=post.pk).exists():
        raise Conflict(_("这项任职还没有开始，或者已经结束，不能请人代办。"))
    return post


def _own_post(post: Appointment, delegate: str) -> Appointment | None:
    """The delegate's own current appointment at the same agency: of several, the one that lasts longest."""
    number = normalize_police_number(delegate)
    posts = Appointment.objects.current().filter(officer__police_number=number, agency_id=post.agency_id)
    return posts.filter(role__in=CASE_ROLES).order_by(F("ends_at").desc(nulls_first=True), "pk").first()


def _delegate_faults(actor: Actor, post: Appointment, delegate: str, own: Appointment | None) -> list[Reason]:
    if not delegate.strip():
        return [Reason("required", _("选一名本机关的民警。"), "/delegate")]
    if own is None:
        # The same words whether he is unknown or another agency's.
        words = _("%(agency)s没有这名民警，或者他现在没有办案身份。只能请本机关在任的民警代办。")
        return [Reason("delegate_unknown", words % {"agency": post.agency.name}, "/delegate")]
    if own.officer_id == actor.officer_id:
        return [Reason("delegate_oneself", _("不能请自己代办，选一名同事。"), "/delegate")]
    return []


def _period_faults(
    post: Appointment, own: Appointment | None, asked: datetime | None, begins: datetime, ends_at: datetime | None
) -> list[Reason]:
    now, reasons = timezone.now(), []
    if asked is not None and asked < now:
        reasons.append(Reason("starts_in_past", _("开始日期不能早于今天；从现在起代办就留空。"), "/starts_on"))
    if ends_at is None:
        reasons.append(Reason("required", _("写明代办到哪一天。"), "/ends_on"))
    elif ends_at <= max(begins, now):
        reasons.append(Reason("bad_period", _("结束日期不能早于开始日期，也不能早于今天。"), "/ends_on"))
    elif ends_at > begins + LONGEST:
        words = _("代办最多 %(days)s 天，从这一天开始最晚到 %(day)s。")
        limit = {"days": LONGEST.days, "day": _last_day(begins + LONGEST)}
        reasons.append(Reason("too_long", words % limit, "/ends_on"))
    elif over := [one.ends_at for one in (post, own) if one is not None and one.ends_at and one.ends_at < ends_at]:
        words = _("代办不能超过双方的任职，最晚到 %(day)s。")
        reasons.append(Reason("past_appointment", words % {"day": _last_day(min(over))}, "/ends_on"))
    return reasons


def _last_day(moment: datetime) -> str:
    """The last whole day before `moment`."""
    return (timezone.localtime(moment) - timedelta(days=1)).date().isoformat()


def _in_words(error: IntegrityError) -> DomainError:
    """What a refused insert means to the officer; an unknown constraint goes on as it is."""
    broken = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    if broken == "delegation_not_twice":
        words = _("这段时间他已经在代办这个角色。换一段时间，或者先收回原来的代办。")
        return Conflict(reasons=[Reason("already_lent", words, "/delegate")])
    if broken == "delegation_no_loop":
        words = _("这段时间他的角色正由你代办（或者经别人转到你手里），不能互相代办。换一名同事，或者先收回那一项。")
        return Conflict(reasons=[Reason("delegation_loop", words, "/delegate")])
    raise error
