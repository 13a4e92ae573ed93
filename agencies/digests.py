"""The daily summary by e-mail: ordered once a day for each officer who wants one, from his hour on, outside his quiet hours.

The row of the day keeps it to one, also with two beats at once; after a stopped beat the summary of that day comes late,
once. What it says is for the room that knows the cases (cases/digest_mail.py).
"""

from __future__ import annotations

from django.db import connection, transaction

from agencies import audit
from agencies.actors import SYSTEM
from agencies.models import NoticeSettings, OutboxMessage

ORDER, MAIL = "digest.order", "digest-mail"
_DEFAULT = NoticeSettings()

# By the database's clock. The settings of an officer who never changed any are the defaults.
_TAKE = """
WITH now AS (
    SELECT statement_timestamp() AS at, (statement_timestamp() AT TIME ZONE 'Asia/Shanghai')::date AS day,
        extract(hour FROM statement_timestamp() AT TIME ZONE 'Asia/Shanghai')::int AS hour
), wanted AS (
    SELECT o.id, coalesce(s.quiet_from, %(quiet_from)s) AS quiet_from, coalesce(s.quiet_to, %(quiet_to)s) AS quiet_to,
        CASE WHEN s.officer_id IS NULL THEN %(digest_at)s ELSE s.digest_at END AS digest_at
    FROM agencies_officer o LEFT JOIN agencies_noticesettings s ON s.officer_id = o.id
    WHERE o.is_active AND o.email <> ''
)
INSERT INTO agencies_digest (officer_id, day, at)
SELECT w.id, now.day, now.at FROM wanted w CROSS JOIN now
WHERE w.digest_at <= now.hour
    AND NOT CASE WHEN w.quiet_from <= w.quiet_to THEN now.hour >= w.quiet_from AND now.hour < w.quiet_to
                 ELSE now.hour >= w.quiet_from OR now.hour < w.quiet_to END
    AND NOT EXISTS (SELECT FROM agencies_digest d WHERE d.officer_id = w.id AND d.day = now.day)
ORDER BY w.id
ON CONFLICT DO NOTHING RETURNING officer_id, day"""


@transaction.atomic
def order() -> int:
    """Order the summaries that are due and have not been ordered today; gives how many. Safe to run twice at once."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {name: getattr(_DEFAULT, name) for name in ("quiet_from", "quiet_to", "digest_at")})
        taken = cursor.fetchall()
    if taken:
        day = taken[0][1].isoformat()
        event = audit.record(actor=SYSTEM, kind=ORDER, subject=f"day:{day}", facts={"count": len(taken)})
        messages = [OutboxMessage(event=event, reaction=MAIL, payload={"officer": pk, "day": day}) for pk, _ in taken]
        OutboxMessage.objects.bulk_create(messages)
        audit.wake_after_commit()
    return len(taken)
