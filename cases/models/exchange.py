"""What crossed a border or a network, and every proof that it arrived."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Officer
from cases.models.case import Case, public_id
from cases.models.custody import Leg
from treaties.models import Channel


class Way(models.TextChoices):
    OUT = "out", _("发往外方")
    IN = "in", _("来自外方")
    UP = "up", _("报备案")  # inside the house: a border matter is filed with the terminal desk (MPSR-376)


class Crossing(models.TextChoices):
    """What crossed."""

    REQUEST = "request", _("请求")
    INTERIM = "interim", _("阶段答复")
    FINAL = "final", _("最终答复")
    QUERY = "query", _("询问")
    ANSWER = "answer", _("对询问的答复")
    CHASE = "chase", _("催办")
    RECALL = "recall", _("撤回")
    SUPPLEMENT = "supplement", _("补充")
    REFUSAL = "refusal", _("拒绝通知")
    RETURNED = "returned", _("退回")
    REPLY = "reply", _("答复")
    FILING = "filing", _("备案")


class Transmission(models.Model):
    """One crossing: out (a request sent), in (a reply received), or a filing up to the terminal desk."""

    id = public_id()
    case = models.ForeignKey(Case, models.PROTECT, related_name="transmissions")
    leg = models.ForeignKey(Leg, models.PROTECT, related_name="transmissions")
    way = models.CharField(max_length=3, choices=Way.choices)
    kind = models.CharField(max_length=20, choices=Crossing.choices)
    channel = models.ForeignKey(Channel, models.PROTECT, null=True)
    counterpart_name = models.CharField(max_length=200)
    counterpart_unit = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=Q(way__in=Way.values), name="transmission_way_known"),
            models.CheckConstraint(condition=Q(kind__in=Crossing.values), name="transmission_kind_known"),
            # What answers a foreign request goes back by the way it came, which nobody may have noted.
            models.CheckConstraint(
                condition=Q(way=Way.UP)
                | Q(channel__isnull=False)
                | Q(kind__in=[Crossing.SUPPLEMENT, Crossing.REFUSAL, Crossing.RETURNED]),
                name="crossing_has_channel",
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
