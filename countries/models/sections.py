"""The written parts of a ledger: each version of each section, and who looks after it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import Officer
from countries.models.ledger import Section
from countries.models.lists import Country


class TextState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    REVIEW = "review", _("待复核")
    PUBLISHED = "published", _("已发布")
    REPLACED = "replaced", _("已被替换")
    DROPPED = "dropped", pgettext_lazy("text", "已放弃")


class SectionText(models.Model):
    """One version of one section of one country's ledger. What was published is never changed: another takes its place.

    Every writer has a version of his own, so that two at once lose nothing; `based_on` is the published one that he saw.
    """

    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    section = models.CharField(max_length=20, choices=Section.choices)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=TextState.choices, default=TextState.DRAFT)
    text_zh = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    # Where what it says comes from; without it nothing is published.
    sources = models.TextField(blank=True)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now())
    # Who published it, or sent the draft back as it stands.
    reviewer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # What the reviewer says to the author when it goes back.
    remark = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("country", "section", "-number")
        constraints = [
            models.CheckConstraint(condition=Q(section__in=Section.values), name="section_text_section_known"),
            models.CheckConstraint(condition=Q(state__in=TextState.values), name="section_text_state_known"),
            models.UniqueConstraint(fields=["country", "section", "number"], name="section_text_number_once"),
            models.UniqueConstraint(
                fields=["country", "section"], condition=Q(state=TextState.PUBLISHED), name="section_text_one_published"
            ),
            models.UniqueConstraint(
                fields=["country", "section", "author"],
                condition=Q(state__in=[TextState.DRAFT, TextState.REVIEW]),
                name="section_text_one_at_work",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[TextState.PUBLISHED, TextState.REPLACED])
                | (Q(reviewer__isnull=False, decided_at__isnull=False) & ~Q(text_zh="") & ~Q(sources="")),
                name="section_text_published_is_reviewed",
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None) | ~Q(reviewer=F("author")), name="section_text_by_four_eyes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section} of {self.country_id}, version {self.number}"

    @property
    def seen(self) -> str:
        """What a form has seen of it: another moment means that it was saved again since."""
        return self.written_at.isoformat()


class SectionCare(models.Model):
    """Who looks after a section, and how long it may stand unreviewed. Without a row nobody does."""

    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    section = models.CharField(max_length=20, choices=Section.choices)
    owner = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    every_months = models.PositiveSmallIntegerField()
    reviewed_on = models.DateField()
    reviewed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    # The day of the review that the owner has been told is overdue: once for each.
    told_of = models.DateField(null=True)

    class Meta:
        ordering = ("country", "section")
        constraints = [
            models.CheckConstraint(condition=Q(section__in=Section.values), name="section_care_section_known"),
            models.UniqueConstraint(fields=["country", "section"], name="section_care_once"),
            models.CheckConstraint(condition=Q(every_months__range=(1, 60)), name="section_care_months"),
        ]

    def __str__(self) -> str:
        return f"{self.section} of {self.country_id}: {self.owner_id}"
