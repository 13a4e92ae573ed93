"""Clocks: the limits that start them, each clock with its pauses, extensions and explanations.

Overdue is derived, never stored. Only `cases.clocks` writes these rows; the sweep stamps what it has raised.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from agencies.models import Agency, Officer
from cases.models.case import Case, public_id
from cases.models.custody import Assignment, Leg
from cases.models.supervision import Supervision
from cases.models.words import AssignmentKind, ClockKind, ClockRule, PauseCategory, Phase, Urgency

UNITS = ("hour", "calendar_day", "working_day", "month", "year")


class InternalLimit(models.Model):
    """How long a leg, parallel work or an answer from abroad may take. No law gives these numbers: the shipped ones are
    Coopdesk's defaults, the ministry sets its own, a province may set a tighter one for its subtree.

    A row is never changed: what is set later, or holds from a later day, wins. An empty direction, family or tier means
    any; the row that says most wins over one that says less. A withdrawn row says that from its day nothing is set there.
    """

    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=20, choices=[*Phase.choices, *AssignmentKind.choices, *ClockKind.choices])
    direction = models.CharField(max_length=10, blank=True)
    family = models.CharField(max_length=40, blank=True)
    tier = models.CharField(max_length=10, blank=True)
    urgency = models.CharField(max_length=12, choices=Urgency.choices)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=12, default="working_day")
    # In the same unit (by days for months and years): how long before the end it warns, after the end it goes to the agency
    # above, and by how much it may be extended in all.
    warn_before = models.PositiveSmallIntegerField()
    escalate_after = models.PositiveSmallIntegerField()
    extend_by = models.PositiveSmallIntegerField()
    effective_from = models.DateField(default=date(2000, 1, 1))
    # Whose limit: empty for the whole country, else a province's for its subtree.
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    # Who set it; empty for Coopdesk's defaults.
    set_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(null=True)
    basis = models.CharField(max_length=60)
    note = models.CharField(max_length=200, blank=True)
    withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(unit__in=UNITS), name="limit_unit_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="limit_positive"),
            models.CheckConstraint(condition=Q(agency=None) | Q(set_by__isnull=False), name="limit_set_by_somebody"),
            models.CheckConstraint(
                condition=Q(withdrawn=False) | Q(set_by__isnull=False), name="limit_withdrawn_by_somebody"
            ),
            models.UniqueConstraint(
                fields=["kind", "direction", "family", "tier", "urgency"],
                condition=Q(set_by=None),
                name="one_default_limit",
            ),
        ]
        indexes = [models.Index(fields=["kind", "urgency"], name="limit_of_kind")]

    def __str__(self) -> str:
        return f"{self.kind}/{self.urgency}: {self.amount} {self.unit}"

    @property
    def source(self) -> str:
        """Who gave it: default (Coopdesk), ministry or province."""
        return "default" if self.set_by_id is None else "ministry" if self.agency_id is None else "province"

    @property
    def cell(self) -> tuple[object, ...]:
        """What it is about, and who gave it: of the rows with one cell the latest counts."""
        return self.source, self.agency_id, self.kind, self.urgency, self.direction, self.family, self.tier


class Deadline(models.Model):
    """One clock on a case: what kind, on which basis, from when to when."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="deadlines")
    # What it measures; none of the three: something of the case as a whole.
    leg = models.ForeignKey(Leg, models.PROTECT, null=True, related_name="deadlines")
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="deadlines")
    supervision = models.ForeignKey(Supervision, models.PROTECT, null=True, related_name="deadlines")
    # Who must act; empty when nobody of ours can (an external body).
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=60)
    rule = models.CharField(max_length=10, choices=ClockRule.choices, default=ClockRule.INTERNAL)
    basis = models.CharField(max_length=60)
    article = models.CharField(max_length=40, blank=True)
    # Of a statutory limit: official, secondary or unverified (the last two show as 待核实), and deadline, target, …
    confidence = models.CharField(max_length=12, blank=True)
    strength = models.CharField(max_length=24, blank=True)
    unit = models.CharField(max_length=12, default="working_day")
    amount = models.PositiveSmallIntegerField()
    extended_by = models.PositiveSmallIntegerField(default=0)
    extend_cap = models.PositiveSmallIntegerField(default=0)
    # Extended any number of times, each time by at most the cap (a freezing is renewed), rather than by the cap in all.
    renewable = models.BooleanField(default=False)
    # How long before the end it warns, and after the end it goes to the agency above: in its own unit, by days for months
    # and years.
    warn_before = models.PositiveSmallIntegerField(default=0)
    escalate_after = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    extended_from = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    # Clocks of one case with the same word ring on the earlier of them alone.
    overlap = models.CharField(max_length=20, blank=True)
    # When it rings, and when the sweep raised each: once each, until the due date moves.
    warn_at = models.DateTimeField(null=True)
    escalate_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    # The next of the three that has not been raised; empty when nothing can ring any more.
    next_alarm_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(unit__in=UNITS), name="deadline_unit_known"),
            models.CheckConstraint(condition=Q(rule__in=ClockRule.values), name="deadline_rule_known"),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="deadline_forward"),
            models.CheckConstraint(
                condition=Q(met_at=None, cancelled_at=None, paused_at=None) | Q(next_alarm_at=None),
                name="deadline_silent_when_still",
            ),
            models.UniqueConstraint(
                fields=["case", "kind", "assignment", "supervision"],
                condition=Q(met_at=None, cancelled_at=None),
                nulls_distinct=False,
                name="one_running_deadline",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="deadline_by_due"),
            models.Index(fields=["due_at", "id"], condition=Q(met_at=None, cancelled_at=None), name="deadline_running"),
            models.Index(
                fields=["next_alarm_at", "id"], condition=Q(next_alarm_at__isnull=False), name="deadline_ringing"
            ),
            models.Index(
                fields=["agency", "due_at"], condition=Q(met_at=None, cancelled_at=None), name="deadline_of_agency"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"

    @property
    def running(self) -> bool:
        """Has it neither been met nor cancelled? A paused clock runs too: it goes on later."""
        return self.met_at is None and self.cancelled_at is None

    @property
    def statutory(self) -> bool:
        """Does a law or rule give it?"""
        return bool(self.article)


class DeadlinePause(models.Model):
    """A stretch in which a clock stood still, [from_at, to_at); it moves the due date by exactly that in its own unit."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="pauses")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    category = models.CharField(max_length=20, choices=PauseCategory.choices)
    reason = models.TextField(blank=True)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["from_at"]
        constraints = [
            models.CheckConstraint(condition=Q(to_at=None) | Q(to_at__gte=F("from_at")), name="pause_forward"),
            models.CheckConstraint(condition=Q(category__in=PauseCategory.values), name="pause_category_known"),
            models.UniqueConstraint(fields=["deadline"], condition=Q(to_at=None), name="one_open_pause"),
        ]

    def __str__(self) -> str:
        return f"pause of {self.deadline_id}"


class DeadlineExtension(models.Model):
    """More time for a clock, in its own unit, approved by `officer`; the date before is kept."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="extensions")
    amount = models.PositiveSmallIntegerField()
    due_before = models.DateTimeField()
    due_after = models.DateTimeField()
    reason = models.TextField(blank=True)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, due_after__gt=F("due_before")), name="extension_forward")
        ]

    def __str__(self) -> str:
        return f"extension of {self.deadline_id}"


class DeadlineExplanation(models.Model):
    """Why a limit was passed, and when whom this was told (MPSR-379 asks for it, reported up level by level)."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="explanations")
    text = models.TextField(blank=True)
    told_to = models.CharField(max_length=200, blank=True)
    told_on = models.DateField(null=True)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"explanation of {self.deadline_id}"
