"""Reading people: which officers an administrator or an approver may see, and how to find them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from agencies import passwords
from agencies.actors import Actor
from agencies.errors import NotPermitted, NotVisible
from agencies.models import Appointment, Officer
from agencies.models.officers import normalize_police_number
from agencies.roles import Role

STATES = ("active", "inactive", "initial", "unappointed")
EVERYBODY = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})


def visible_officers(actor: Actor) -> QuerySet[Officer]:
    """Administrators of accounts and of roles see everybody, an approver those in office at his agency, others nobody.

    Raises NotPermitted for the others.
    """
    if actor.role in EVERYBODY:
        return Officer.objects.all()
    if actor.role == Role.APPROVER and actor.agency_id is not None:
        return Officer.objects.filter(Exists(_posts().filter(agency_id=actor.agency_id)))
    raise NotPermitted


def get_officer(actor: Actor, officer_id: int) -> Officer:
    """One visible officer. Raises NotPermitted, NotVisible."""
    officer = visible_officers(actor).filter(pk=officer_id).first()
    if officer is None:
        raise NotVisible
    return officer


def search(
    officers: QuerySet[Officer], *, text: str = "", state: str = "", agency_id: int | None = None
) -> QuerySet[Officer]:
    """Narrow by police number or name, by state, by agency; ordered by police number."""
    if text:
        officers = officers.filter(Q(police_number__contains=normalize_police_number(text)) | Q(name__icontains=text))
    if agency_id is not None:
        officers = officers.filter(Exists(_posts().filter(agency_id=agency_id)))
    if state == "inactive":
        officers = officers.filter(is_active=False)
    elif state == "initial":
        officers = officers.filter(is_active=True, must_change_password=True)
    elif state == "unappointed":
        officers = officers.filter(~Exists(_posts()), is_active=True)
    elif state == "active":
        officers = officers.filter(is_active=True)
    return officers.order_by("police_number")


def with_posts(officers: QuerySet[Officer]) -> QuerySet[Officer]:
    """The same officers, each with his current appointments in `posts`."""
    posts = Appointment.objects.current().select_related("agency").order_by("starts_at", "pk")
    return officers.prefetch_related(Prefetch("appointments", queryset=posts, to_attr="posts"))


def history_of(officer: Officer, *, within: Actor | None = None) -> list[Appointment]:
    """All his appointments ever, those in force first, each with `ended` and `coming`.

    An approver (`within`) sees those at his own agency.
    """
    now = Now()
    posts = (
        officer.appointments.select_related("agency", "granted_by")
        .annotate(
            ended=ExpressionWrapper(Q(ends_at__isnull=False, ends_at__lte=now), BooleanField()),
            coming=ExpressionWrapper(Q(starts_at__gt=now), BooleanField()),
        )
        .order_by("ended", "-starts_at", "-pk")
    )
    if within is not None and within.role not in EVERYBODY:
        posts = posts.filter(agency_id=within.agency_id or 0)
    return list(posts)


def police_numbers(officer_ids: Iterable[int]) -> dict[int, str]:
    """Police numbers by id, for showing events."""
    return dict(Officer.objects.filter(pk__in=officer_ids).values_list("pk", "police_number"))


def one_time_password_expired(officer: Officer) -> bool:
    """A one-time password that nobody used for a day is dead; the system administrator makes another."""
    issued = officer.password_changed_at or officer.created_at
    return officer.must_change_password and issued + passwords.ONE_TIME_LIFE < timezone.now()


def _posts() -> QuerySet[Appointment]:
    return Appointment.objects.current().filter(officer=OuterRef("pk"))
