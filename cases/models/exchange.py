"""What crossed a border or a network, and every proof that it arrived."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from agencies.models import Officer
from cases.models.case import Case, public_id
from cases.models.custody import Leg
from treaties.models import Channel


class Transmission(models.Model):
    """One crossing: out (a request sent) or in (a reply received)."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="transmissions")
    leg = models.ForeignKey(Leg, models.PROTECT, related_name="transmissions")
    way = models.CharField(max_length=3, choices=[("out", "out"), ("in", "in")])
    kind = models.CharField(max_length=20)
    channel = models.ForeignKey(Channel, models.PROTECT)
    counterpart_name = models.CharField(max_length=200)
    counterpart_unit = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=Q(way__in=["out", "in"]), name="transmission_way_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["request", "interim", "final"]), name="transmission_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.kind} of {self.case_id}"


class Receipt(models.Model):
    """A proof of arrival: their reference number and desk, where they named them."""

    id = public_id()
    transmission = models.ForeignKey(Transmission, models.PROTECT, related_name="receipts")
    case = models.ForeignKey(Case, models.PROTECT, related_name="receipts")
    their_reference = models.CharField(max_length=120, blank=True)
    their_desk = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"receipt of {self.transmission_id}"
