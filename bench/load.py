"""COPY: a world's rows into a database, table beside table, with triggers off and indexes built afterwards."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from bench.database import admin, say
from bench.world import NO_DUE, Case, Texts, Tree, World, legs_of, uuid7

_COLUMNS = {
    "cases_case": "id number direction status version content_version country_id request_type_id urgency mark title"
    " summary purpose origin_id drafter_id scope known_to created_at updated_at submitted_at ended_at usefulness result"
    " invited border_matter their_reference requesting_authority conditions",
    "cases_leg": "id case_id seq side phase agency_id external_body country_id holder_name entered_by opened_at closed_at",
    "cases_subject": "id case_id position kind name role nationality document_number",
    "cases_requestitem": "id case_id position description outcome note decision",
    "cases_involvement": "id case_id officer_id agency_id kind content_version at",
    "cases_deadline": "id case_id leg_id agency_id kind rule basis article confidence strength overlap renewable unit amount"
    " extended_by extend_cap warn_before escalate_after provisional started_at due_at escalate_at overdue_at escalated_at"
    " next_alarm_at",
    "cases_openqueue": "agency_id due_at custody_due_at case_id is_holder waiting_role status country request_type urgency origin_id"
    " secret held_by_id holder_name phase since",
}
_WAITING = {"review": "approver", "abroad": ""}
_STATUS = {"review": "in_review", "abroad": "dispatched", "closed": "closed"}
_EVERY = 100_000
# A plain request of ours: nobody invited, no border matter, nothing of a foreign request.
_NOTHING_ABROAD: tuple[Any, ...] = ([], "", "", "", [])


def load(name: str, total: int, *, stepping: bool) -> None:
    """Fill the database `name` with `total` cases; `stepping` adds those that the step benchmark uses up."""
    with admin(name) as connection:
        tree = Tree(connection)
        officers = _officers(connection, tree)
        texts = Texts.of(connection, total)
        world = World(tree, total, datetime.now(UTC), stepping=stepping)
        with _without_indexes(connection):
            _copy(name, Filler(world, texts, officers))
        connection.execute("VACUUM (ANALYZE)")
    say(f"{total:,} cases are in {name}")


def login(code: str, part: str) -> str:
    """The police number of the bench's officer at an agency."""
    return f"bench.{code}.{part}"


def _officers(connection: psycopg.Connection, tree: Tree) -> dict[int, int]:
    """A drafter, a desk and an approver wherever something is measured; gives the drafters by agency, 0 for the rest."""
    drafters = {}
    for agency in tree.desks:
        for part, role in (("officer", "drafter"), ("desk", "desk"), ("chief", "approver")):
            pk = _officer(connection, login(agency.code, part))
            connection.execute(
                "INSERT INTO agencies_appointment (officer_id, agency_id, role) VALUES (%s, %s, %s)",
                [pk, agency.id, role],
            )
            if part == "officer":
                drafters[agency.id] = pk
    drafters[0] = _officer(connection, "bench.rest")
    return drafters


def _officer(connection: psycopg.Connection, number: str) -> int:
    row = connection.execute(
        "INSERT INTO agencies_officer (password, police_number, name, email, is_active, must_change_password, language,"
        " theme, single_key_shortcuts) VALUES ('!', %s, %s, '', true, false, 'zh-hans', 'auto', true) RETURNING id",
        [number, number],
    ).fetchone()
    assert row is not None
    return int(row[0])


@contextlib.contextmanager
def _without_indexes(connection: psycopg.Connection) -> Iterator[None]:
    """Drop the indexes and exclusion constraints of the tables that keep nothing unique, and build them again after."""
    tables = [list(_COLUMNS)]
    indexes = connection.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid::regclass::text = ANY(%s) AND NOT i.indisunique"
        " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        tables,
    ).fetchall()
    exclusions = connection.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'x' AND conrelid::regclass::text = ANY(%s)",
        tables,
    ).fetchall()
    drops = [f"DROP INDEX {index}" for index, _definition in indexes]
    drops += [f"ALTER TABLE {table} DROP CONSTRAINT {constraint}" for table, constraint, _definition in exclusions]
    builds = [definition for _index, definition in indexes]
    builds += [f"ALTER TABLE {table} ADD CONSTRAINT {name} {text}" for table, name, text in exclusions]
    for statement in ("SET maintenance_work_mem = '512MB'", *drops):
        connection.execute(statement.encode())
    yield
    for statement in builds:
        connection.execute(statement.encode())


