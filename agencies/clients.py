"""API clients: a machine that files for one agency. The security administrator registers and revokes them."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import get_access_token_model, get_application_model

from agencies import audit
from agencies.actors import Actor
from agencies.errors import Malformed, NotPermitted, NotVisible, Reason
from agencies.models import Agency, ServiceAccount
from agencies.plain_text import fits
from agencies.roles import Role

NAME_LIMIT = 80


@transaction.atomic
def register_client(*, actor: Actor, agency: Agency, name: str) -> tuple[str, str]:
    """Give `agency` an API client; returns its id and its secret, which is stored hashed and cannot be shown again.

    Raises NotPermitted for anyone but a security administrator, Malformed for a bad name or a dissolved agency.
    """
    _require_security_admin(actor)
    name = _checked_name(name)
    if not agency.is_active:
        raise Malformed(reasons=[Reason("agency_inactive", _("这个机关已停用。"), "/agency")])
    secret = generate_client_secret()
    applications = get_application_model()
    application = applications.objects.create(
        name=name,
        client_type=applications.CLIENT_CONFIDENTIAL,
        authorization_grant_type=applications.GRANT_CLIENT_CREDENTIALS,
        client_secret=secret,
    )
    account = ServiceAccount.objects.create(
        application=application, agency=agency, name=name, registered_by_id=actor.officer_id
    )
    audit.record(actor=actor, kind="client.register", subject=f"client:{account.pk}", facts={"agency": agency.pk})
    return application.client_id, secret


@transaction.atomic
def revoke_client(*, actor: Actor, account_id: int) -> None:
    """End a client at once, with every token it holds; its cases stay. Revoking twice is revoking once.

    Raises NotPermitted for anyone but a security administrator, NotVisible for an unknown client.
    """
    _require_security_admin(actor)
    account = ServiceAccount.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise NotVisible
    get_access_token_model().objects.filter(application_id=account.application_id).delete()
    if account.is_active:
        ServiceAccount.objects.filter(pk=account.pk).update(is_active=False)
        facts = {"agency": account.agency_id}
        audit.record(actor=actor, kind="client.revoke", subject=f"client:{account.pk}", facts=facts)


def forget_tokens() -> int:
    """Drop tokens that ran out a day ago or more (worker only); returns how many."""
    return int(get_access_token_model().objects.filter(expires__lt=Now() - timedelta(days=1)).delete()[0])


def registered_clients() -> QuerySet[ServiceAccount]:
    """Every client with its agency and its OAuth application, the newest first; for the security administrator's page."""
    return ServiceAccount.objects.select_related("agency", "application", "registered_by").order_by("-pk")


def _require_security_admin(actor: Actor) -> None:
    if actor.role != Role.SECURITY_ADMIN:
        raise NotPermitted


def _checked_name(name: str) -> str:
    text = name.strip()
    if not fits(text, NAME_LIMIT):
        raise Malformed(reasons=[Reason("bad_name", _("写明接入系统的名称，最多 80 个字。"), "/name")])
    return text
