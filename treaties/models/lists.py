"""The law as data: request types, channels, and the coded reasons of refusals and returns.

Every row names its article; codes that are Coopdesk's own, because no text gives them, have none.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import ExpressionWrapper, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agencies.language import english
from agencies.models import Officer


class Named(models.Model):
    """Something with a stable code and a name in both languages, shown in a fixed order."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=60, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    position = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_en if english() else self.name_zh


class Course(models.TextChoices):
    """How a request of a type is handled."""

    ROUTE = "route", _("逐级报送")
    BORDER = "border", _("边境直接合作")
    RECORD = "record", _("只登记我方工作")


class RequestType(Named):
    """What may be asked for, and what the law says about it."""

    family = models.CharField(max_length=40)
    direction = models.CharField(max_length=10)
    course = models.CharField(max_length=10, choices=Course.choices)
    # Decided by courts or other organs: our part is recorded, not run.
    record_only = models.GeneratedField(
        expression=ExpressionWrapper(Q(course=Course.RECORD), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # Tiers (agencies.models.tree.Tier) whose organs start a case of this type.
    opened_by = ArrayField(models.CharField(max_length=10))
    opened_by_article = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.CheckConstraint(
                condition=Q(direction__in=["outgoing", "incoming", "both"]), name="request_type_direction_known"
            ),
            models.CheckConstraint(condition=Q(course__in=Course.values), name="request_type_course_known"),
        ]


class TypeLaw(models.Model):
    """One version of what the law says about a request type; a table of its own, so that listing cases does not carry it
    along. Which version holds on a day: treaties.type_law, nothing else.

    `data` is as the entry of seeds/requirements.yaml: legal_basis, contents, attachments, authority chain, time limits,
    refusal grounds and more, each line with its article. Lines with `verified: secondary` or `false` show as 待核实; a line
    that the ministry wrote carries its `source`. Version 1 is the seeds'; later ones are the ministry's and stay as they are.
    """

    id = models.AutoField(primary_key=True)
    request_type = models.ForeignKey(RequestType, models.PROTECT, related_name="laws")
    number = models.PositiveSmallIntegerField()
    data: Any = models.JSONField()
    # The first day on which it holds; null: as far back as we look.
    effective_from = models.DateField(null=True)
    source = models.CharField(max_length=500)
    # What was changed and why, in the words of who wrote it.
    remark = models.CharField(max_length=500, blank=True)
    entered_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # null: the seeds
    entered_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("request_type", "-number")
        constraints = [
            models.UniqueConstraint(fields=["request_type", "number"], name="type_law_number_once"),
            models.CheckConstraint(
                condition=Q(number=1, entered_by=None, effective_from=None)
                | Q(number__gt=1, entered_by__isnull=False, effective_from__isnull=False),
                name="type_law_later_is_the_ministrys",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="type_law_has_source"),
        ]

    def __str__(self) -> str:
        return f"law of {self.request_type_id}, version {self.number}"

    @property
    def identity(self) -> tuple[int, int]:
        """What tells it from all others."""
        return self.request_type_id, self.number


class Via(models.TextChoices):
    """The external body that hands a request over, when 公安部国合局 does not send it itself."""

    NONE = "", _("直接发出")
    MOJ = "moj", _("司法部")
    MFA = "mfa", _("外交部")


class Channel(Named):
    """A way by which a request reaches the other side."""

    via = models.CharField(max_length=3, choices=Via.choices, blank=True)
    article = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [models.CheckConstraint(condition=Q(via__in=Via.values), name="channel_via_known")]


class Strength(models.TextChoices):
    """The three strengths of a refusal ground in the law, which must not be mixed; `practice` is no law at all, and
    `postpone` no refusal."""

    MANDATORY = "mandatory", _("应当拒绝")
    OPTIONAL = "optional", _("可以拒绝")
    NO_OBLIGATION = "no_obligation", _("不负有义务")
    PRACTICE = "practice", _("实务情形")
    POSTPONE = "postpone", _("可以推迟")  # no refusal: the request waits


class UsedBy(models.TextChoices):
    """Whose refusal may rest on the ground."""

    OURS = "ours", _("我方")
    THEIRS = "theirs", _("外方")
    EITHER = "either", _("双方")


class RefusalGround(Named):
    """Why a request, or one item of it, is refused. For the foreign side it is the same reason under its own law."""

    article = models.CharField(max_length=20, blank=True)
    # The key of the ground in seeds/requirements.yaml; several laws may use one key.
    key = models.CharField(max_length=60, blank=True)
    strength = models.CharField(max_length=15, choices=Strength.choices)
    used_by = models.CharField(max_length=10, choices=UsedBy.choices)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.CheckConstraint(condition=Q(strength__in=Strength.values), name="refusal_ground_strength_known"),
            models.CheckConstraint(condition=Q(used_by__in=UsedBy.values), name="refusal_ground_used_by_known"),
        ]


class ReturnReason(Named):
    """Why a request is sent back for correction (退回补正)."""

    article = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("position",)
