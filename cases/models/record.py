"""Our record with each country, as the worker counts it once a week (cases.record.refresh). What is too small to be shown is
not in these tables at all."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from countries.models import Country


class CountryRecord(models.Model):
    """The figures of one country: all of them, or those of one request type, of one channel, or of both; blank means all.
    `figures` has a part for each direction of which there are enough cases (cases.record.figures)."""

    id = models.BigAutoField(primary_key=True)
    country = models.ForeignKey(Country, models.PROTECT, related_name="+", db_index=False)
    request_type = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=60, blank=True)
    figures: Any = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "request_type", "channel"], name="one_country_record")
        ]

    def __str__(self) -> str:
        return f"record of {self.country_id} {self.request_type} {self.channel}"


class RecordCount(models.Model):
    """The one row that says as of when the records hold."""

    id = models.SmallIntegerField(primary_key=True)
    as_of = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_record_count")]

    def __str__(self) -> str:
        return f"as of {self.as_of}"
