"""Supervision: a reminder (催办) or a supervision order (督办) of one agency to another one below it, about one case."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from agencies.models import Agency, Officer
from cases.models.case import Case, public_id
from cases.models.words import SupervisionKind, SupervisionState


class Supervision(models.Model):
    """`text` says what is to be done. An order asks for feedback, which has a clock of its own (`deadlines`); the issuer
    closes it, or escalates it to the agency above his own. What was issued at once carries the same `batch`."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="supervisions")
    kind = models.CharField(max_length=10, choices=SupervisionKind.choices)
    state = models.CharField(max_length=10, choices=SupervisionState.choices)
    number = models.CharField(max_length=40, unique=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    issued_by = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    batch = models.UUIDField(null=True)
    text = models.TextField(blank=True)
    issued_at = models.DateTimeField()
    feedback = models.TextField(blank=True)
    feedback_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    feedback_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closing_note = models.TextField(blank=True)
    escalated_to = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SupervisionKind.values), name="supervision_kind_known"),
            models.CheckConstraint(condition=Q(state__in=SupervisionState.values), name="supervision_state_known"),
            models.CheckConstraint(condition=~Q(agency=F("issued_by")), name="supervision_goes_down"),
            models.CheckConstraint(condition=Q(kind="order") | Q(feedback_at=None), name="reminder_takes_no_feedback"),
            models.CheckConstraint(
                condition=Q(feedback_at=None) | Q(feedback_by__isnull=False), name="feedback_by_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state=SupervisionState.CLOSED) | Q(closed_at__isnull=False), name="closed_at_a_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state=SupervisionState.ESCALATED) | Q(escalated_to__isnull=False),
                name="escalated_to_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "-issued_at"], name="supervision_of_agency"),
            models.Index(fields=["issued_by", "-issued_at"], name="supervision_by_agency"),
            models.Index(
                fields=["agency"],
                condition=Q(kind="order", feedback_at=None) & ~Q(state="closed"),
                name="supervision_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.number
