"""Who is in office: officers at an agency, an officer's appointments, and the actor he is now."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

from agencies import prepared
from agencies.actors import Actor
from agencies.models import Agency, Appointment, Officer
from agencies.roles import CASE_ROLES


def officers_at(agency_id: int, *, role: str | None = None) -> QuerySet[Officer]:
    """Officers with a current case role (or `role`) at the agency, by name."""
    posts = Appointment.objects.current().filter(agency_id=agency_id, role__in=[role] if role else CASE_ROLES)
    return Officer.objects.filter(pk__in=posts.values("officer_id")).order_by("name")


def appointments_of(officer: Officer) -> list[Appointment]:
    """His current appointments, the one he acts under first, then the oldest."""
    posts = [_post(row) for row in prepared.rows(_POSTS, [officer.pk])]
    return sorted(posts, key=lambda post: post.pk != officer.acting_appointment_id)


# Read at every request of every officer, so prepared. What is current is what Appointment.objects.current() says; a
# test holds the two together. Columns that are not here load when they are asked for.
_POST_COLUMNS = ("id", "officer_id", "agency_id", "role", "starts_at", "ends_at")
_AGENCY_COLUMNS = ("id", "code", "name", "short_name", "tier", "is_terminal")
_POSTS = f"""SELECT {", ".join(f"p.{name}" for name in _POST_COLUMNS)}, {", ".join(f"a.{name}" for name in _AGENCY_COLUMNS)}
FROM agencies_appointment p
JOIN agencies_officer o ON o.id = p.officer_id
JOIN agencies_agency a ON a.id = p.agency_id
WHERE p.officer_id = %s::int AND o.is_active AND a.is_active
  AND p.starts_at <= statement_timestamp() AND (p.ends_at IS NULL OR p.ends_at > statement_timestamp())
ORDER BY p.starts_at, p.id"""  # noqa: S608 - made of constants


def _post(row: tuple[Any, ...]) -> Appointment:
    split = len(_POST_COLUMNS)
    post = Appointment.from_db(DEFAULT_DB_ALIAS, _POST_COLUMNS, row[:split])
    post.agency = Agency.from_db(DEFAULT_DB_ALIAS, _AGENCY_COLUMNS, row[split:])
    return post


def actor_for(appointment: Appointment) -> Actor:
    """The officer acting under this appointment."""
    return Actor(
        label=f"officer:{appointment.officer_id}",
        role=appointment.role,
        agency_id=appointment.agency_id,
        officer_id=appointment.officer_id,
        appointment_id=appointment.pk,
    )


def unappointed(officer: Officer) -> Actor:
    """An officer without a current appointment: he may log in and see his account, nothing else."""
    return Actor(label=f"officer:{officer.pk}", role="", agency_id=None, officer_id=officer.pk)
