"""Who is in office: officers at an agency, an officer's appointments and those lent to him, and the actor he is now."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from agencies import prepared
from agencies.actors import Actor
from agencies.models import Agency, Appointment, Delegation, Officer
from agencies.roles import CASE_ROLES


def officers_at(agency_id: int, *, role: str | None = None) -> QuerySet[Officer]:
    """Officers with a current case role (or `role`) at the agency, by name."""
    posts = Appointment.objects.current().filter(agency_id=agency_id, role__in=[role] if role else CASE_ROLES)
    return Officer.objects.filter(pk__in=posts.values("officer_id")).order_by("name")


def holding(agency_id: int, role: str) -> set[int]:
    """Who acts in `role` at the agency now: those who hold it, and those to whom it is lent."""
    posts = Appointment.objects.current().filter(agency_id=agency_id, role=role)
    return {*posts.values_list("officer_id", flat=True), *(one.delegate_id for one in standing_in(agency_id, role))}


def standing_in(agency_id: int, role: str) -> QuerySet[Delegation]:
    """The delegations in force of a role at the agency, with both officers."""
    lent = Delegation.objects.in_force().filter(appointment__agency_id=agency_id, appointment__role=role)
    return lent.select_related("lender", "delegate").order_by("delegate__name", "pk")


def appointments_of(officer: Officer) -> list[Appointment]:
    """Under what he may act: his current appointments and those that are lent to him (with `delegation_id`, `delegate_id`
    and the lender as `officer`). The one he acts under comes first, then his own, each the oldest first.
    """
    posts = [_post(row) for row in prepared.rows(_POSTS, [officer.pk, officer.pk])]
    lent = next(
        (post for post in posts if post.delegation_id and post.delegation_id == officer.acting_delegation_id), None
    )
    if lent is not None:
        return [lent, *(post for post in posts if post is not lent)]
    acting = officer.acting_appointment_id
    return sorted(posts, key=lambda post: post.delegation_id is not None or post.pk != acting)


# Read at every request of every officer, so prepared. What is current is what Appointment.objects.current() and
# Delegation.objects.in_force() say; tests hold them together. Columns that are not here load when they are asked for.
_POST_COLUMNS = ("id", "officer_id", "agency_id", "role", "starts_at", "ends_at")
_AGENCY_COLUMNS = ("id", "code", "name", "short_name", "tier", "is_terminal")
_COLUMNS = f"{', '.join(f'p.{name}' for name in _POST_COLUMNS)}, {', '.join(f'a.{name}' for name in _AGENCY_COLUMNS)}"
_JOINED = """JOIN agencies_officer o ON o.id = p.officer_id AND o.is_active
JOIN agencies_agency a ON a.id = p.agency_id AND a.is_active"""


def _current(post: str) -> str:
    return f"{post}.starts_at <= statement_timestamp() AND ({post}.ends_at IS NULL OR {post}.ends_at > statement_timestamp())"


_POSTS = f"""SELECT {_COLUMNS}, NULL::int AS delegation, NULL::int, NULL::text, NULL::text
FROM agencies_appointment p {_JOINED}
WHERE p.officer_id = %s::int AND {_current("p")}
UNION ALL
SELECT {_COLUMNS}, d.id, d.delegate_id, o.police_number, o.name
FROM agencies_delegation d JOIN agencies_appointment p ON p.id = d.appointment_id {_JOINED}
JOIN agencies_appointment own ON own.id = d.delegate_appointment_id
JOIN agencies_officer b ON b.id = d.delegate_id AND b.is_active
WHERE d.delegate_id = %s::int AND d.revoked_at IS NULL AND {_current("d")} AND {_current("p")} AND {_current("own")}
ORDER BY delegation NULLS FIRST, starts_at, 1"""  # noqa: S608 - made of constants


def _post(row: tuple[Any, ...]) -> Appointment:
    split, end = len(_POST_COLUMNS), len(_POST_COLUMNS) + len(_AGENCY_COLUMNS)
    post = Appointment.from_db(DEFAULT_DB_ALIAS, _POST_COLUMNS, row[:split])
    post.agency = Agency.from_db(DEFAULT_DB_ALIAS, _AGENCY_COLUMNS, row[split:end])
    post.delegation_id, post.delegate_id, number, name = row[end:]
    if post.delegation_id is not None:
        lender = (post.officer_id, number, name)
        post.officer = Officer.from_db(DEFAULT_DB_ALIAS, ("id", "police_number", "name"), lender)
    return post


def actor_for(appointment: Appointment) -> Actor:
    """The officer acting under this appointment; the delegate, when it is one that was lent (`appointments_of`)."""
    delegate = appointment.delegate_id
    return Actor(
        label=f"officer:{delegate or appointment.officer_id}",
        role=appointment.role,
        agency_id=appointment.agency_id,
        officer_id=delegate or appointment.officer_id,
        appointment_id=appointment.pk,
        for_officer_id=appointment.officer_id if delegate else None,
    )


def unappointed(officer: Officer) -> Actor:
    """An officer without a current appointment: he may log in and see his account, nothing else."""
    return Actor(label=f"officer:{officer.pk}", role="", agency_id=None, officer_id=officer.pk)
