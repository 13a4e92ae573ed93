"""What the stages and the holders of time are called, on the board and in its export."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agencies.models.tree import Tier
from cases.board import facts


def stages() -> dict[str, str]:
    """By code, in the order of the road."""
    return {
        **{tier.value: _("%(tier)s级审核") % {"tier": tier.label} for tier in Tier},
        facts.ABROAD: _("发往外方"),
        facts.ANSWERED: _("收到答复"),
        facts.CLOSED: _("签收办结"),
    }


def holders() -> dict[str, str]:
    """Each tier, the other central organs, and the foreign side."""
    return {**{tier.value: str(tier.label) for tier in Tier}, facts.LIAISON: _("其他机关"), facts.ABROAD: _("外方")}
