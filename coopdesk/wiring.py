"""What reacts to what. Read this to learn every side effect in the system."""

from __future__ import annotations

from agencies import audit, mail
from agencies.tasks import drain_outbox
from cases import notices


def connect() -> None:
    """Called once, when Django is ready."""
    audit.nudge_with(drain_outbox.delay)
    audit.wire("case.*", "notify", notices.notify)
    audit.wire("note.*", "notify", notices.notify)
    audit.wire("mail.send", "mail", mail.send_notice)
