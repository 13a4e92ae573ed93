"""How long an archived case is kept."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from agencies.language import english


class RetentionPeriod(models.Model):
    """One period of the schedule, from seeds/retention_periods.csv. Coopdesk's defaults until a named source stands there."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=20, unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40)
    # None: for ever.
    years = models.PositiveSmallIntegerField(null=True)
    # The statuses for whose cases it is offered first.
    statuses = ArrayField(models.CharField(max_length=30), default=list)
    basis = models.CharField(max_length=120)
    confidence = models.CharField(max_length=20)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(years=None) | Q(years__gt=0), name="retention_of_some_years")]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.name_en if english() else self.name_zh
