"""The treaty registry: instruments, the States that are party to them, and what each covers."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from countries.models import Country, Sourced


class InstrumentKind(models.TextChoices):
    """What an instrument is. The first eight are columns of the matrix, in this order."""

    EXTRADITION = "extradition", _("引渡条约")
    MLA_CRIMINAL = "mla_criminal", _("刑事司法协助条约")
    MLA_CIVIL_CRIMINAL = "mla_civil_criminal", _("民事和刑事司法协助条约")
    TRANSFER = "transfer_sentenced", _("移管被判刑人条约")
    THREE_EVILS = "counter_three_evils", _("打击“三股势力”协定")
    POLICE = "police_cooperation", _("警务合作协定")
    ASSET_SHARING = "asset_sharing", _("分享没收财物协定")
    MULTILATERAL = "multilateral", _("多边公约")
    RECIPROCITY_GIVEN = "reciprocity_given", _("我方互惠承诺")
    RECIPROCITY_RECEIVED = "reciprocity_received", _("外方互惠承诺")
    STATUTE = "statute", _("法律")
    RULE = "rule", _("规章和规范性文件")


# Ours alone: they have no parties.
DOMESTIC = (InstrumentKind.STATUTE, InstrumentKind.RULE)


class Standing(models.TextChoices):
    """How a State, or a pair of States, stands to an instrument on a day."""

    IN_FORCE = "in_force", _("生效")
    SIGNED = "signed", _("仅签署")
    TERMINATED = "terminated", _("已终止")
    NONE = "none", pgettext_lazy("standing", "没有")
    UNKNOWN = "unknown", _("未知")


# What a seed or an officer states; the dates say the rest.
STATED = (Standing.IN_FORCE, Standing.SIGNED, Standing.NONE, Standing.UNKNOWN)


# An instrument, or a part in one, that was entered by mistake is withdrawn: only who keeps the registry still sees it.
KEPT = Q(withdrawn_at=None)
OF_KEPT = Q(instrument__withdrawn_at=None)
PART_KEPT = KEPT & OF_KEPT


class Instrument(Sourced):
    """A treaty, agreement, assurance, statute or rule. The dates are those of our side; of a bilateral one, of both."""

    SOURCED: ClassVar = (
        "title_zh",
        "title_en",
        "adopted_on",
        "adopted_place",
        "general_force_on",
        "signed_on",
        "signed_partial",
        "ratified_on",
        "joined_on",
        "joined_by",
        "in_force_on",
        "terminated_on",
        "stated",
        "reservation",
        "authority",
    )
    OFFICERS: ClassVar = ("withdrawn_at", "withdrawn_why")
    id = models.AutoField(primary_key=True)
    # "EXTRADITION-TH", "UNTOC", "IMLA": short, stable, our own.
    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=24, choices=InstrumentKind.choices)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=240, blank=True)
    short_zh = models.CharField(max_length=60, blank=True)
    subject_field = models.CharField(max_length=40, blank=True)
    depositary = models.CharField(max_length=60, blank=True)
    adopted_on = models.DateField(null=True)
    adopted_place = models.CharField(max_length=40, blank=True)
    # When a convention entered into force between its first parties.
    general_force_on = models.DateField(null=True)
    signed_on = models.DateField(null=True)
    signed_partial = models.CharField(max_length=7, blank=True)  # "2016" or "2008-09", where the day is not known
    # The decision of the Standing Committee of the NPC, not the exchange or deposit.
    ratified_on = models.DateField(null=True)
    joined_on = models.DateField(null=True)  # the deposit
    joined_by = models.CharField(max_length=20, blank=True)  # 批准, 加入 …
    in_force_on = models.DateField(null=True)
    terminated_on = models.DateField(null=True)
    stated = models.CharField(max_length=12, choices=Standing.choices, blank=True)
    reservation = models.CharField(max_length=300, blank=True)
    authority = models.CharField(max_length=120, blank=True)  # that our side has designated
    note = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]*$"), name="instrument_code_shape"),
            models.CheckConstraint(condition=Q(kind__in=InstrumentKind.values), name="instrument_kind_known"),
            models.CheckConstraint(condition=Q(stated__in=["", *STATED]), name="instrument_stated_known"),
            models.CheckConstraint(condition=~Q(title_zh=""), name="instrument_has_title"),
            models.CheckConstraint(
                condition=Q(signed_partial__regex=r"^([0-9]{4}(-[0-9]{2})?)?$"), name="instrument_partial"
            ),
            models.CheckConstraint(
                condition=Q(signed_on=None) | Q(in_force_on=None) | Q(in_force_on__gte=F("signed_on")),
                name="instrument_signed_before_in_force",
            ),
            models.CheckConstraint(
                condition=Q(terminated_on=None) | Q(in_force_on=None) | Q(terminated_on__gte=F("in_force_on")),
                name="instrument_in_force_before_terminated",
            ),
            models.CheckConstraint(
                condition=Q(signed_on=None) | Q(joined_on=None) | Q(joined_on__gte=F("signed_on")),
                name="instrument_signed_before_joined",
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh


class Party(Sourced):
    """A partner State and an instrument. Of a bilateral one the dates are the instrument's own."""

    SOURCED: ClassVar = (
        "signed_on",
        "joined_on",
        "joined_by",
        "in_force_on",
        "terminated_on",
        "stated",
        "reservation",
        "authority",
    )
    OFFICERS: ClassVar = ("withdrawn_at", "withdrawn_why")
    id = models.AutoField(primary_key=True)
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="parties")
    country = models.ForeignKey(Country, models.PROTECT, related_name="+")
    signed_on = models.DateField(null=True)
    joined_on = models.DateField(null=True)
    joined_by = models.CharField(max_length=20, blank=True)
    in_force_on = models.DateField(null=True)
    terminated_on = models.DateField(null=True)
    stated = models.CharField(max_length=12, choices=Standing.choices, blank=True)
    reservation = models.CharField(max_length=300, blank=True)
    authority = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("instrument", "country")
        constraints = [
            models.UniqueConstraint(fields=["instrument", "country"], name="party_once"),
            models.CheckConstraint(condition=Q(stated__in=["", *STATED]), name="party_stated_known"),
            models.CheckConstraint(
                condition=Q(signed_on=None) | Q(in_force_on=None) | Q(in_force_on__gte=F("signed_on")),
                name="party_signed_before_in_force",
            ),
            models.CheckConstraint(
                condition=Q(signed_on=None) | Q(joined_on=None) | Q(joined_on__gte=F("signed_on")),
                name="party_signed_before_joined",
            ),
            models.CheckConstraint(
                condition=Q(terminated_on=None) | Q(in_force_on=None) | Q(terminated_on__gte=F("in_force_on")),
                name="party_in_force_before_terminated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument_id}: {self.country_id}"


class Provision(Sourced):
    """What an instrument covers: requests of these families, in these words, by these articles."""

    SOURCED: ClassVar = (
        "family",
        "articles",
        "limited_to",
        "language",
        "channel",
        "contents_zh",
        "contents_en",
        "attachments_zh",
        "attachments_en",
    )
    id = models.AutoField(primary_key=True)
    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="provisions")
    # RequestType.family, as treaties.codes knows them.
    family = models.CharField(max_length=40)
    articles = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # A convention helps only against its own crimes; blank: whatever the crime.
    limited_to = models.CharField(max_length=60, blank=True)
    # What it demands in place of our statutes (IMLA-10.1, EXT-49), or beyond them.
    language = models.CharField(max_length=100, blank=True)
    channel = models.CharField(max_length=100, blank=True)
    contents_zh = models.CharField(max_length=300, blank=True)
    contents_en = models.CharField(max_length=300, blank=True)
    attachments_zh = models.CharField(max_length=300, blank=True)
    attachments_en = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("instrument", "family")
        constraints = [models.UniqueConstraint(fields=["instrument", "family"], name="provision_once")]

    def __str__(self) -> str:
        return f"{self.instrument_id}: {self.family}"
