"""The ledger of a country (一国一台账): what is worth knowing before asking it for anything, each value with its source."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.language import english
from agencies.models import Agency
from countries.models.facts import Sourced
from countries.models.lists import Country


class Section(models.TextChoices):
    """The sections of a ledger that this room keeps, in the order of the page."""

    PROFILE = "profile", _("概况")
    AUTHORITIES = "authorities", _("主管机关")
    ASKING = "asking", _("怎么请求")
    LEGAL_SYSTEM = "legal_system", _("法律制度")
    EXTRADITION = "extradition", _("引渡条件")
    ASSISTANCE = "assistance", _("司法协助程序")
    IMMIGRATION = "immigration", _("移民与遣返")
    HABITS = "habits", _("习惯与文化")
    MECHANISMS = "mechanisms", _("机制与会议")
    ACTIVITIES = "activities", _("合作活动")
    POSTS = "posts", _("联络官")
    EVENTS = "events", _("影响合作的事件")
    LESSONS = "lessons", _("经验教训")


class TopicKind(models.TextChoices):
    TEXT = "text", pgettext_lazy("topic", "文字")
    CHOICE = "choice", pgettext_lazy("topic", "选项")


class LedgerTopic(models.Model):
    """A question that every ledger asks: “capital”, “are nationals extradited”. Loaded from seeds/ledger_topics.csv."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=40, unique=True)
    section = models.CharField(max_length=20, choices=Section.choices)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=TopicKind.choices)
    # {"retained": ["保留", "Retained"]}
    choices: Any = models.JSONField(default=dict)
    # Asked once for each request type, not once for the country.
    per_type = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[a-z0-9_]+$"), name="ledger_topic_code_shape"),
            models.CheckConstraint(condition=Q(section__in=Section.values), name="ledger_topic_section_known"),
            models.CheckConstraint(condition=Q(kind__in=TopicKind.values), name="ledger_topic_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_en if english() else self.name_zh


class LedgerEntry(Sourced):
    """What is known of one topic for one country, for one request type where the topic asks by type.

    A topic of choices has a `code`, and words beside it when the source says more; what was found in one language only
    stands in that one.
    """

    SOURCED: ClassVar = ("code", "text_zh", "text_en")
    country = models.ForeignKey(Country, models.PROTECT, related_name="entries")
    topic = models.ForeignKey(LedgerTopic, models.PROTECT, related_name="+")
    # The code of a request type (treaties); blank: the country as a whole.
    about = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=40, blank=True)
    text_zh = models.TextField(blank=True)
    text_en = models.TextField(blank=True)

    class Meta:
        ordering = ("country", "topic__position", "about")
        constraints = [models.UniqueConstraint(fields=["country", "topic", "about"], name="ledger_entry_once")]

    def __str__(self) -> str:
        return f"{self.topic_id} of {self.country_id}"

    @property
    def value(self) -> str:
        """What the page shows, in its language where the source has it: the choice's word, then the text."""
        words = self.topic.choices.get(self.code, [self.code, self.code])[1 if english() else 0]
        texts = [self.text_en, self.text_zh] if english() else [self.text_zh, self.text_en]
        return words or next(filter(None, texts), "")


class Frontier(Sourced):
    """A division of ours that borders a neighbour. Which organs are border organs says the agency itself (is_border)."""

    SOURCED: ClassVar = ("approx_km",)
    id = models.AutoField(primary_key=True)
    division_code = models.CharField(max_length=6)
    division_name = models.CharField(max_length=60)
    level = models.CharField(max_length=10)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    country = models.ForeignKey(Country, models.PROTECT, related_name="frontiers")
    # From geometry, 5 to 20 % too short: for ordering alone.
    approx_km = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("country", "division_code")
        constraints = [
            models.UniqueConstraint(fields=["division_code", "country"], name="frontier_once"),
            # Addresses of pages are made of it.
            models.CheckConstraint(condition=Q(division_code__regex=r"^[0-9]{6}$"), name="frontier_division_shape"),
        ]

    def __str__(self) -> str:
        return f"{self.division_name} – {self.country_id}"
