"""Who comes in without a session: API clients (service accounts) with their idempotency keys, and calendars."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from agencies.models.officers import Officer
from agencies.models.tree import Agency


class ServiceAccount(models.Model):
    """An API client acts for one agency as a drafter; it never approves. The officer it names is responsible."""

    id = models.AutoField(primary_key=True)
    application = models.OneToOneField(
        settings.OAUTH2_PROVIDER_APPLICATION_MODEL, models.CASCADE, related_name="service_account"
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="service_accounts")
    name = models.CharField(max_length=80)
    registered_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """The answer once given to a key, kept for a week so that a retry gets the same one.

    It may hold words of a case, so it stands behind the second wall (migration 0004): only who asked, acting for the
    agency he asked for, reads it again.
    """

    id = models.BigAutoField(primary_key=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    known_as = models.IntegerField()  # agencies.actors.Actor.known_as
    key = models.CharField(max_length=128)  # a client's has no space, a web form's has one (agencies/doors/once.py)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "known_as", "key"], name="one_answer_per_key")]
        indexes = [models.Index(fields=["created_at"], name="answer_by_age")]

    def __str__(self) -> str:
        return f"{self.known_as} {self.key}"


class CalendarFeed(models.Model):
    """The address under which an officer's calendar reads his deadlines. Only the hash of its token is stored; a new
    address takes the place of the old one, which stops working at once."""

    id = models.AutoField(primary_key=True)
    officer = models.OneToOneField(Officer, models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    # The last day (in Shanghai) on which it was read; the trail has one event for each such day.
    read_on = models.DateField(null=True)

    def __str__(self) -> str:
        return f"feed of {self.officer_id}"
