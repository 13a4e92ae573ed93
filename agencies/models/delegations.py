"""Delegations (代办): one role lent to an officer of the same agency, for thirty days at most, not onward."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import pgettext_lazy

from agencies.models.officers import Appointment, Officer, in_office

LONGEST = timedelta(days=30)
REASON_LIMIT = 200


class DelegationState(models.TextChoices):
    """How a delegation stands now. Derived, never stored: it ends with either appointment, without a job."""

    RUNNING = "running", pgettext_lazy("delegation", "代办中")
    COMING = "coming", pgettext_lazy("delegation", "未开始")
    REVOKED = "revoked", pgettext_lazy("delegation", "已收回")
    ENDED = "ended", pgettext_lazy("delegation", "已结束")


_ENDED = Q(ends_at__lte=Now()) | ~(in_office("appointment__") & in_office("delegate_appointment__"))


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def in_force(self) -> DelegationQuerySet:
        """Those under which the delegate may act now, by the database's clock."""
        return self.filter(
            in_office("appointment__"),
            in_office("delegate_appointment__"),
            revoked_at=None,
            starts_at__lte=Now(),
            ends_at__gt=Now(),
        )

    def with_state(self) -> DelegationQuerySet:
        """The same, each with its `state`."""
        return self.annotate(
            state=Case(
                When(revoked_at__isnull=False, then=Value(DelegationState.REVOKED)),
                When(_ENDED, then=Value(DelegationState.ENDED)),
                When(starts_at__gt=Now(), then=Value(DelegationState.COMING)),
                default=Value(DelegationState.RUNNING),
                output_field=models.CharField(),
            )
        )


class Delegation(models.Model):
    """`lender`'s appointment, under which `delegate` may act from `starts_at` to `ends_at` (exclusive).

    It names both appointments and ends with either. What a constraint cannot say of other rows (the same agency, case
    work only, inside both appointments, no loop) a trigger says (migration 0006).
    """

    id = models.AutoField(primary_key=True)
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="delegations")
    lender = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    delegate_appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="+")
    delegate = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=REASON_LIMIT)
    lent_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    period = models.GeneratedField(
        expression=Func(F("starts_at"), F("ends_at"), Value("[)"), function="tstzrange"),
        output_field=DateTimeRangeField(),
        db_persist=True,
    )

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="delegation_period"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + Value(LONGEST)), name="delegation_thirty_days"
            ),
            models.CheckConstraint(condition=~Q(delegate=F("lender")), name="delegation_not_to_oneself"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="delegation_revoked_by_somebody",
            ),
            ExclusionConstraint(
                name="delegation_not_twice",
                expressions=[
                    ("appointment", RangeOperators.EQUAL),
                    ("delegate", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(revoked_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate_id} for {self.lender_id}"

    def as_dict(self) -> dict[str, int]:
        """Ids only, for an audit event."""
        return {
            "delegation": self.pk,
            "appointment": self.appointment_id,
            "officer": self.lender_id,
            "delegate": self.delegate_id,
        }
