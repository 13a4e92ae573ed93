"""Exports: a table that an officer asked for, made by the worker within what he may see, kept for a week."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Appointment, Officer
from cases.models.case import public_id


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", "XLSX"
    PDF = "pdf", "PDF"


class ExportState(models.TextChoices):
    WAITING = "waiting", _("排队中")
    RUNNING = "running", _("正在生成")
    DONE = "done", _("可以下载")
    FAILED = "failed", _("没有做成")
    CANCELLED = "cancelled", _("已取消")
    EXPIRED = "expired", _("已过期")


class Export(models.Model):
    """The row is the job: the worker leases it, counts on it, and leaves the hash of the file. `appointment` (lent by
    `for_officer`, when it is not his own) is the scope under which it runs and may be fetched, and no other."""

    id = public_id()
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    for_officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20)
    format = models.CharField(max_length=4, choices=ExportFormat.choices)
    params = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    # Why it was not made, in the officer's language.
    failure = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    # One run at a time: who counts another attempt than his own has lost the job.
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ExportState.values), name="export_state_known"),
            models.CheckConstraint(condition=Q(format__in=ExportFormat.values), name="export_format_known"),
            models.CheckConstraint(
                condition=~Q(state=ExportState.DONE) | Q(sha256__gt="", expires_at__isnull=False),
                name="export_done_has_file",
            ),
        ]
        indexes = [
            models.Index(fields=["officer", "-id"], name="export_of_officer"),
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "running"]), name="export_to_run"),
            models.Index(fields=["expires_at"], condition=Q(state="done"), name="export_by_age"),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def busy(self) -> bool:
        """Is it still to be made?"""
        return self.state in (ExportState.WAITING, ExportState.RUNNING)
