"""The case and its content."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from agencies.models import Agency, Officer, ServiceAccount
from cases.models.retention import RetentionPeriod
from cases.models.words import (
    ENDED,
    BorderMatter,
    Decision,
    Direction,
    Mark,
    Outcome,
    Status,
    SubjectKind,
    SubjectRole,
    Urgency,
    Usefulness,
)
from countries.models import Country
from treaties.models import Channel, RefusalGround, RequestType


class UuidV7(Func):
    """PostgreSQL's time-ordered random uuid: an id that tells nothing and indexes well."""

    function = "uuidv7"
    arity = 0
    output_field = models.UUIDField()

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return "cases.models.case.UuidV7", [], {}


def public_id() -> models.UUIDField[Any, Any]:
    return models.UUIDField(primary_key=True, db_default=UuidV7(), editable=False)


class Case(models.Model):
    """One cooperation request. Its status has one writer: cases.commands.take_step."""

    id = public_id()
    number = models.CharField(max_length=40, unique=True)
    direction = models.CharField(max_length=10, choices=Direction.choices)
    status = models.CharField(max_length=30, choices=Status.choices)
    # Goes up with every change and is the ETag; content_version goes up when the content is submitted anew.
    version = models.PositiveIntegerField(default=1)
    content_version = models.PositiveIntegerField(default=1)

    country = models.ForeignKey(Country, models.PROTECT, null=True)
    request_type = models.ForeignKey(RequestType, models.PROTECT, null=True)
    urgency = models.CharField(max_length=12, choices=Urgency.choices, default=Urgency.NORMAL)
    mark = models.CharField(max_length=12, choices=Mark.choices, default=Mark.INTERNAL)
    title = models.CharField(max_length=200, blank=True)
    summary = models.TextField(blank=True)
    purpose = models.TextField(blank=True)

    origin = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    drafter = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    filed_by = models.ForeignKey(ServiceAccount, models.PROTECT, null=True, related_name="+")
    # Who sent it back for correction: a corrected case goes straight there after the origin's approver.
    return_to = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    # The first wall and the second read these (blueprint §6): agencies that may see it, and, for work secrets,
    # the officers who handle it (a service account stands there as minus its id).
    scope = ArrayField(models.IntegerField())
    known_to = ArrayField(models.IntegerField(), default=list)
    # Agencies that see it by invitation alone (会办, a skipped tier): they read no notes of the route.
    invited = ArrayField(models.IntegerField(), default=list)

    # One of the four matters that border agencies settle with a neighbour (MPSR-376); blank takes the full route.
    border_matter = models.CharField(max_length=20, choices=BorderMatter.choices, blank=True)
    # The request that this one adds to (补充请求).
    supplements = models.ForeignKey("self", models.PROTECT, null=True, related_name="supplemented_by")
    # Of a foreign request: their number, who asks, when and by which channel it came; the conditions we set.
    their_reference = models.CharField(max_length=120, blank=True)
    requesting_authority = models.CharField(max_length=200, blank=True)
    received_on = models.DateField(null=True)
    # By when the requester wants it done, where the letter says so (MPSR-379).
    wanted_by = models.DateField(null=True)
    received_via = models.ForeignKey(Channel, models.PROTECT, null=True, related_name="+")
    conditions = ArrayField(models.TextField(), default=list)
    # The origin asked to have the request called back; the desk tells the partner and ends it.
    recall_asked_at = models.DateTimeField(null=True)

    created_at = models.DateTimeField(db_default=Now())
    # The moment of the last change of content, status or custody: what an integrator asks for "since".
    updated_at = models.DateTimeField(db_default=Now())
    submitted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    usefulness = models.CharField(max_length=12, choices=Usefulness.choices, blank=True)
    result = models.TextField(blank=True)

    # Archived: read-only, and kept until the end of `retain_until` (none: for ever); disposed of: its content is gone.
    archived_at = models.DateTimeField(null=True)
    retention = models.ForeignKey(RetentionPeriod, models.PROTECT, null=True, db_index=False)
    retain_until = models.DateField(null=True)
    disposed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="case_status_known"),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="case_direction_known"),
            models.CheckConstraint(condition=Q(urgency__in=Urgency.values), name="case_urgency_known"),
            models.CheckConstraint(condition=Q(mark__in=Mark.values), name="case_mark_known"),
            models.CheckConstraint(condition=Q(usefulness__in=["", *Usefulness.values]), name="case_usefulness_known"),
            models.CheckConstraint(
                condition=Q(border_matter__in=["", *BorderMatter.values]), name="case_border_matter_known"
            ),
            models.CheckConstraint(condition=~Q(supplements=models.F("pk")), name="case_supplements_another"),
            models.CheckConstraint(
                condition=~Q(direction=Direction.INCOMING) | Q(received_on__isnull=False),
                name="incoming_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.WITHDRAWN])
                | Q(country__isnull=False, request_type__isnull=False),
                name="case_has_country_and_type",
            ),
            models.CheckConstraint(
                condition=Q(archived_at=None, retention=None, retain_until=None, disposed_at=None)
                | Q(archived_at__isnull=False, retention__isnull=False, status__in=sorted(ENDED)),
                name="case_archived_whole",
            ),
            models.CheckConstraint(
                condition=Q(disposed_at=None) | Q(retain_until__isnull=False), name="case_disposed_after_retention"
            ),
        ]
        indexes = [
            GinIndex(fields=["scope"], name="case_scope"),
            models.Index(fields=["drafter", "-id"], name="case_by_drafter"),
            models.Index(fields=["country", "-id"], name="case_by_country"),
            models.Index(fields=["created_at"], name="case_by_creation"),
            models.Index(fields=["updated_at"], name="case_by_update"),
            models.Index(
                fields=["origin", "-id"], condition=Q(ended_at__isnull=False, archived_at=None), name="case_to_archive"
            ),
            models.Index(fields=["-id"], condition=Q(archived_at__isnull=False), name="case_archived"),
            models.Index(
                fields=["retain_until", "id"],
                condition=Q(archived_at__isnull=False, disposed_at=None),
                name="case_due_for_disposal",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def at_the_border(self) -> bool:
        """Settled with a neighbour: the province decides, the origin's desk faces the other side (MPSR-376)."""
        return bool(self.border_matter)


class CaseNumber(models.Model):
    """The last running number given for a year and a series: an agency's cases, its reminders, its orders; never reused."""

    id = models.AutoField(primary_key=True)
    year = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=20)
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["year", "part"], name="one_counter")]

    def __str__(self) -> str:
        return f"{self.year}-{self.part} {self.last}"