def _copy(name: str, filler: Filler) -> None:
    with contextlib.ExitStack() as stack:
        copies = {}
        for table, columns in _COLUMNS.items():
            connection = stack.enter_context(admin(name))
            connection.execute("SET session_replication_role = replica")
            cursor = stack.enter_context(connection.cursor())
            statement = f"COPY {table} ({', '.join(columns.split())}) FROM STDIN"
            copies[table] = stack.enter_context(cursor.copy(statement.encode()))
        for n, (table, row) in enumerate(filler.rows()):
            copies[table].write_row(row)
            if n and n % (_EVERY * 10) == 0:
                say(f"  {n:,} rows")


# An internal limit: no article, confidence, strength or overlap, and it is not renewed.
_NO_LAW = ("", "", "", "", False)


class Filler:
    """Rows for every table, case after case."""

    def __init__(self, world: World, texts: Texts, officers: dict[int, int]) -> None:
        self._world, self._texts, self._officers = world, texts, officers
        self._names = {pk: agency.name for pk, agency in world.tree.agencies.items()}
        self._numbers: Counter[tuple[int, str]] = Counter()
        self._rng = random.Random(world.total)

    def rows(self) -> Iterator[tuple[str, Any]]:
        texts = self._texts.rows
        for n, case in enumerate(self._world.cases()):
            yield from self._case(case, texts[n % len(texts)])

    def _case(self, case: Case, text: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
        title, summary, item, country, kind, country_code, kind_code = text
        rng, created = self._rng, case.created
        pk = uuid7(created, rng)
        ended = case.stage == "closed"
        drafter = self._officers.get(case.origin.id, self._officers[0])
        moved = created + timedelta(days=3)
        urgency = "normal" if rng.random() < 0.8 else "urgent"
        words = (urgency, "internal", title, summary, "用于查明犯罪事实。")
        access = (case.origin.id, drafter, list(case.origin.scope), [drafter])
        times = (created, moved, created + timedelta(days=1), moved if ended else None)
        head = (pk, self._number(case), "outgoing", _STATUS[case.stage], 3, 1, country, kind)
        yield "cases_case", (*head, *words, *access, *times, "useful" if ended else "", "", *_NOTHING_ABROAD)
        yield "cases_subject", (uuid7(created, rng), pk, 1, "person", f"张示例{pk[-3:]}", "suspect", "CN", "")
        outcome = "executed" if ended else "waiting"
        yield "cases_requestitem", (uuid7(created, rng), pk, 1, item, outcome, "", "")
        if not ended:
            yield "cases_involvement", (uuid7(created, rng), pk, drafter, case.origin.id, "drafted", 1, created)
        yield from self._custody(case, pk, country, (country_code, kind_code, urgency))

    def _number(self, case: Case) -> str:
        key = (case.created.year, case.origin.part)
        self._numbers[key] += 1
        return f"GJHZ-{key[0]}-{key[1]}-{self._numbers[key]:06d}"

    def _custody(self, case: Case, pk: str, country: int, words: tuple[str, str, str]) -> Iterator[tuple[str, Any]]:
        legs = legs_of(case, country)
        moments = [case.created + timedelta(hours=18 * n) for n in range(len(legs) + 1)]
        for n, (side, phase, agency, abroad, entered) in enumerate(legs):
            last = n + 1 == len(legs)
            closed = None if last and case.stage != "closed" else moments[n + 1]
            leg = uuid7(moments[n], self._rng)
            holder = self._names[agency] if agency else "外方警方"
            yield "cases_leg", (leg, pk, n + 1, side, phase, agency, "", abroad, holder, entered, moments[n], closed)
            if closed is None:
                yield from self._open(case, pk, leg, (agency, holder, phase, moments[n]), words)

    def _open(
        self, case: Case, pk: str, leg: str, held: tuple[int | None, str, str, datetime], words: tuple[str, str, str]
    ) -> Iterator[tuple[str, Any]]:
        country, kind, urgency = words
        due = NO_DUE
        if case.stage == "review":
            due = self._world.now + timedelta(minutes=self._rng.randrange(-60 * 24 * 30, 60 * 24 * 15))
            began = min(case.created, due - timedelta(days=5))
            what = ("review", "internal", "coopdesk.default.review", *_NO_LAW, "working_day", 5, 0, 5, 1, 1, False)
            yield "cases_deadline", (uuid7(case.created, self._rng), pk, leg, held[0], *what, began, *self._rings(due))
        where = (_STATUS[case.stage], country, kind, urgency, case.origin.id, False, *held)
        for agency in case.origin.scope:
            yield "cases_openqueue", (agency, due, due, pk, agency == held[0], _WAITING[case.stage], *where)

    def _rings(self, due: datetime) -> tuple[datetime | None, ...]:
        """When a clock is over and rises, when that was raised (as the sweep did), and what rings next."""
        rises, now = due + timedelta(days=1), self._world.now
        raised = [at if at <= now else None for at in (due, rises)]
        return (due, rises, *raised, next((at for at in (due, rises) if at > now), None))
