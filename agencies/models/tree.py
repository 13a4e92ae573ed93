"""The agency tree: who is above whom, and where a case goes next."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Tier(models.TextChoices):
    COUNTY = "county", _("县")
    CITY = "city", _("市")
    PROVINCE = "province", _("省")
    MINISTRY = "ministry", _("部")


class Agency(models.Model):
    """One organ. `parent` is who is above; `route_to` is where a case goes next; every route ends at the terminal desk."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=120)
    alt_name = models.CharField(max_length=120, blank=True)
    tier = models.CharField(max_length=10, choices=Tier.choices)
    kind = models.CharField(max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    route_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="routed_here")
    division_code = models.CharField(max_length=6, blank=True)
    desk_name = models.CharField(max_length=120, blank=True)
    is_terminal = models.BooleanField(default=False)
    is_border = models.BooleanField(default=False)
    border_countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    name_basis = models.CharField(max_length=20, blank=True)
    confidence = models.CharField(max_length=10, blank=True)
    note = models.TextField(blank=True)
    # Derived by the loader: parent chain including oneself, top last; what a case's scope is made of.
    ancestors = ArrayField(models.IntegerField(), default=list)
    # Derived by the loader: what typing finds (name, alt name, pinyin, initials, code), lower case.
    search_text = models.TextField(default="", blank=True)
    pinyin = models.CharField(max_length=300, default="", blank=True)
    is_active = models.BooleanField(default=True)
    # Set when the organ was merged: who has its cases now, in one step however many mergers followed.
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="predecessors")
    # Set when its place was changed by an order: from then on the seed no longer says where it stands.
    reorganised_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="agency_tier_known"),
            models.UniqueConstraint(fields=["is_terminal"], condition=Q(is_terminal=True), name="one_terminal_desk"),
            models.CheckConstraint(condition=Q(is_terminal=True) | Q(route_to__isnull=False), name="agency_has_route"),
        ]
        indexes = [GinIndex(fields=["search_text"], name="agency_search", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.name

    @property
    def number_part(self) -> str:
        """What stands for this agency in a case number: the division code, else the agency code."""
        return self.division_code or self.code
