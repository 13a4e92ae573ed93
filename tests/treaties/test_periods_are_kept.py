"""The law's periods are the loader's; an override is ended and never changed otherwise: by the database's own rights."""

from __future__ import annotations

import psycopg
import pytest

from tests.conftest import connected_as
from treaties.models import TimeLimit
from treaties.time_limit_seed import load_time_limits

REFUSED = [
    "INSERT INTO treaties_timelimit SELECT * FROM treaties_timelimit",
    "UPDATE treaties_timelimit SET amount = 1",
    "DELETE FROM treaties_timelimit",
    "UPDATE treaties_periodoverride SET amount = 1",
    "UPDATE treaties_periodoverride SET source = ''",
    "DELETE FROM treaties_periodoverride",
]


@pytest.mark.usefixtures("as_loader")
def test_loading_again_takes_away_what_left_the_text() -> None:
    assert (load_time_limits().created, load_time_limits().changed) == (0, 0)
    row = TimeLimit.objects.get(key="freeze_equity")
    row.amount = 7
    row.save()
    row.pk, row.key = None, "repealed"
    row.save(force_insert=True)
    tally = load_time_limits()
    assert (tally.created, tally.changed, tally.absent) == (0, 1, 0)
    assert TimeLimit.objects.get(key="freeze_equity").amount == 6
    assert not TimeLimit.objects.filter(key="repealed").exists()


@pytest.mark.parametrize("act", REFUSED)
@pytest.mark.parametrize("role", ["app", "worker"])
def test_nobody_else_changes_a_period(real_db: str, role: str, act: str) -> None:
    with connected_as(role) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
        other.execute(act.encode())
