"""Delegations (代办): one role lent to an officer of the same agency, for thirty days at most, not onward."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from agencies.models.officers import Appointment, Officer, in_office

LONGEST = timedelta(days=30)
REASON_LIMIT = 200


# How a delegation stands. Derived, never stored: it ends with either appointment, without a job.
RUNNING, COMING, REVOKED, ENDED = "running", "coming", "revoked", "ended"
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
                When(revoked_at__isnull=False, then=Value(REVOKED)),
                When(_ENDED, then=Value(ENDED)),
                When(starts_at__gt=Now(), then=Value(COMING)),
                default=Value(RUNNING),
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

    @property
    def last_moment(self) -> datetime:
        """The end as people say it: what ends at midnight ends the day before."""
        return self.ends_at - timedelta(microseconds=1)

    @property
    def revocable(self) -> bool:
        """Is there anything left to take back?"""
        return self.revoked_at is None and self.ends_at > timezone.now()

    def as_dict(self) -> dict[str, int]:
        """Ids only, for an audit event."""
        return {
            "delegation": self.pk,
            "appointment": self.appointment_id,
            "officer": self.lender_id,
            "delegate": self.delegate_id,
        }
