"""Work calendars: our own and those of partners, and the notices that change one."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agencies.models import Officer
from countries.models.lists import Country


class DayStatus(models.TextChoices):
    OFFICIAL = "official", _("已公布")
    PROVISIONAL = "provisional", _("暂定")


class SpecialDay(models.Model):
    """A day that differs from Monday–Friday: a holiday, or a weekend day worked in its place (调休).

    Without a country it is of our own calendar. A country without days of its own counts Monday to Friday.
    """

    id = models.AutoField(primary_key=True)
    country = models.ForeignKey(Country, models.PROTECT, null=True, related_name="+")
    date = models.DateField()
    is_workday = models.BooleanField()
    name = models.CharField(max_length=40)
    status = models.CharField(max_length=12, choices=DayStatus.choices)
    source = models.CharField(max_length=120)

    class Meta:
        ordering = ("date",)
        constraints = [
            models.CheckConstraint(condition=Q(status__in=DayStatus.values), name="special_day_status_known"),
            models.UniqueConstraint(fields=["country", "date"], nulls_distinct=False, name="one_special_day"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class NoticeKind(models.TextChoices):
    IMPORT = "import", _("导入通知")
    EDIT = "edit", _("改一天")
    SEED = "seed", _("随系统提供")


class NoticeState(models.TextChoices):
    ASKED = "asked", _("正在统计")
    READY = "ready", _("等待应用")
    CONFIRMED = "confirmed", _("正在应用")
    DONE = "done", _("已应用")
    CANCELLED = "cancelled", _("已撤销")


# A notice that may still be applied.
STANDING = (NoticeState.ASKED, NoticeState.READY, NoticeState.CONFIRMED)


class CalendarNotice(models.Model):
    """One change of a work calendar, from whatever source; nothing else changes one, so every earlier state can be read.

    The web writes what the administrator asks and decides, never twice; the worker, who alone sees all cases, writes
    which deadlines move, and changes the days.
    """

    id = models.AutoField(primary_key=True)
    country = models.ForeignKey(Country, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=NoticeKind.choices)
    title = models.CharField(max_length=120)  # of the notice, or why a day was changed
    years = ArrayField(models.SmallIntegerField())
    # [{"date", "before": {"is_workday", "name", "status", "source"} | null, "after": the same}], by date
    changes = models.JSONField()
    state = models.CharField(max_length=10, choices=NoticeState.choices, default=NoticeState.ASKED)
    asked_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # null: a loader
    asked_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # Numbers alone: {"total", "rows": [{"agency", "before", "after", "n"}]}; expected, then what it came to.
    moved = models.JSONField(default=dict)
    counted_at = models.DateTimeField(null=True)
    # A code of calendar_effects.FAULTS: why it was not applied.
    fault = models.CharField(max_length=10, blank=True)
    done_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)  # deadlines that were being written meanwhile have followed

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="calendar_notice_kind_known"),
            models.CheckConstraint(condition=Q(state__in=NoticeState.values), name="calendar_notice_state_known"),
            models.CheckConstraint(condition=~Q(title=""), name="calendar_notice_has_title"),
            models.CheckConstraint(
                condition=Q(kind=NoticeKind.SEED) | Q(asked_by__isnull=False), name="calendar_notice_has_author"
            ),
            models.UniqueConstraint(
                fields=["country"],
                condition=Q(state__in=STANDING),
                nulls_distinct=False,
                name="one_standing_calendar_notice",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"


class CalendarVersion(models.Model):
    """One row; a trigger (migration 0002) gives it a new value whenever the special days change."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_calendar_version")]

    def __str__(self) -> str:
        return str(self.version)
