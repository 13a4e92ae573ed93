"""Officers (the users) and their appointments (a role at an agency for a period)."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agencies.models.tree import Agency
from agencies.roles import CASE_ROLES, Role


def normalize_police_number(text: str) -> str:
    """A police number as stored and compared: NFKC (full-width = half-width), lower case, no spaces around."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


class OfficerManager(BaseUserManager["Officer"]):
    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return (email or "").strip()

    def get_by_natural_key(self, username: str | None) -> Officer:
        return self.get(police_number=normalize_police_number(username or ""))


class Officer(AbstractBaseUser):
    """A person who logs in with a police number (警号)."""

    id = models.AutoField(primary_key=True)
    police_number = models.CharField(_("警号"), max_length=40, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    email = models.EmailField(_("邮箱"), blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    acting_appointment = models.ForeignKey(
        "agencies.Appointment", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Set while he acts under a role that was lent to him; it comes before his own appointment as long as it is in force.
    acting_delegation = models.ForeignKey(
        "agencies.Delegation", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    language = models.CharField(max_length=10, default="zh-hans")
    theme = models.CharField(max_length=5, default="auto")
    single_key_shortcuts = models.BooleanField(default=True)

    objects: ClassVar[OfficerManager] = OfficerManager()

    USERNAME_FIELD = "police_number"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(theme__in=["auto", "light", "dark"]), name="officer_theme_known"),
            models.CheckConstraint(condition=~Q(police_number=""), name="officer_has_police_number"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @classmethod
    def normalize_username(cls, username: str) -> str:
        return normalize_police_number(username)


def in_office(post: str = "") -> Q:
    """The appointment at the end of the path `post` is in force now by the database's clock: its officer and its agency
    are active, it has begun and has not ended.
    """
    return (Q(**{f"{post}ends_at__isnull": True}) | Q(**{f"{post}ends_at__gt": Now()})) & Q(
        **{f"{post}starts_at__lte": Now(), f"{post}officer__is_active": True, f"{post}agency__is_active": True}
    )


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def current(self) -> AppointmentQuerySet:
        """Appointments in force now by the database's clock, of active officers at active agencies."""
        return self.filter(in_office())


class Appointment(models.Model):
    """A role at an agency from `starts_at` to `ends_at` (exclusive; open when null)."""

    id = models.AutoField(primary_key=True)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="appointments")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=20, choices=Role.choices)
    starts_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    duty = models.GeneratedField(
        expression=models.Case(models.When(role__in=sorted(CASE_ROLES), then=Value("cases")), default=F("role")),
        output_field=models.CharField(max_length=20),
        db_persist=True,
    )
    period = models.GeneratedField(
        expression=Func(F("starts_at"), F("ends_at"), Value("[)"), function="tstzrange"),
        output_field=DateTimeRangeField(),
        db_persist=True,
    )

    objects = AppointmentQuerySet.as_manager()

    # Set on another officer's appointment under which `delegate_id` may act (agencies.officers.appointments_of).
    delegation_id: int | None = None
    delegate_id: int | None = None

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="appointment_role_known"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="appointment_period"
            ),
            ExclusionConstraint(
                name="appointment_duties_apart",
                expressions=[
                    ("officer", RangeOperators.EQUAL),
                    ("duty", RangeOperators.NOT_EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="appointment_not_twice",
                expressions=[
                    ("officer", RangeOperators.EQUAL),
                    ("agency", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.role}@{self.agency_id}"

    def as_dict(self) -> dict[str, Any]:
        """Ids only, for an audit event."""
        return {"appointment": self.pk, "officer": self.officer_id, "agency": self.agency_id, "role": self.role}
