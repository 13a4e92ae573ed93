"""The partner countries."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.language import english


class Country(models.Model):
    """A State that cooperates with us. China is not a row: Hong Kong, Macao and Taiwan are not partner countries either."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=2, unique=True)  # ISO 3166-1 alpha-2
    iso3 = models.CharField(max_length=3, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80)
    name_en_official = models.CharField(max_length=120, blank=True)
    aliases = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    region_zh = models.CharField(max_length=20, blank=True)
    region_en = models.CharField(max_length=20, blank=True)
    subregion_zh = models.CharField(max_length=40, blank=True)
    subregion_en = models.CharField(max_length=40, blank=True)
    official_languages = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    time_zones = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    pinyin = models.CharField(max_length=120, default="", blank=True)
    # Derived by the loader: what typing finds (names, aliases, pinyin, initials, codes), lower case.
    search_text = models.TextField(default="", blank=True)
    source = models.TextField(blank=True)
    # Of the names, codes, regions and languages: sourced | recollection (shown as 待核实).
    confidence = models.CharField(max_length=20, blank=True)
    is_partner = models.BooleanField(default=True)

    class Meta:
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z]{2}$"), name="country_code_shape"),
            models.CheckConstraint(condition=~Q(code__in=["CN", "HK", "MO", "TW"]), name="country_is_foreign"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_en if english() else self.name_zh
