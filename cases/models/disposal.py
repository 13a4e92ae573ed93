"""The disposal list: one officer proposes that an archived case be disposed of, another one decides."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Officer
from cases.models.case import Case, public_id


class Verdict(models.TextChoices):
    CONFIRMED = "confirmed", _("已销毁")
    KEPT = "kept", _("继续保管")


class Disposal(models.Model):
    """A proposal and what became of it; open while nothing is decided. The database wants two persons."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="disposals")
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    # By delegation: for whom. Neither hand of the first step may be a hand of the second.
    proposed_for = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    decided_for = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    proposed_from = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # Why it is kept; goes with the content when the case is disposed of later.
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | ~Q(decided_by=F("proposed_by"))
                & (Q(proposed_for=None) | ~Q(decided_by=F("proposed_for")))
                & (Q(decided_for=None) | ~Q(decided_for=F("proposed_by")))
                & (Q(decided_for=None) | Q(proposed_for=None) | ~Q(decided_for=F("proposed_for"))),
                name="disposal_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by=None, decided_at=None)
                | Q(decision__in=Verdict.values, decided_by__isnull=False, decided_at__isnull=False),
                name="disposal_decided_whole",
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(decision=""), name="one_open_disposal"),
        ]

    def __str__(self) -> str:
        return f"disposal of {self.case_id}"
