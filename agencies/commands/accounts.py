"""Accounts of officers: create, reset, switch off and on, release a lock. The system administrator's work, no roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies import audit, locks, passwords
from agencies.actors import SYSTEM, Actor
from agencies.commands import feeds
from agencies.errors import Conflict, Malformed, NotPermitted, NotVisible, Reason
from agencies.models import Appointment, Officer
from agencies.models.officers import normalize_police_number
from agencies.roles import ADMIN_ROLES, Role

NUMBER_LIMIT, NAME_LIMIT, EMAIL_LIMIT = 40, 60, 254


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """What a new account needs, as typed or read from a file."""

    police_number: str
    name: str
    email: str = ""

    def normalized(self) -> NewOfficer:
        """As it will be stored."""
        return NewOfficer(normalize_police_number(self.police_number), self.name.strip(), self.email.strip())

    def faults(self) -> list[Reason]:
        """Everything wrong with it, without looking into the database."""
        return [
            *([] if _fit(self.police_number, NUMBER_LIMIT) and " " not in self.police_number else [_bad_number()]),
            *_detail_faults(self.name, self.email),
        ]


def create_officer(*, actor: Actor, new: NewOfficer) -> tuple[Officer, str]:
    """Open an account; returns it with the one-time password, which is stored hashed and cannot be shown again.

    Raises NotPermitted, Malformed with a reason per field, Conflict when the police number is taken.
    """
    require(actor, Role.SYSTEM_ADMIN)
    new = new.normalized()
    faults = new.faults()
    if faults:
        raise Malformed(reasons=faults)
    return create_officers(actor=actor, rows=[new])[0]


@transaction.atomic
def create_officers(*, actor: Actor, rows: Sequence[NewOfficer]) -> list[tuple[Officer, str]]:
    """Open accounts for normalised rows that were found good, all or none; each with its one-time password.

    Raises NotPermitted, Conflict when a police number is taken.
    """
    require(actor, Role.SYSTEM_ADMIN)
    made = [(row, passwords.one_time_password()) for row in rows]
    try:
        with transaction.atomic():
            officers = _insert(made)
    except IntegrityError:
        raise Conflict(reasons=[already_taken()]) from None
    for officer in officers:
        audit.record(actor=actor, kind="officer.create", subject=f"officer:{officer.pk}")
    return [(officer, password) for officer, (_row, password) in zip(officers, made, strict=True)]


def _insert(made: Sequence[tuple[NewOfficer, str]]) -> list[Officer]:
    return Officer.objects.bulk_create(
        Officer(
            police_number=row.police_number,
            name=row.name,
            email=row.email,
            password=make_password(password, hasher=passwords.OneTimeHasher.algorithm),
            must_change_password=True,
            password_changed_at=timezone.now(),
        )
        for row, password in made
    )


def taken(police_numbers: Sequence[str]) -> set[str]:
    """Which of these normalised police numbers belong to an officer already."""
    known = Officer.objects.filter(police_number__in=police_numbers)
    return set(known.values_list("police_number", flat=True))


@transaction.atomic
def update_officer(*, actor: Actor, officer_id: int, name: str, email: str) -> None:
    """Correct the name or the e-mail address. The police number stays: it stands in the trail.

    Raises NotPermitted, NotVisible, Malformed.
    """
    require(actor, Role.SYSTEM_ADMIN)
    officer = _locked(officer_id)
    name, email = name.strip(), email.strip()
    faults = _detail_faults(name, email)
    if faults:
        raise Malformed(reasons=faults)
    changed = [field for field, value in (("name", name), ("email", email)) if getattr(officer, field) != value]
    if changed:
        Officer.objects.filter(pk=officer.pk).update(name=name, email=email)
        audit.record(actor=actor, kind="officer.update", subject=f"officer:{officer.pk}", facts={"fields": changed})


@transaction.atomic
def reset_password(*, actor: Actor, officer_id: int) -> str:
    """Replace a forgotten password by a one-time password, which is returned once. His sessions end, a lock and
    the address of his calendar too.

    His second factors stay: whoever resets a password must not get in with it alone (clear_factors).
    Raises NotPermitted (also for one's own account), NotVisible, Conflict when the account is switched off.
    """
    require(actor, Role.SYSTEM_ADMIN)
    officer = _locked(officer_id)
    if officer.pk == actor.officer_id:
        raise NotPermitted(_("自己的密码请在“我的账户”里修改。"))
    if not officer.is_active:
        raise Conflict(_("账号已停用，先启用再重置密码。"))
    password = passwords.one_time_password()
    Officer.objects.filter(pk=officer.pk).update(
        password=make_password(password, hasher=passwords.OneTimeHasher.algorithm),
        must_change_password=True,
        password_changed_at=timezone.now(),
    )
    locks.release(officer.police_number)
    audit.record(actor=actor, kind="officer.reset", subject=f"officer:{officer.pk}")
    feeds.end_of(actor=actor, officer_id=officer.pk)
    return password


@transaction.atomic
def deactivate(*, actor: Actor, officer_id: int) -> None:
    """Switch an account off: its next request is a stranger's. Twice is once.

    Raises NotPermitted for one's own account, NotVisible, Conflict for the last officer in an administrative role.
    """
    require(actor, Role.SYSTEM_ADMIN)
    officer = _locked(officer_id)
    if officer.pk == actor.officer_id:
        raise NotPermitted(_("不能停用自己的账号。"))
    _keep_one_of_each(officer)
    if officer.is_active:
        Officer.objects.filter(pk=officer.pk).update(is_active=False)
        audit.record(actor=actor, kind="officer.deactivate", subject=f"officer:{officer.pk}")


@transaction.atomic
def activate(*, actor: Actor, officer_id: int) -> None:
    """Switch an account on again. Raises NotPermitted, NotVisible."""
    require(actor, Role.SYSTEM_ADMIN)
    officer = _locked(officer_id)
    if not officer.is_active:
        Officer.objects.filter(pk=officer.pk).update(is_active=True)
        audit.record(actor=actor, kind="officer.activate", subject=f"officer:{officer.pk}")


@transaction.atomic
def release_lock(*, actor: Actor, officer_id: int) -> None:
    """End a lock-out before its time. Raises NotPermitted, NotVisible."""
    require(actor, Role.SYSTEM_ADMIN)
    officer = _locked(officer_id)
    if locks.release(officer.police_number):
        audit.record(actor=actor, kind="officer.release_lock", subject=f"officer:{officer.pk}")


@transaction.atomic
def clear_factors(*, actor: Actor, officer_id: int) -> None:
    """Remove lost second factors. The security administrator's act, because the system administrator resets passwords.

    Raises NotPermitted (also for one's own), NotVisible.
    """
    require(actor, Role.SECURITY_ADMIN)
    officer = _locked(officer_id)
    if officer.pk == actor.officer_id:
        raise NotPermitted(_("自己的第二因素请在“我的账户”里管理。"))
    factors = Authenticator.objects.filter(user_id=officer.pk)
    kinds = sorted(factors.values_list("type", flat=True))
    if kinds:
        factors.delete()
        audit.record(
            actor=actor, kind="officer.clear_factors", subject=f"officer:{officer.pk}", facts={"factors": kinds}
        )


def require(actor: Actor, role: str) -> None:
    """Raises NotPermitted unless the actor acts in `role` (or is the system itself)."""
    if actor.role != role and actor != SYSTEM:
        raise NotPermitted


def already_taken() -> Reason:
    """The words for a police number that somebody has."""
    return Reason("number_taken", _("这个警号已有账号。"), "/police_number")


def _locked(officer_id: int) -> Officer:
    officer = Officer.objects.select_for_update().filter(pk=officer_id).first()
    if officer is None:
        raise NotVisible
    return officer


def _keep_one_of_each(officer: Officer) -> None:
    """Nobody could let the others back in if the last administrator of a kind were gone."""
    current = Appointment.objects.current().filter(role__in=ADMIN_ROLES)
    for role in current.filter(officer=officer).values_list("role", flat=True):
        if not current.filter(role=role).exclude(officer=officer).exists():
            words = _("这是最后一名在任的%(role)s，先任命接替的人再停用。")
            raise Conflict(words % {"role": Role(role).label})


def _fit(text: str, limit: int) -> bool:
    """Not empty, not too long, and made of characters that can be seen."""
    return 0 < len(text) <= limit and text.isprintable()


def _bad_number() -> Reason:
    words = _("警号要填写，最多 %(limit)s 个字符，中间不留空格。")
    return Reason("bad_number", words % {"limit": NUMBER_LIMIT}, "/police_number")


def _detail_faults(name: str, email: str) -> list[Reason]:
    reasons = []
    if not _fit(name, NAME_LIMIT):
        words = _("姓名要填写，最多 %(limit)s 个字。")
        reasons.append(Reason("bad_name", words % {"limit": NAME_LIMIT}, "/name"))
    if email and not _is_email(email):
        reasons.append(Reason("bad_email", _("邮箱写得不完整，例如 name@example.cn。"), "/email"))
    return reasons


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= EMAIL_LIMIT
