"""The demo's officers, their appointments and one API client; made again or not, they always work as printed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agencies.actors import SYSTEM, Actor
from agencies.clients import register_client
from agencies.commands.accounts import NewOfficer, create_officers, taken
from agencies.commands.appointments import grant
from agencies.models import Agency, Appointment, Officer, ServiceAccount
from agencies.officers import actor_for
from agencies.roles import Role
from coopdesk.demo.fiction import phrases
from coopdesk.demo.world import CLIENT, PARTS, PLACES, posts

CLIENT_ID = "demo-kunshan"
CLIENT_NAME = "昆山办案系统（演示）"
CLIENT_PLACE = "kunshan"
# Long enough ago that everything in the demo's history was done by officers in office.
_IN_OFFICE = timedelta(days=3 * 365)


@transaction.atomic
def make_accounts() -> None:
    """Make what is missing, and the printed password and client secret valid."""
    known = taken(list(posts()))
    missing = [login for login in posts() if login not in known]
    rows = [NewOfficer(login, _name(login), f"{login}@demo.example") for login in missing]
    made = [officer for officer, _one_time in create_officers(actor=SYSTEM, rows=rows)]
    for officer in made:
        place, role = posts()[officer.police_number]
        agency = Agency.objects.get(code=PLACES[place].code)
        since = timezone.now() - _IN_OFFICE
        grant(actor=SYSTEM, officer_id=officer.pk, agency_id=agency.pk, role=role, starts_at=since)
    _set_passwords(made)
    _set_client()


def _name(login: str) -> str:
    """A name of the grammar, another one for each log-in."""
    names = phrases()["identity"]["person_cn"]
    position = list(posts()).index(login)
    return str(names["surname"][position] + names["given"][position * 7 % len(names["given"])])


def _set_passwords(made: list[Officer]) -> None:
    """All share one hash: checking it costs one slow hash however many accounts there are."""
    officers = Officer.objects.filter(police_number__in=posts())
    older = officers.exclude(pk__in=[officer.pk for officer in made]).values_list("password", flat=True)
    stale = [stored for stored in older.distinct().order_by() if not check_password(settings.DEMO_PASSWORD, stored)]
    if made or stale:
        officers.filter(Q(pk__in=[officer.pk for officer in made]) | Q(password__in=stale)).update(
            password=make_password(settings.DEMO_PASSWORD),
            must_change_password=False,
            password_changed_at=timezone.now(),
        )


def client_secret() -> str:
    """The same for the life of the installation: derived, because it is stored hashed and must be printed again."""
    key = f"{settings.SECRET_KEY}:demo client".encode()
    return base64.urlsafe_b64encode(hmac.digest(key, CLIENT_ID.encode(), hashlib.sha256)).decode().rstrip("=")


def _set_client() -> None:
    account = ServiceAccount.objects.filter(application__client_id=CLIENT_ID).select_related("application").first()
    if account is None:
        agency = Agency.objects.get(code=PLACES[CLIENT_PLACE].code)
        made, _secret = register_client(actor=actor_of("secadmin"), agency=agency, name=CLIENT_NAME)
        account = ServiceAccount.objects.select_related("application").get(application__client_id=made)
        account.application.client_id = CLIENT_ID
    elif check_password(client_secret(), account.application.client_secret):
        return
    account.application.client_secret = client_secret()
    account.application.save()


def actor_of(login: str) -> Actor:
    """The actor behind a demo log-in, or behind the API client."""
    if login == CLIENT:
        account = ServiceAccount.objects.get(application__client_id=CLIENT_ID)
        label = f"service:{account.pk}"
        return Actor(label=label, role=Role.DRAFTER, agency_id=account.agency_id, service_id=account.pk)
    place, role = posts()[login]
    post = Appointment.objects.current().filter(
        officer__police_number=login, agency__code=PLACES[place].code, role=role
    )
    return actor_for(post[0])


def lines() -> Iterator[str]:
    """What is printed when the stack starts."""
    names = dict(Agency.objects.filter(code__in=[p.code for p in PLACES.values()]).values_list("code", "name"))
    yield f"演示账号（密码都是 {settings.DEMO_PASSWORD}）："
    for place, where in PLACES.items():
        logins = "  ".join(f"{place}.{part} {role.label}" for part, role in PARTS.items())
        yield f"  {names[where.code]}：{logins}"
    others = [f"{login} {role.label}" for login, (_place, role) in posts().items() if login.split(".")[-1] not in PARTS]
    yield "  督办和管理：" + "  ".join(others)
    yield f"API 客户端（{names[PLACES[CLIENT_PLACE].code]}），可以整行粘贴到终端："
    yield f"  CLIENT_ID={CLIENT_ID} CLIENT_SECRET={client_secret()}"
