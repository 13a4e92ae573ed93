"""Who may write what stands in the ledgers and in the registry of treaties."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.errors import NotPermitted
from agencies.models import Agency
from agencies.roles import Role

_KEEPERS = frozenset({Role.DESK, Role.APPROVER})


def keeps_ledgers(actor: Actor) -> bool:
    """Is this an officer of the ministry's desk (the terminal agency), as its desk or an approver?"""
    if actor.role not in _KEEPERS or actor.officer_id is None or actor.agency_id is None:
        return False
    return Agency.objects.filter(pk=actor.agency_id, is_terminal=True).exists()


def require_keeper(actor: Actor) -> None:
    """Raises NotPermitted for everybody else."""
    if not keeps_ledgers(actor):
        raise NotPermitted(_("国别台账由公安部国际合作局的联络员和审批人编写。"))
