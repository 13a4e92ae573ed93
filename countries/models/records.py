"""What a ledger keeps beside its topics: authorities, mechanisms, meetings, posts, events, lessons; and what is proposed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agencies.language import english
from agencies.models import Agency, Officer
from countries.models.facts import Sourced
from countries.models.ledger import LedgerTopic, Section
from countries.models.lists import Country


class RecordKind(models.TextChoices):
    """What a record is about; countries.ledger_kinds says which fields each has."""

    AUTHORITY = "authority", _("主管机关")
    MECHANISM = "mechanism", _("机制")
    MEETING = "meeting", _("会议")
    ACTIVITY = "activity", _("合作活动")
    POST = "post", _("联络官")
    EVENT = "event", _("影响合作的事件")
    LESSON = "lesson", _("经验教训")


class LedgerRecord(Sourced):
    """One thing of a kind. `attrs` holds the kind's own fields; `contact` is shown for a stated purpose alone."""

    SOURCED: ClassVar = (
        "name_zh",
        "name_en",
        "starts_on",
        "ends_on",
        "text_zh",
        "text_en",
        "attrs",
        "contact",
    )
    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=12, choices=RecordKind.choices)
    country = models.ForeignKey(Country, models.PROTECT, related_name="records")
    name_zh = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=160, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    text_zh = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    attrs: Any = models.JSONField(default=dict, blank=True)
    contact = models.TextField(blank=True)
    # Entered by mistake: kept, and shown no more.
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    withdrawn_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("country", "kind", F("starts_on").desc(nulls_last=True), "id")
        indexes = [models.Index(fields=["country", "kind"], name="ledger_record_of_a_country")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RecordKind.values), name="ledger_record_kind_known"),
            models.CheckConstraint(condition=~Q(name_zh="", name_en=""), name="ledger_record_has_name"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="ledger_record_starts_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} of {self.country_id}"

    @property
    def name(self) -> str:
        """The name in the language of the page, where it has one."""
        names = [self.name_en, self.name_zh] if english() else [self.name_zh, self.name_en]
        return next(filter(None, names), "")

    @property
    def text(self) -> str:
        """The text in the language of the page, where it has one."""
        texts = [self.text_en, self.text_zh] if english() else [self.text_zh, self.text_en]
        return next(filter(None, texts), "")


class ProposalKind(models.TextChoices):
    CORRECTION = "correction", _("更正")
    LESSON = "lesson", _("经验教训")


class ProposalState(models.TextChoices):
    OPEN = "open", _("等待答复")
    ACCEPTED = "accepted", _("已采纳")
    ANSWERED = "answered", _("已答复，未采纳")


class LedgerProposal(models.Model):
    """What an officer proposes for a ledger: another value, or a lesson. The ministry's desk accepts or answers it."""

    id = models.AutoField(primary_key=True)
    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ProposalKind.choices)
    # Which section it is about, whose owner is told; blank where he named none.
    section = models.CharField(max_length=20, choices=Section.choices, blank=True)
    # Of a correction: which value, where he named one.
    topic = models.ForeignKey(LedgerTopic, models.PROTECT, null=True, related_name="+")
    about = models.CharField(max_length=60, blank=True)
    text = models.TextField()
    source = models.CharField(max_length=500)
    case_number = models.CharField(max_length=40, blank=True)
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    answer = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["state", "-id"], name="ledger_proposal_by_state")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ProposalKind.values), name="ledger_proposal_kind_known"),
            models.CheckConstraint(condition=Q(state__in=ProposalState.values), name="ledger_proposal_state_known"),
            models.CheckConstraint(
                condition=Q(section="") | Q(section__in=Section.values), name="ledger_proposal_section_known"
            ),
            models.CheckConstraint(condition=~Q(text="") & ~Q(source=""), name="ledger_proposal_is_sourced"),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN) | Q(decided_by__isnull=False), name="ledger_proposal_decided_by"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} for {self.country_id}"
