"""An order to reorganise the tree: asked for by one administrator, counted by the worker, confirmed by another."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from agencies.models.officers import Officer
from agencies.models.tree import Agency


class OrderKind(models.TextChoices):
    MERGE = "merge", _("合并")
    MOVE = "move", _("划转")


class OrderState(models.TextChoices):
    ASKED = "asked", _("正在统计")
    READY = "ready", _("等待确认")
    CONFIRMED = "confirmed", _("正在执行")
    DONE = "done", _("已完成")
    CANCELLED = "cancelled", _("已撤销")


# An order that may still be carried out.
STANDING = (OrderState.ASKED, OrderState.READY, OrderState.CONFIRMED)


class Reorganisation(models.Model):
    """merge: `source` is absorbed by `target`. move: `source` gets `target` above it and sends its cases to `route_to`.

    The web writes what administrators decide; the worker, who alone sees all cases, writes counts and the result.
    """

    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=OrderKind.choices)
    source = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    target = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    route_to = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=OrderState.choices, default=OrderState.ASKED)
    asked_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # What the worker counted, and a digest of what it counted: a confirmation is of exactly this.
    preview = models.JSONField(default=dict)
    previewed_at = models.DateTimeField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    # Codes of agencies.reorganising.FAULTS: why it cannot be, or was not, carried out.
    faults = ArrayField(models.CharField(max_length=30), default=list)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=OrderKind.values), name="reorganisation_kind_known"),
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="reorganisation_state_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="reorganisation_has_reason"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(state=OrderState.CANCELLED) | ~Q(decided_by=F("asked_by")),
                name="reorganisation_two_persons",
            ),
            models.UniqueConstraint(
                fields=["source"], condition=Q(state__in=STANDING), name="one_standing_reorganisation"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
