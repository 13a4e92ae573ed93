"""Who is in office: officers at an agency, an officer's appointments, and the actor he is now."""

from __future__ import annotations

from django.db.models import QuerySet

from agencies.actors import Actor
from agencies.models import Appointment, Officer
from agencies.roles import CASE_ROLES


def officers_at(agency_id: int, *, role: str | None = None) -> QuerySet[Officer]:
    """Officers with a current case role (or `role`) at the agency, by name."""
    posts = Appointment.objects.current().filter(agency_id=agency_id, role__in=[role] if role else CASE_ROLES)
    return Officer.objects.filter(pk__in=posts.values("officer_id")).order_by("name")


def appointments_of(officer: Officer) -> list[Appointment]:
    """His current appointments, the one he acts under first, then the oldest."""
    posts = list(
        Appointment.objects.current().filter(officer=officer).select_related("agency").order_by("starts_at", "pk")
    )
    return sorted(posts, key=lambda post: post.pk != officer.acting_appointment_id)


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
