"""The audit trail. AuditEvent and AuditSeal are insert-only: the database refuses anything else (migration 0002)."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now


class AuditEvent(models.Model):
    """Who did what, when, to what. Ids, codes and field names only: never personal data, never free text."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    actor = models.CharField(max_length=120)
    officer = models.ForeignKey("agencies.Officer", models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey("agencies.Agency", models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=20)
    request_id = models.CharField(max_length=64, default="")
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="audit_by_subject"),
            models.Index(fields=["officer", "id"], name="audit_by_officer"),
            models.Index(fields=["kind", "id"], name="audit_by_kind"),
            # Events come nearly in the order of their moments, so a page-wide summary finds a day of any year.
            BrinIndex(fields=["at"], name="audit_by_moment", pages_per_range=32, autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"

    @property
    def for_officer_id(self) -> int | None:
        """The officer for whom another acted (代办); the officer of the event is who did it."""
        found: int | None = self.facts.get("for_officer")
        return found


class UnsealedEvent(models.Model):
    """Work list of the sealer: a trigger adds a row with each event, sealing takes it away."""

    event_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return f"#{self.event_id}"


class AuditSeal(models.Model):
    """One link of the chain: `hash` = SHA-256 over `prev`, `seq` and the event, in the order the sealer saw commits."""

    seq = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, models.PROTECT, related_name="seal")
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"seal {self.seq}"
