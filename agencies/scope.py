"""The second wall: tells PostgreSQL's row-level security who is acting, for one transaction.

Policies read `coopdesk.agency`, `coopdesk.officer` and `coopdesk.role`. They are set with `set_config(…, true)`, so they
end with the transaction and cannot leak to the next user of a pooled connection. Without them no case row exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from agencies.actors import Actor

_SET = (
    "SELECT set_config('coopdesk.agency', %s, true), set_config('coopdesk.officer', %s, true),"
    " set_config('coopdesk.role', %s, true)"
)


def enter(actor: Actor) -> None:
    """Set the scope of `actor` in the transaction that is already open."""
    agency, officer = actor.case_agency_id, actor.known_as
    with connection.cursor() as cursor:
        cursor.execute(_SET, [str(agency or ""), str(officer or ""), actor.role])


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Open a transaction in which the database knows that `actor` acts."""
    with transaction.atomic():
        enter(actor)
        yield


@contextmanager
def behind_the_wall(actor: Actor) -> Iterator[None]:
    """`acting` for a task. The worker's own role sees every case, so this transaction, which is never part of another
    one, is the web role's: the second wall stands for the task as it does for a page.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE coopdesk_app")
        enter(actor)
        yield
