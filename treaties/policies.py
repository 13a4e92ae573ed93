"""Who may change the law's tables: who keeps the ledgers (countries.policies)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.errors import NotPermitted
from countries.policies import keeps_facts


def require_desk(actor: Actor) -> None:
    """Raises NotPermitted for everybody else."""
    if not keeps_facts(actor):
        raise NotPermitted(_("条约和法律的规定由公安部国际合作局的联络员或者审批人录入、更正。"))
