"""Whose turn it is, since when, until when, and who had a hand in it.

The database keeps custody singular (migration 0002): legs of a case do not overlap, leave no gap, and the last one is
open exactly while the case is.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Case as When_
from django.db.models import F, Func, Q, Value, When

from agencies.models import Agency, Officer
from cases.models.case import Case, public_id
from cases.models.words import AssignmentKind, AssignmentState, Body, InvolvementKind, Phase, Side
from countries.models import Country


class Leg(models.Model):
    """One holder's stretch of custody, [opened_at, closed_at)."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="legs")
    seq = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=10, choices=Side.choices, default=Side.DOMESTIC)
    phase = models.CharField(max_length=12, choices=Phase.choices)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    external_body = models.CharField(max_length=20, blank=True)
    country = models.ForeignKey(Country, models.PROTECT, null=True, related_name="+")
    holder_name = models.CharField(max_length=200)
    handler = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    entered_by = models.CharField(max_length=30)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    period = models.GeneratedField(
        expression=Func(F("opened_at"), F("closed_at"), Value("[)"), function="tstzrange"),
        output_field=DateTimeRangeField(),
        db_persist=True,
    )
    # The end of the leg before, by foreign key (migration 0002); null for the first leg.
    follows_at = models.GeneratedField(
        expression=When_(When(seq__gt=1, then=F("opened_at")), default=None),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="leg_seq"),
            models.UniqueConstraint(fields=["case", "closed_at"], name="leg_end"),
            models.UniqueConstraint(fields=["case"], condition=Q(closed_at=None), name="one_open_leg"),
            models.CheckConstraint(condition=Q(closed_at=None) | Q(closed_at__gt=F("opened_at")), name="leg_forward"),
            models.CheckConstraint(condition=Q(phase__in=Phase.values), name="leg_phase_known"),
            models.CheckConstraint(
                condition=Q(side=Side.DOMESTIC, agency__isnull=False)
                | Q(side=Side.EXTERNAL, agency=None) & ~Q(external_body="")
                | Q(side=Side.FOREIGN, agency=None, country__isnull=False),
                name="leg_has_holder",
            ),
            ExclusionConstraint(
                name="leg_no_overlap",
                expressions=[("case", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
        ]
        indexes = [models.Index(fields=["agency"], condition=Q(closed_at=None), name="leg_open_at")]

    def __str__(self) -> str:
        return f"leg {self.seq} of {self.case_id}"


class Involvement(models.Model):
    """An officer drafted, recommended or approved a version. Nobody approves what he drafted or recommended, himself or
    by delegation in either direction: a hand that was lent counts for both (a trigger writes the row of `for_officer`).
    """

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="involvements")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    for_officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=InvolvementKind.choices)
    content_version = models.PositiveIntegerField()
    at = models.DateTimeField()
    approving = models.GeneratedField(
        expression=When_(When(kind=InvolvementKind.APPROVED, then=Value(1)), default=Value(0)),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=InvolvementKind.values), name="involvement_kind_known"),
            models.UniqueConstraint(
                fields=["case", "officer", "agency", "kind", "content_version"], name="involvement_once"
            ),
            models.CheckConstraint(
                condition=Q(for_officer=None) | ~Q(for_officer=F("officer")), name="involvement_for_another"
            ),
            ExclusionConstraint(
                name="four_eyes",
                expressions=[
                    ("case", RangeOperators.EQUAL),
                    ("officer", RangeOperators.EQUAL),
                    ("approving", RangeOperators.NOT_EQUAL),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.content_version} of {self.case_id}"


class Assignment(models.Model):
    """Parallel work that is not custody: an opinion (会办), the papers of a skipped tier, one executor's share."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="assignments")
    kind = models.CharField(max_length=12, choices=AssignmentKind.choices)
    state = models.CharField(max_length=10, choices=AssignmentState.choices, default=AssignmentState.OPEN)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    external_body = models.CharField(max_length=20, choices=Body.choices, blank=True)
    assigned_by = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    text = models.TextField(blank=True)  # what is asked
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AssignmentKind.values), name="assignment_kind_known"),
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="assignment_state_known"),
            models.CheckConstraint(
                condition=Q(agency__isnull=False, external_body="")
                | Q(agency=None, external_body__in=Body.values, kind=AssignmentKind.OPINION),
                name="assignment_has_one_doer",
            ),
            models.CheckConstraint(
                condition=Q(state=AssignmentState.OPEN, closed_at=None)
                | ~Q(state=AssignmentState.OPEN) & Q(closed_at__isnull=False),
                name="assignment_ends",
            ),
            models.UniqueConstraint(
                fields=["case", "kind", "agency", "external_body"],
                condition=Q(state=AssignmentState.OPEN),
                nulls_distinct=False,
                name="one_open_assignment",
            ),
        ]
        indexes = [models.Index(fields=["agency"], condition=Q(state="open"), name="assignment_open_at")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"

    @property
    def doer(self) -> str:
        """Who does it, by name."""
        return self.agency.name if self.agency is not None else str(Body(self.external_body).label)
