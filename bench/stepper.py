"""One client of the step benchmark: `python -m bench.stepper product|replay <agency code>`.

Reads a number from each line of its input, takes so many steps, each in a transaction of its own, and says "ready".
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

import django
import psycopg

django.setup()

from django.db import connection, transaction  # noqa: E402 (models need Django to be ready)

from agencies.actors import Actor  # noqa: E402
from agencies.models import Appointment, AuditEvent  # noqa: E402
from agencies.officers import actor_for  # noqa: E402
from agencies.scope import acting  # noqa: E402
from bench.load import login  # noqa: E402
from cases.commands import take_step  # noqa: E402
from cases.models import Leg  # noqa: E402

STEP = "approve"
Statement = tuple[str, Any]
# What differs from case to case, and what only the database can give.
CASE, SUBJECT, LEG = "case", "subject", "leg"
MADE = {'INSERT INTO "agencies_auditevent"': "event", 'INSERT INTO "cases_leg"': "new leg"}


def main(variant: str, code: str) -> None:
    actor = actor_for(Appointment.objects.get(officer__police_number=login(code, "chief")))
    with acting(actor):
        held = Leg.objects.filter(agency_id=actor.agency_id, closed_at=None).order_by("pk").values_list("case_id", "pk")
        waiting = iter(list(held))
    step = {"product": product, "replay": replay}[variant](actor, waiting)
    _say_ready()
    for line in sys.stdin:
        for _ in range(int(line)):
            step()
        _say_ready()


def _say_ready() -> None:
    print("ready", flush=True)


def product(actor: Actor, waiting: Iterator[tuple[UUID, UUID]]) -> Callable[[], None]:
    """The product's command, with everything that follows its commit."""

    def step() -> None:
        case_id, _leg_id = next(waiting)
        with acting(actor):
            take_step(actor=actor, case_id=case_id, step=STEP)

    return step


def replay(actor: Actor, waiting: Iterator[tuple[UUID, UUID]]) -> Callable[[], None]:
    """The same statements by psycopg, recorded once and taken back."""
    statements = _recorded(actor, *next(waiting))
    connection.close()
    raw = psycopg.connect(os.environ["DATABASE_URL"])

    def step() -> None:
        case_id, leg_id = next(waiting)
        values: dict[str, Any] = {CASE: case_id, SUBJECT: f"case:{case_id}", LEG: leg_id}
        with raw.transaction(), raw.cursor() as cursor:
            for sql, params in statements:
                cursor.execute(sql.encode(), _filled(params, values))
                rows = cursor.fetchall() if cursor.description else []
                for start, name in MADE.items():
                    if sql.startswith(start):
                        values[name] = rows[0][[column.name for column in cursor.description or ()].index("id")]

    return step


class Slot:
    """Stands in recorded parameters for a value that differs from step to step."""

    def __init__(self, name: str) -> None:
        self.name = name


def _recorded(actor: Actor, case_id: UUID, leg_id: UUID) -> list[Statement]:
    statements: list[Statement] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note), acting(actor):
        take_step(actor=actor, case_id=case_id, step=STEP)
        count = len(statements)
        event = AuditEvent.objects.order_by("-pk")[0].pk
        new_leg = Leg.objects.filter(case=case_id).order_by("-seq")[0].pk
        transaction.set_rollback(True)
    slots = {case_id: CASE, f"case:{case_id}": SUBJECT, leg_id: LEG, event: "event", new_leg: "new leg"}
    return [(sql, _slotted(params, slots)) for sql, params in statements[:count]]


def _slotted(params: Any, slots: Mapping[Any, str]) -> Any:
    return [Slot(slots[param]) if _known(param, slots) else param for param in params or ()]


def _known(param: Any, slots: Mapping[Any, str]) -> bool:
    return isinstance(param, (str, int, UUID)) and param in slots


def _filled(params: list[Any], values: Mapping[str, Any]) -> list[Any] | None:
    return [values[param.name] if isinstance(param, Slot) else param for param in params] or None


if __name__ == "__main__":
    main(*sys.argv[1:])
