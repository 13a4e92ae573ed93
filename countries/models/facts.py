"""Values with a source: what every row about the world outside carries, and the history of each value."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agencies.models import Officer
from countries.models.lists import Country


class FactConfidence(models.TextChoices):
    """How well a value was checked. All but the first two show as 待核实 (UNSETTLED)."""

    CONFIRMED = "confirmed", _("已由民警核对")
    SOURCED = "sourced", _("有来源")
    SECONDARY = "secondary", _("转引")
    RECOLLECTION = "recollection", _("凭记忆")


UNSETTLED = frozenset({FactConfidence.SECONDARY, FactConfidence.RECOLLECTION})


class Sourced(models.Model):
    """A row about the world outside. Each field named in SOURCED is blank, or has its origin in `provenance`:

    {field: {"source": where it was found, "as_of": "2026-11-21", "confidence": FactConfidence, "by": officer id or null}}

    countries.facts alone writes such a row; a trigger (migration 0006) refuses a value without a source.
    """

    SOURCED: ClassVar[tuple[str, ...]] = ()
    # What officers alone write, without a source: loaders leave it as it is.
    OFFICERS: ClassVar[tuple[str, ...]] = ()
    provenance: Any = models.JSONField(default=dict)

    class Meta:
        abstract = True

    @property
    def subject(self) -> str:
        """How the history names the row: "party:17"."""
        return f"{self._meta.model_name}:{self.pk}"


class FactChange(models.Model):
    """One value that was entered, corrected or confirmed. Never changed and never taken away."""

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=60)
    country = models.ForeignKey(Country, models.PROTECT, null=True, related_name="+")
    field = models.CharField(max_length=40)
    # {"value", "source", "as_of", "confidence", "by"} or {} where there was, or is, no value; without "value" where an
    # officer emptied it.
    before: Any = models.JSONField()
    after: Any = models.JSONField()
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")  # null: a loader
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["subject", "field", "-id"], name="fact_change_of_a_value"),
            models.Index(fields=["country", "-at"], name="fact_change_of_a_country"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}.{self.field} at {self.at}"
