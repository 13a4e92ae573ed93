"""Files and words attached to a case."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from agencies.models import Agency, AuditEvent, Officer
from cases.models.case import Case, public_id
from cases.models.exchange import Transmission
from cases.models.words import Audience


class Attachment(models.Model):
    """A file, stored under its hash and never served inline. Removed from a draft means hidden, not deleted."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    transmission = models.ForeignKey(Transmission, models.PROTECT, null=True, related_name="attachments")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    for_officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        indexes = [models.Index(fields=["sha256"], name="attachment_by_content")]

    def __str__(self) -> str:
        return f"file {self.pk}"


class Note(models.Model):
    """Words: the opinion of a step (`event` set, read by the route), or a note to one's agency or to the route."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    author = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    audience = models.CharField(max_length=10, choices=Audience.choices)
    event = models.ForeignKey(AuditEvent, models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    mentions = ArrayField(models.IntegerField(), default=list)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["at"]
        constraints = [models.CheckConstraint(condition=Q(audience__in=Audience.values), name="note_audience_known")]

    def __str__(self) -> str:
        return f"note {self.pk}"
