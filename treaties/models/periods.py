"""The periods (期限) that the law sets, and what a treaty or a country's practice puts in their place."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.language import english
from agencies.models import Officer
from countries.models import Country
from treaties.models.lists import RequestType


class Unit(models.TextChoices):
    """What an amount counts. The law of cooperation knows no working days."""

    HOUR = "hour", pgettext_lazy("unit", "小时")
    CALENDAR_DAY = "calendar_day", pgettext_lazy("unit", "日")
    MONTH = "month", pgettext_lazy("unit", "个月")
    YEAR = "year", pgettext_lazy("unit", "年")


class PeriodKind(models.TextChoices):
    """How strongly the text speaks."""

    DEADLINE = "deadline", pgettext_lazy("period", "期限")
    TARGET = "target", _("一般应当")
    MAX_PERIOD = "max_period", _("最长")
    MIN_NOTICE = "min_notice", _("提前期")
    MIN_THRESHOLD = "min_threshold", _("最低门槛")
    THRESHOLD = "threshold", _("门槛")
    RANGE = "range", _("幅度")
    FIXED = "fixed", _("固定期间")
    FROM_REQUEST = "deadline_from_request", _("按请求书")
    UNSPECIFIED = "unspecified", _("未定数额")


class Confidence(models.TextChoices):
    """How well the text was checked; all but `official` shows as 待核实."""

    OFFICIAL = "official", _("已核对法律文本")
    SECONDARY = "secondary", _("转引，待核实")
    UNVERIFIED = "unverified", _("未核对，待核实")


class StartsOn(models.TextChoices):
    """What in our workflow starts the clock. A row with none is a rule that is shown and never runs."""

    REGISTERED = "registered", _("请求到部")
    RESULT_IN = "result_in", _("执行结果到部")
    ASSIGNED = "assigned", _("执行机关收到交办")
    LIAISON = "liaison", _("对外联系机关收到")
    NAMED = "named", _("请求书写明")
    RECORDED = "recorded", _("民警登记起算日")


class ActorIs(models.TextChoices):
    """Who must act, as the workflow knows him."""

    MINISTRY = "ministry", _("公安部")
    EXECUTOR = "executor", _("执行机关")
    LIAISON = "liaison", _("对外联系机关")
    REQUESTER = "requester", _("请求国")
    OTHER = "other", _("其他")


class Covers(models.TextChoices):
    """The kind of act that the period is about, where the article has one for each."""

    ANY = "", _("不分事项")
    EVIDENCE = "evidence", _("调查取证")
    SERVICE = "service", _("送达文书")


class ExtensionKind(models.TextChoices):
    """What the number of an extension means."""

    NONE = "", _("没有规定延长")
    ADDED = "added", _("延长")
    AT_MOST = "at_most", _("延长不超过")
    TOTAL = "total", _("延长后最长")
    RENEWAL = "renewal", _("每次续期不超过")


class TimeLimit(models.Model):
    """One period of one request type, or of a measure any case may need (no type), as seeds/requirements.yaml has it.
    Loaded, never edited here.

    The first half is the text (its English is ours: seeds/time_limit_words.csv); `starts_on` and what follows say how Coopdesk runs it (seeds/time_limit_ways.csv).
    """

    id = models.AutoField(primary_key=True)
    request_type = models.ForeignKey(RequestType, models.CASCADE, null=True, related_name="time_limits")
    key = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160)
    # Null where the text gives no number.
    amount = models.PositiveSmallIntegerField(null=True)
    amount_max = models.PositiveSmallIntegerField(null=True)
    unit = models.CharField(max_length=12, choices=Unit.choices)
    kind = models.CharField(max_length=24, choices=PeriodKind.choices)
    actor_zh = models.CharField(max_length=60, blank=True)
    actor_en = models.CharField(max_length=80, blank=True)
    trigger_zh = models.CharField(max_length=120)
    trigger_en = models.CharField(max_length=160, blank=True)
    consequence_zh = models.CharField(max_length=200, blank=True)
    consequence_en = models.CharField(max_length=240, blank=True)
    article = models.CharField(max_length=20)
    article_zh = models.CharField(max_length=100)
    confidence = models.CharField(max_length=12, choices=Confidence.choices)
    # The words of the text, and its number where it has one.
    extension_zh = models.CharField(max_length=120, blank=True)
    extension_en = models.CharField(max_length=160, blank=True)
    extension_kind = models.CharField(max_length=10, choices=ExtensionKind.choices, blank=True)
    extension_amount = models.PositiveSmallIntegerField(null=True)
    extension_unit = models.CharField(max_length=12, choices=Unit.choices, blank=True)
    extension_article = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=200, blank=True)

    starts_on = ArrayField(models.CharField(max_length=12, choices=StartsOn.choices), default=list, blank=True)
    # Values of cases.models.Urgency; empty: whatever the urgency.
    urgencies = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    actor_is = models.CharField(max_length=10, choices=ActorIs.choices)
    covers = models.CharField(max_length=10, choices=Covers.choices, blank=True)
    # Periods of one case with the same non-empty word reach the same work: both are shown, the earlier rings.
    overlap = models.CharField(max_length=20, blank=True)
    # A person is held, or held back: no holiday lengthens it (CPL-105.4).
    detention = models.BooleanField(default=False)
    # Coopdesk's defaults, since no law gives them: how long before the end it warns, and after the end it goes to the agency
    # above, in its own unit (by days for months and years). Empty: as treaties.alarms says for its length.
    warn_before = models.PositiveSmallIntegerField(null=True)
    escalate_after = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = (F("request_type__position").asc(nulls_last=True), "position")
        constraints = [
            models.UniqueConstraint(fields=["request_type", "key"], nulls_distinct=False, name="time_limit_once"),
            models.CheckConstraint(condition=Q(unit__in=Unit.values), name="time_limit_unit_known"),
            models.CheckConstraint(condition=Q(kind__in=PeriodKind.values), name="time_limit_kind_known"),
            models.CheckConstraint(condition=Q(confidence__in=Confidence.values), name="time_limit_confidence_known"),
            models.CheckConstraint(condition=Q(actor_is__in=ActorIs.values), name="time_limit_actor_known"),
            models.CheckConstraint(condition=Q(covers__in=Covers.values), name="time_limit_covers_known"),
            models.CheckConstraint(
                condition=Q(starts_on__contained_by=StartsOn.values), name="time_limit_starts_on_known"
            ),
            models.CheckConstraint(
                condition=Q(extension_kind="", extension_amount=None, extension_unit="")
                | (
                    Q(extension_kind__in=ExtensionKind.values, extension_unit__in=Unit.values)
                    & ~Q(extension_kind="")
                    & Q(extension_amount__isnull=False)
                ),
                name="time_limit_extension_whole",
            ),
            models.CheckConstraint(
                condition=Q(escalate_after=None) | Q(escalate_after__gte=1), name="time_limit_escalates_afterwards"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} of {self.request_type_id}"

    @property
    def identity(self) -> tuple[int | None, str]:
        """What the loader finds a row by."""
        return (self.request_type_id, self.key)

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_en if english() else self.name_zh


class PeriodOverride(models.Model):
    """A period that a treaty with one country, or that country's profile, sets in place of the statute's.

    It holds for one request type, for a family, or (both empty) for every type that has the key. A row is never edited:
    it is ended, with the first day on which it no longer holds, and another one takes its place.
    """

    class Confidence(models.TextChoices):
        """How well the instrument was checked; all but `confirmed` shows as 待核实."""

        CONFIRMED = "confirmed", _("已核对条约文本")
        SOURCED = "sourced", _("有来源，待核实")
        RECOLLECTION = "recollection", _("凭记忆，待核实")

    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    request_type = models.ForeignKey(RequestType, models.PROTECT, null=True, related_name="+")
    family = models.CharField(max_length=40, blank=True)
    key = models.CharField(max_length=60)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=12, choices=Unit.choices)
    # The ministry's own warning and escalation for it; empty: Coopdesk's defaults for its length.
    warn_before = models.PositiveSmallIntegerField(null=True)
    escalate_after = models.PositiveSmallIntegerField(null=True)
    # The instrument's short name and its article, as a case shows them; what it is called in full stands in `source`.
    article = models.CharField(max_length=40)
    source = models.CharField(max_length=300)
    as_of = models.DateField()
    confidence = models.CharField(max_length=12, choices=Confidence.choices)
    valid_from = models.DateField()
    # The first day on which it no longer holds; null: it holds until it is ended.
    valid_to = models.DateField(null=True)
    entered_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=Now())
    ended_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    scope = models.GeneratedField(
        expression=models.Case(
            models.When(request_type__isnull=False, then=models.functions.Cast("request_type", models.CharField())),
            default=F("family"),
        ),
        output_field=models.CharField(max_length=40),
        db_persist=True,
    )
    period = models.GeneratedField(
        expression=Func(F("valid_from"), F("valid_to"), Value("[)"), function="daterange"),
        output_field=DateRangeField(),
        db_persist=True,
    )

    class Meta:
        ordering = ("country__code", "key", "-valid_from", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(unit__in=Unit.values), name="period_override_unit_known"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="period_override_amount"),
            models.CheckConstraint(
                condition=Q(escalate_after=None) | Q(escalate_after__gte=1), name="period_override_escalates_afterwards"
            ),
            models.CheckConstraint(
                condition=Q(confidence__in=["confirmed", "sourced", "recollection"]),
                name="period_override_confidence_known",
            ),
            models.CheckConstraint(
                condition=Q(request_type__isnull=True) | Q(family=""), name="period_override_one_scope"
            ),
            models.CheckConstraint(condition=~Q(article="") & ~Q(source=""), name="period_override_has_source"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="period_override_order"
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_at=None, end_reason="")
                | (Q(ended_by__isnull=False, ended_at__isnull=False, valid_to__isnull=False) & ~Q(end_reason="")),
                name="period_override_ended_by_somebody",
            ),
            ExclusionConstraint(
                name="period_override_not_twice",
                expressions=[
                    ("country", RangeOperators.EQUAL),
                    ("scope", RangeOperators.EQUAL),
                    ("key", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"override {self.pk}: {self.key} for {self.country_id}"