class Revision(models.Model):
    """The content as it was submitted: what an approval was given to, and what a comparison compares."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    submitted_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    for_officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_revision_per_number")]

    def __str__(self) -> str:
        return f"{self.case_id} r{self.number}"


class Subject(models.Model):
    """A person or an entity the request is about."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="subjects")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=SubjectKind.choices)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=40, blank=True)
    birth_date = models.DateField(null=True)
    nationality = models.CharField(max_length=2, blank=True)
    document_number = models.CharField(max_length=60, blank=True)
    # What two spellings of one name or number have in common (functions of migration 0011); for finding duplicates.
    name_key = models.GeneratedField(
        expression=Func(F("name"), function="likeness_of_name"), output_field=models.TextField(), db_persist=True
    )
    document_key = models.GeneratedField(
        expression=Func(F("document_number"), function="likeness_of_number"),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["position"]
        indexes = [
            models.Index(fields=["document_key"], condition=~Q(document_key=""), name="subject_by_document"),
            models.Index(
                fields=["name_key", "birth_date", "nationality"], condition=~Q(name_key=""), name="subject_by_name"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SubjectKind.values), name="subject_kind_known"),
            models.UniqueConstraint(
                fields=["case", "position"], name="subject_position", deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return f"subject {self.pk}"

    @property
    def role_words(self) -> str:
        """The part in the case, in the language of the page; a part named in words as it was written."""
        return str(SubjectRole(self.role).label) if self.role in SubjectRole.values else self.role


class RequestItem(models.Model):
    """One thing asked for, answered on its own."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    description = models.TextField()
    # Of a foreign request: what was decided on this part.
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.WAITING)
    ground = models.ForeignKey(RefusalGround, models.PROTECT, null=True)
    note = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="item_outcome_known"),
            models.CheckConstraint(condition=Q(decision__in=["", *Decision.values]), name="item_decision_known"),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.REFUSED) | Q(ground__isnull=False), name="refusal_has_ground"
            ),
            models.UniqueConstraint(
                fields=["case", "position"], name="item_position", deferrable=models.Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.position} of {self.case_id}"
