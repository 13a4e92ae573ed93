"""The weekly count: the worker replaces the record of every country in one transaction.

Beat asks every few minutes; the first time in a week (from Monday in China) counts, so that a machine that stood still on a
Monday catches up, and any other leaves at once. What somebody could count more often would tell of a single case by difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from django.db import transaction

from agencies import turns
from agencies.moments import clock
from cases.board.fold import monday_of
from cases.models import CountryRecord, RecordCount
from cases.record import cells
from cases.record.figures import of_country


@transaction.atomic
def refresh(*, anew: bool = False) -> int | None:
    """Count when this week's count is not there, or `anew`; gives how many countries have a record now, None when there was
    nothing to do."""
    if not turns.take(turns.Turn.RECORD):
        return None
    now = clock()
    last = RecordCount.objects.get().as_of
    if not anew and last is not None and monday_of(last) >= monday_of(now):
        return None
    rows = list(_counted(now))
    CountryRecord.objects.all().delete()
    CountryRecord.objects.bulk_create(rows, batch_size=500)
    RecordCount.objects.update(as_of=now)
    return len({row.country_id for row in rows})


def _counted(now: datetime) -> Iterator[CountryRecord]:
    for country, rows in groupby(cells.counted(now), key=lambda row: row.country):
        for (kind, channel), figures in of_country(rows).items():
            yield CountryRecord(country_id=country, request_type=kind, channel=channel, figures=figures)
