"""Lock-out after failed log-ins: where the counts are kept, and how to end a lock early.

django-axes counts. The name under which it counts is a keyed digest of the police number: people type passwords into
the wrong field, and the table of failures must not become a list of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.crypto import salted_hmac

from agencies import turns
from agencies.models.officers import normalize_police_number

_SALT = "agencies.locks"


def key_of(police_number: str) -> str:
    """The name under which failures of this police number are counted, whether or not an officer has it."""
    return salted_hmac(_SALT, normalize_police_number(police_number), algorithm="sha256").hexdigest()


def one_at_a_time(police_number: str) -> None:
    """Let tries for one police number wait for one another until the transaction ends, so that five means five."""
    turns.wait(turns.Turn.LOGIN, key_of(police_number))


def locked_until(police_numbers: Iterable[str]) -> dict[str, datetime]:
    """Those of the police numbers that are locked now, with the moment at which each lock ends by itself."""
    names = {key_of(number): number for number in police_numbers}
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    rows = (
        AccessAttempt.objects.filter(username__in=names, attempt_time__gte=since)
        .values("username")
        .annotate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    )
    return {names[row["username"]]: row["last"] + settings.AXES_COOLOFF_TIME for row in rows}


def release(police_number: str) -> bool:
    """Forget the failures of this police number; whether there were any."""
    deleted: int = AccessAttempt.objects.filter(username=key_of(police_number)).delete()[0]
    return deleted > 0
