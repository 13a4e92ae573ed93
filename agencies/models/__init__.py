"""The tables of the room, one idea a module."""

from agencies.models.access import CalendarFeed, IdempotencyKey, ServiceAccount
from agencies.models.delegations import Delegation
from agencies.models.notice_settings import Channel, Digest, NoticeSettings
from agencies.models.officers import Appointment, Officer
from agencies.models.outbox import Notice, OutboxMessage
from agencies.models.reorganisation import Reorganisation
from agencies.models.trail import AuditEvent, AuditSeal, UnsealedEvent
from agencies.models.tree import Agency

__all__ = [
    "Agency",
    "Appointment",
    "AuditEvent",
    "AuditSeal",
    "CalendarFeed",
    "Channel",
    "Delegation",
    "Digest",
    "IdempotencyKey",
    "Notice",
    "NoticeSettings",
    "Officer",
    "OutboxMessage",
    "Reorganisation",
    "ServiceAccount",
    "UnsealedEvent",
]
