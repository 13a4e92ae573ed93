"""The order in which what is known about the world outside has changed, for systems that follow it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from countries.models.facts import FactChange
from countries.models.records import LedgerRecord
from countries.models.sections import SectionText


class LedgerChange(models.Model):
    """One thing that changed: a value, a section that was published, a record that was withdrawn, or another row that was
    withdrawn or brought back (`subject`, as the history names it).

    Triggers alone write it (migration 0011), at the end of the transaction and one transaction at a time: a number that is
    seen has none below it still to come.
    """

    id = models.BigAutoField(primary_key=True)
    fact = models.ForeignKey(FactChange, models.PROTECT, null=True, related_name="+")
    text = models.ForeignKey(SectionText, models.PROTECT, null=True, related_name="+")
    withdrawn = models.ForeignKey(LedgerRecord, models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=60, blank=True, db_default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(fact__isnull=False, text=None, withdrawn=None, subject="")
                | Q(fact=None, text__isnull=False, withdrawn=None, subject="")
                | Q(fact=None, text=None, withdrawn__isnull=False, subject="")
                | Q(fact=None, text=None, withdrawn=None) & ~Q(subject=""),
                name="ledger_change_is_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"change {self.pk}"
