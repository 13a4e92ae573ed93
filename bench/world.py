"""The bench's world: which agencies are measured, and what rows any number of cases consists of.

The measured agencies (a county, its city, its province, twelve times) have the same number of open cases however many
cases there are; what grows is everybody else's work and the archive.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from coopdesk.demo.fiction import Fiction, Scene

ROADS = 12
# Open cases that each measured county, city and province starts; an agency also sees those from below.
OPEN_BY_TIER = (150, 75, 75)
STEP_AGENCIES, STEP_CASES = 8, 340
OPEN_SHARE = 0.088
YEARS = 6
TEXTS = 20_000
NO_DUE = datetime(9999, 12, 31, tzinfo=UTC)
KUNSHAN = "320583000000"


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency with its road to the terminal desk and the scope of a case that it has submitted."""

    id: int
    code: str
    name: str
    short: str
    part: str
    tier: str
    route: tuple[int, ...]
    scope: tuple[int, ...]


class Tree:
    """The agencies of the database, and the choice among them."""

    def __init__(self, connection: psycopg.Connection) -> None:
        rows = connection.execute(
            "SELECT id, code, name, short_name, coalesce(nullif(division_code, ''), code), tier, route_to_id, ancestors,"
            " is_terminal FROM agencies_agency ORDER BY id"
        ).fetchall()
        above = {row[0]: row[6] for row in rows}
        ancestors = {row[0]: row[7] for row in rows}
        self.terminal = next(row[0] for row in rows if row[8])
        self.agencies = {}
        for row in rows:
            route = [row[0]]
            while route[-1] != self.terminal:
                route.append(above[route[-1]])
            scope = {*ancestors[row[0]], *(pk for stop in route for pk in ancestors[stop])}
            self.agencies[row[0]] = Agency(*row[:6], tuple(route), tuple(sorted(scope)))
        self._choose()

    def _choose(self) -> None:
        counties = [agency for agency in self.agencies.values() if agency.tier == "county" and len(agency.route) == 4]
        counties.sort(key=lambda agency: (agency.code != KUNSHAN, agency.code))
        by_province: dict[int, list[Agency]] = {}
        for county in counties:
            by_province.setdefault(county.route[2], []).append(county)
        provinces = list(by_province)
        self.roads = [tuple(self.agencies[pk] for pk in by_province[pk][0].route[:3]) for pk in provinces[:ROADS]]
        others = [county for pk in provinces[ROADS:] for county in by_province[pk]]
        self.stepping = others[:STEP_AGENCIES]
        self.others = others[STEP_AGENCIES:]
        self.archive = counties
        self.desks = [*(agency for road in self.roads for agency in road), *self.stepping, self.agencies[self.terminal]]


@dataclass(slots=True)
class Texts:
    """So many fictional requests, used again and again."""

    rows: list[tuple[str, str, str, int, int, str, str]]

    @classmethod
    def of(cls, connection: psycopg.Connection, wanted: int) -> Texts:
        countries = connection.execute("SELECT code, id, name_zh FROM countries_country").fetchall()
        types = connection.execute(
            "SELECT code, id FROM treaties_requesttype WHERE course = 'route' AND 'county' = ANY(opened_by)"
        ).fetchall()
        country_ids, type_ids = {row[0]: row[1] for row in countries}, dict(types)
        scene = Scene(
            city="某市",
            province="某省",
            opened=datetime(2026, 3, 2, tzinfo=UTC).date(),
            countries={row[0]: row[2] for row in countries},
            types=frozenset(type_ids),
        )
        rows = []
        for n in range(min(wanted, TEXTS)):
            fiction = Fiction(random.Random(n), scene)
            kind = fiction.request["request_type"]
            title, summary, item = fiction.title(), fiction.summary(), fiction.words(fiction.request["items"][0])
            rows.append((title, summary, item, country_ids[fiction.country], type_ids[kind], fiction.country, kind))
        return cls(rows)


@dataclass(slots=True)
class Case:
    """What one case of the world is like: where it started, how far it has come."""

    origin: Agency
    stage: str  # review: at the stop `stop` of its road; abroad; closed
    stop: int
    created: datetime


class World:
    """Rows of `total` cases, in the order in which they were created."""

    def __init__(self, tree: Tree, total: int, now: datetime, *, stepping: bool) -> None:
        self.tree, self.total, self.now = tree, total, now
        self._rng = random.Random(total)
        self._open = self._open_cases(stepping)

    def _open_cases(self, stepping: bool) -> dict[int, tuple[Agency, str, int]]:
        """Which case numbers are open, and where they stand; the rest of them has ended."""
        wanted: list[tuple[Agency, str, int]] = []
        for road in self.tree.roads:
            for tier, agency in enumerate(road):
                wanted += [(agency, *self._standing(agency, n)) for n in range(OPEN_BY_TIER[tier])]
        if stepping:
            wanted += [(agency, "review", 0) for agency in self.tree.stepping for _ in range(STEP_CASES)]
        for n in range(int(self.total * OPEN_SHARE) - len(wanted)):
            agency = self._rng.choice(self.tree.others)
            wanted.append((agency, *self._standing(agency, n)))
        return dict(zip(self._rng.sample(range(self.total), len(wanted)), wanted, strict=True))

    def _standing(self, agency: Agency, n: int) -> tuple[str, int]:
        """Half wait at the origin's own approver, a quarter further up, a quarter abroad."""
        if n % 4 == 3:
            return "abroad", 0
        return ("review", 0) if n % 2 == 0 else ("review", self._rng.randrange(1, len(agency.route)))

    def cases(self) -> Iterator[Case]:
        step = timedelta(days=365 * YEARS) / self.total
        first = self.now - step * self.total
        for n in range(self.total):
            created = first + step * n
            if standing := self._open.get(n):
                yield Case(standing[0], standing[1], standing[2], created)
            else:
                yield Case(self._rng.choice(self.tree.archive), "closed", 0, created)


def uuid7(moment: datetime, rng: random.Random) -> str:
    """As PostgreSQL makes them: ordered by time."""
    milliseconds = int(moment.timestamp() * 1000)
    number = milliseconds << 80 | 7 << 76 | rng.getrandbits(12) << 64 | 2 << 62 | rng.getrandbits(62)
    return str(uuid.UUID(int=number))


def legs_of(case: Case, country: int) -> list[tuple[str, str, int | None, int | None, str]]:
    """(side, phase, agency, country, entered by) of each leg, the last one open unless the case has ended."""
    route = case.origin.route
    legs: list[Any] = [
        ("domestic", "draft", route[0], None, "create"),
        ("domestic", "review", route[0], None, "submit"),
    ]
    if case.stage == "review":
        return legs + [("domestic", "review", agency, None, "approve") for agency in route[1 : case.stop + 1]]
    legs.append(("foreign", "abroad", None, country, "dispatch"))
    return legs if case.stage == "abroad" else [*legs, ("domestic", "delivery", route[0], None, "relay")]
