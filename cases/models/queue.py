"""The work queue: one row for each open case and each agency in its scope, kept by the database function
`refresh_open_queue` (migration 0022), read by keyset on (due_at, case). It says what a list shows of the open leg, so that
a page of fifty rows touches the large tables once for each row."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import models

from agencies.models import Agency, Officer
from cases.models.case import Case

# Stands for "no deadline runs"; sorts last and fits every driver.
NO_DUE = datetime(9999, 12, 31, tzinfo=UTC)


class OpenQueue(models.Model):
    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    due_at = models.DateTimeField()
    # The same at every agency: when who has custody must act; what parallel work and foreign waits run to is not in it.
    custody_due_at = models.DateTimeField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    is_holder = models.BooleanField()
    waiting_role = models.CharField(max_length=20)
    handler = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", db_index=False)
    status = models.CharField(max_length=30)
    country = models.CharField(max_length=2, blank=True)
    request_type = models.CharField(max_length=60, blank=True)
    urgency = models.CharField(max_length=12)
    origin = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    secret = models.BooleanField(default=False)
    held_by = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", db_index=False)
    holder_name = models.CharField(max_length=200)
    phase = models.CharField(max_length=12)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "case"], name="queue_once")]
        indexes = [
            models.Index(fields=["agency", "due_at", "case"], name="queue_by_due"),
            models.Index(fields=["agency", "custody_due_at", "case"], name="queue_by_custody"),
            models.Index(fields=["agency", "country", "due_at", "case"], name="queue_by_country"),
            models.Index(fields=["agency", "due_at", "case"], condition=models.Q(is_holder=True), name="queue_held"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.case_id}"
