"""Side effects waiting to happen, and the in-app notices they become."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from agencies.models.officers import Officer
from agencies.models.trail import AuditEvent

# Long ago: a message that need not wait, whatever a clock says that was wrong for a while.
AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)


class OutboxMessage(models.Model):
    """One reaction to one event, written in the event's transaction and run after it, at least once, to one effect; an
    e-mail that would fall into quiet hours, `not_before` they end."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(AuditEvent, models.PROTECT, related_name="+")
    reaction = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    not_before = models.DateTimeField(db_default=AT_ONCE)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["not_before", "id"], condition=Q(done_at=None, failed_at=None), name="outbox_waiting"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.reaction}"


class Notice(models.Model):
    """A line in an officer's inbox. It names the case by id; words are made when shown, to those who may see it."""

    id = models.BigAutoField(primary_key=True)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="notices")
    event = models.ForeignKey(AuditEvent, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["officer", "event"], name="one_notice_per_event")]
        indexes = [
            models.Index(fields=["officer", "-id"], name="notice_inbox"),
            models.Index(fields=["officer"], condition=Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
