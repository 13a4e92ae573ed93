"""How an officer wants to hear of things outside the inbox: by which e-mail, and when not. The inbox itself holds all."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.models.officers import Officer


class Channel(models.TextChoices):
    """When a notice of one group is e-mailed; in the daily summary means counted there."""

    AT_ONCE = "at_once", _("马上发邮件")
    DIGEST = "digest", _("只计入每日汇总")
    NONE = "none", _("不发邮件")


# An hour of the day, Shanghai time.
_HOUR = [MaxValueValidator(23)]


class NoticeSettings(models.Model):
    """One row for an officer who changed something; the defaults hold for everybody else.

    Quiet hours run from `quiet_from` to `quiet_to` (exclusive), over midnight when they end before they begin; the same
    hour twice means none. `digest_at` is the hour of the daily summary, empty for none.
    """

    officer = models.OneToOneField(Officer, models.CASCADE, primary_key=True, related_name="notice_settings")
    # Of work on cases, of clocks, of supervision; and of what rose to the supervisors above, which cannot be switched off.
    cases = models.CharField(max_length=10, choices=Channel.choices, default=Channel.AT_ONCE)
    clocks = models.CharField(max_length=10, choices=Channel.choices, default=Channel.AT_ONCE)
    supervision = models.CharField(max_length=10, choices=Channel.choices, default=Channel.AT_ONCE)
    escalations = models.CharField(max_length=10, choices=Channel.choices, default=Channel.AT_ONCE)
    quiet_from = models.PositiveSmallIntegerField(default=21, validators=_HOUR)
    quiet_to = models.PositiveSmallIntegerField(default=8, validators=_HOUR)
    digest_at = models.PositiveSmallIntegerField(default=8, null=True, validators=_HOUR)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(escalations=Channel.NONE), name="escalations_are_heard"),
            models.CheckConstraint(
                condition=Q(quiet_from__lte=23, quiet_to__lte=23) & (Q(digest_at=None) | Q(digest_at__lte=23)),
                name="notice_hours_of_a_day",
            ),
            models.CheckConstraint(
                condition=Q(digest_at__isnull=False)
                | ~(
                    Q(cases=Channel.DIGEST)
                    | Q(clocks=Channel.DIGEST)
                    | Q(supervision=Channel.DIGEST)
                    | Q(escalations=Channel.DIGEST)
                ),
                name="summary_has_an_hour",
            ),
            models.CheckConstraint(
                condition=Q(digest_at=None)
                | Q(quiet_from=F("quiet_to"))
                | (
                    Q(quiet_from__lt=F("quiet_to"))
                    & (Q(digest_at__lt=F("quiet_from")) | Q(digest_at__gte=F("quiet_to")))
                )
                | (Q(quiet_from__gt=F("quiet_to")) & Q(digest_at__lt=F("quiet_from"), digest_at__gte=F("quiet_to"))),
                name="summary_outside_quiet_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"notices of {self.officer_id}"


class Digest(models.Model):
    """The daily summary of one officer for one day (of Shanghai) has been ordered: never twice."""

    id = models.BigAutoField(primary_key=True)
    officer = models.ForeignKey(Officer, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["officer", "day"], name="one_digest_a_day")]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.day}"
