"""Requests about the same person to the same country: shown to the drafter in his own sight, reported above it.

Two requests are alike when both go the same way to the same country, both are open, and they share a document number,
or a name together with the birth date or the nationality (two known birth dates that differ are two persons). Spelling
does not count: the keys of migration 0011 are compared. A request and the one it supplements are no duplicates.

What the drafter may see is found under his own scope, while the page is made. The rest is found later, by the worker,
from a message that every save writes: a page takes as long, and says the same, whether or not a hidden request exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.urls import reverse

from agencies import audit, notice_settings
from agencies.actors import SYSTEM, Actor
from agencies.models import Agency, Appointment, AuditEvent, Notice, Officer
from agencies.officers import actor_for
from agencies.roles import Role
from cases.models import ENDED, Case, DuplicatePair, Mark
from cases.policies import SIGHT, could_see, sees_secrets, sight_of

FOUND = "duplicate.found"
SHOWN, REPORTED, SEARCHED = 5, 20, 500
# What a save must touch for the answer to change.
_TOUCHES = frozenset({"subjects", "country", "mark"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A request like the one at hand: about whom of his persons, and whether a document number says so."""

    case_id: UUID
    number: str
    status: str
    names: tuple[str, ...]
    by_document: bool


def shown_to(actor: Actor, case: Case) -> list[Match]:
    """The open requests in the actor's own sight that look like the (visible) `case`, surest first."""
    if actor.case_agency_id is None:
        return []
    return _alike(case.pk, SIGHT[sees_secrets(actor)], sight_of(actor), SHOWN)


def report(event: AuditEvent, _payload: dict[str, Any]) -> None:
    """Reaction to a save: tell the lowest agency above both of each pair that the drafter does not see. Once a pair."""
    if event.kind == "case.edit" and not _TOUCHES & set(event.facts.get("fields", ())):
        return
    case = Case.objects.select_related("origin").filter(pk=UUID(event.subject.partition(":")[2])).first()
    if case is None or case.status in ENDED:
        return
    found = [match.case_id for match in _alike(case.pk, _UNREPORTED, {}, SEARCHED)]
    others = Case.objects.select_related("origin").in_bulk(found)
    hidden = [others[pk] for pk in found if pk in others and not _drafter_sees(case, others[pk])]
    pairs = [(case, other) if case.pk < other.pk else (other, case) for other in hidden[:REPORTED]]
    for low, high in sorted(pairs, key=lambda pair: (pair[0].pk, pair[1].pk)):
        _tell(low, high)


def _drafter_sees(case: Case, other: Case) -> bool:
    """Does the drafting page of `case` show `other`? A work secret only to those who handle it."""
    return case.origin_id in other.scope and (other.mark != Mark.WORK_SECRET or case.drafter_id in other.known_to)


def _tell(low: Case, high: Case) -> None:
    agency, officers = _audience(low, high)
    if agency is None:
        return
    numbers = {"low_number": low.number, "high_number": high.number, "agency": agency}
    # Whoever comes second waits here for the first, and finds the pair reported.
    pair, new = DuplicatePair.objects.get_or_create(low=low, high=high, defaults=numbers)
    if not new:
        return
    facts = {"cases": [str(low.pk), str(high.pk)], "agency": agency.pk}
    event = audit.record(actor=SYSTEM, kind=FOUND, subject=f"pair:{pair.pk}", facts=facts)
    secret = Mark.WORK_SECRET in (low.mark, high.mark)
    for officer in officers:
        Notice.objects.create(officer=officer, event=event, kind=FOUND, subject=event.subject)
    if not secret:
        number = f"{low.number} / {high.number}"
        notice_settings.write(event, officers, number=number, path=reverse("notice-list"))


def _audience(low: Case, high: Case) -> tuple[Agency | None, list[Officer]]:
    """The lowest agency above both where somebody may know, and who: its desk, or its approvers when it has none.

    A work secret is named only to those who may see it; when nobody above both may, nobody is told.
    """
    secrets = [case for case in (low, high) if case.mark == Mark.WORK_SECRET]
    for agency in _above(low.origin, high.origin):
        for role in (Role.DESK, Role.APPROVER):
            posts = Appointment.objects.current().filter(agency=agency, role=role).select_related("officer", "agency")
            told = {p.officer_id: p.officer for p in posts if all(could_see(actor_for(p), case) for case in secrets)}
            if told:
                return agency, [told[pk] for pk in sorted(told)]
    return None, []


def _above(one: Agency, other: Agency) -> Iterable[Agency]:
    """The agencies above both, the lowest first, the terminal desk last. Two requests of one agency meet in that agency;
    of two agencies, neither of which is above the other's head, neither counts."""
    below = set() if one.pk == other.pk else {one.pk, other.pk}
    common = [pk for pk in one.ancestors if pk in other.ancestors and pk not in below]
    agencies = Agency.objects.in_bulk(common)
    yield from (agencies[pk] for pk in common if agencies[pk].is_active)
    yield from Agency.objects.filter(is_terminal=True).exclude(pk__in=common)


# --- One statement, for the page and for the worker -------------------------------------------------------------------

# Instead of a scope, for the worker: pairs that nobody has been told of.
_UNREPORTED = (
    "NOT EXISTS (SELECT FROM cases_duplicatepair p WHERE p.low_id = least(c.id, %(case)s::uuid)"
    " AND p.high_id = greatest(c.id, %(case)s::uuid))"
)

_ALIKE = """
WITH mine AS MATERIALIZED (
    SELECT s.kind, s.name, s.name_key, s.birth_date, s.nationality, s.document_key
    FROM cases_subject s WHERE s.case_id = %(case)s
), alike AS (
    SELECT o.case_id, m.name, true AS by_document
    FROM mine m JOIN cases_subject o ON o.document_key = m.document_key AND o.document_key <> ''
    UNION ALL
    SELECT o.case_id, m.name, false
    FROM mine m JOIN cases_subject o ON o.name_key = m.name_key AND o.name_key <> '' AND o.birth_date = m.birth_date
    WHERE o.kind = m.kind
    UNION ALL
    SELECT o.case_id, m.name, false
    FROM mine m JOIN cases_subject o
        ON o.name_key = m.name_key AND o.name_key <> '' AND o.nationality = m.nationality AND o.nationality <> ''
    WHERE o.kind = m.kind AND (o.birth_date IS NULL OR m.birth_date IS NULL)
)
SELECT c.id, c.number, c.status, array_agg(DISTINCT a.name), bool_or(a.by_document) AS sure
FROM cases_case d
JOIN cases_case c ON c.country_id = d.country_id AND c.direction = d.direction
JOIN alike a ON a.case_id = c.id
WHERE d.id = %(case)s AND c.id <> d.id AND d.supplements_id IS DISTINCT FROM c.id
    AND c.supplements_id IS DISTINCT FROM d.id AND c.status <> ALL (%(ended)s) AND {sight}
GROUP BY c.id ORDER BY sure DESC, c.id DESC LIMIT %(most)s
"""


def _alike(case_id: UUID, sight: str, parameters: Mapping[str, Any], most: int) -> list[Match]:
    values = {**parameters, "case": case_id, "ended": sorted(ENDED), "most": most}
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE.format(sight=sight), values)
        rows = cursor.fetchall()
    return [
        Match(case_id=pk, number=number, status=status, names=tuple(names), by_document=sure)
        for pk, number, status, names, sure in rows
    ]
