"""Who may write what is known about the world outside."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.errors import NotPermitted
from agencies.models import Agency
from agencies.roles import CASE_ROLES, Role

_KEEPERS = frozenset({Role.DESK, Role.APPROVER})


def keeps_facts(actor: Actor, agency: Agency | None = None) -> bool:
    """Is this an officer of the ministry's desk (the terminal agency), as its desk or an approver?

    Who holds the acting agency's row gives it along and spares the look-up.
    """
    if actor.role not in _KEEPERS or actor.officer_id is None or actor.agency_id is None:
        return False
    if agency is not None:
        return agency.pk == actor.agency_id and agency.is_terminal
    return Agency.objects.filter(pk=actor.agency_id, is_terminal=True).exists()


def require_keeper(actor: Actor) -> None:
    """Raises NotPermitted for everybody else."""
    if not keeps_facts(actor):
        raise NotPermitted(_("国别台账由公安部国际合作局的联络员或者审批人录入和核对。其他民警可以提出更正。"))


def proposes(actor: Actor) -> bool:
    """May he propose a correction or a lesson, and open a contact? Officers who work on cases do."""
    return actor.officer_id is not None and actor.role in CASE_ROLES
