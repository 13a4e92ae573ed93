"""The second wall before what is known of the world outside: the database itself lets only who keeps the ledgers write, in his
own name, and lets nobody delete."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import Error, ProgrammingError, connection, transaction

from agencies.scope import acting
from countries.models import Country, FactChange, Frontier, LedgerEntry, LedgerRecord, SectionCare
from tests.cast import Cast
from tests.ledgers import done, keep_post, look_after
from tests.treaties.test_overrides import new
from treaties.commands import set_override
from treaties.models import (
    Channel,
    Instrument,
    Party,
    PeriodOverride,
    Provision,
    RefusalGround,
    RequestType,
    ReturnReason,
    TypeLaw,
)

pytestmark = pytest.mark.django_db
OTHERS = ["auditor", "sysadmin", "guohe.supervisor", "kunshan.officer", "kunshan.chief"]
# What the desk corrects: a change of each that says nothing new.
CORRECTED: dict[type[Any], dict[str, Any]] = {
    LedgerEntry: {"about": ""},
    LedgerRecord: {"contact": "", "withdrawn_at": None},
    Frontier: {"note": "【演示】"},
    SectionCare: {"every_months": 7},
    Instrument: {"withdrawn_why": "【演示】"},
    Party: {"withdrawn_why": "【演示】"},
    Provision: {"articles": []},
    PeriodOverride: {
        "end_reason": "【演示】",
        "ended_by": 0,
        "ended_at": "2026-01-01T00:00Z",
        "valid_to": date(2027, 1, 1),
    },
}
# What nobody at the web changes, and the loader alone enters.
STAND = (Country, RequestType, Channel, ReturnReason)


def rows(cast: Cast) -> None:
    """One of each there is."""
    keep_post(cast)
    look_after(cast)
    done(set_override, actor=cast.actor("guohe.desk"), new=new())


def copy_of(model: type[Any]) -> str:
    """What puts a row of the table into it a second time: the wall is asked before the keys."""
    names = [field.column for field in model._meta.concrete_fields if not field.generated]
    listed = ", ".join(f'"{name}"' for name in names)
    table = model._meta.db_table
    return f"INSERT INTO {table} ({listed}) SELECT {listed} FROM {table} LIMIT 1"


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("login", OTHERS)
def test_others_read_everything_and_write_nothing(cast: Cast, login: str) -> None:
    rows(cast)
    with acting(cast.actor(login)):
        for model, change in CORRECTED.items():
            assert model.objects.exists(), model
            assert model.objects.update(**change) == 0, model
        for model in (*CORRECTED, TypeLaw, RefusalGround):
            with pytest.raises(ProgrammingError, match="row-level security"):
                run(copy_of(model))


@pytest.mark.parametrize("login", ["guohe.desk", "guohe.chief"])
def test_the_ministrys_desk_corrects(cast: Cast, login: str) -> None:
    rows(cast)
    actor = cast.actor(login)
    with acting(actor):
        for model, change in CORRECTED.items():
            own = {"ended_by": actor.officer_id} if "ended_by" in change else {}
            one = model.objects.filter(pk=model.objects.values("pk")[:1])
            assert one.update(**change | own) == 1, model
        # Past the wall, at the keys.
        with pytest.raises(Error, match="duplicate key"):
            run(copy_of(RefusalGround))


@pytest.mark.parametrize("login", ["guohe.desk", *OTHERS])
def test_nobody_deletes_and_the_loaders_lists_stand(cast: Cast, login: str) -> None:
    with acting(cast.actor(login)):
        for model in (*STAND, *CORRECTED, TypeLaw, RefusalGround, FactChange):
            refused(f"DELETE FROM {model._meta.db_table}")
        for model in (*STAND, TypeLaw, RefusalGround):
            refused(f"UPDATE {model._meta.db_table} SET id = id")
        for model in STAND:
            refused(copy_of(model))


def refused(statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        run(statement)


@pytest.mark.parametrize(
    ("login", "whose", "may"),
    [
        ("guohe.desk", "guohe.desk", True),
        ("guohe.chief", "guohe.chief", True),
        ("guohe.desk", "guohe.chief", False),
        ("guohe.desk", "", False),
        *((login, login, False) for login in OTHERS),
        *((login, "guohe.desk", False) for login in OTHERS),
    ],
)
def test_the_history_is_written_in_ones_own_name(cast: Cast, login: str, whose: str, *, may: bool) -> None:
    said = {"value": "【演示】", "source": "【演示】", "as_of": "2026-11-01", "confidence": "confirmed", "by": None}
    officer = cast.officer(whose) if whose else None
    row = FactChange(subject="instrument:1", field="authority", before={}, after=said, officer=officer)
    with acting(cast.actor(login)):
        if may:
            row.save()
        else:
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                row.save()
