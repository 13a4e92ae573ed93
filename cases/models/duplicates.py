"""Which pairs of requests have been reported as duplicates, and to whom."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from agencies.models import Agency
from cases.models.case import Case, public_id


class DuplicatePair(models.Model):
    """Two requests about one person, neither known to the drafter of the other; reported once, to `agency`.

    The numbers are kept here, since that agency may see neither case. `low` is the case with the smaller id, so that a
    pair has one form.
    """

    id = public_id()
    low = models.ForeignKey(Case, models.PROTECT, related_name="+")
    high = models.ForeignKey(Case, models.PROTECT, related_name="+")
    low_number = models.CharField(max_length=40)
    high_number = models.CharField(max_length=40)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    found_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="one_report_per_pair"),
            models.CheckConstraint(condition=Q(low__lt=F("high")), name="pair_in_order"),
        ]

    def __str__(self) -> str:
        return f"pair {self.pk}"
