"""What was entered into the registry by mistake is withdrawn, and comes back; nothing is ever deleted."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import Actor
from agencies.errors import Conflict, GuardFailed, Malformed, NotVisible, Reason
from agencies.moments import clock
from agencies.plain_text import fits
from treaties.models import Instrument, InstrumentKind, Party
from treaties.policies import require_desk

REASON_LIMIT = 300


@transaction.atomic
def withdraw(*, actor: Actor, row: Instrument | Party, reason: str) -> None:
    """Take an instrument, or a part in a convention, out of lists, matrix and legal bases. Who keeps the registry still sees
    it; a loader does not bring it back.

    Raises NotPermitted (only the ministry's desk and approvers), Malformed without a reason, Conflict when it is withdrawn
    already, GuardFailed for the part in what is not open to all: there the instrument itself is withdrawn.
    """
    held, why = _held(actor, row, reason)
    if held.withdrawn_at is not None:
        raise Conflict(_("已经撤下了。"))
    if isinstance(held, Party) and held.instrument.kind != InstrumentKind.MULTILATERAL:
        raise GuardFailed(_("双边的，撤下条约本身。"))
    held.withdrawn_at, held.withdrawn_why = clock(), why
    held.save(update_fields=["withdrawn_at", "withdrawn_why"])
    audit.record(actor=actor, kind="treaty.withdraw", subject=held.subject, facts={"reason": why})


@transaction.atomic
def restore(*, actor: Actor, row: Instrument | Party, reason: str) -> None:
    """Bring it back. Raises what `withdraw` raises; Conflict when it is not withdrawn."""
    held, why = _held(actor, row, reason)
    if held.withdrawn_at is None:
        raise Conflict(_("没有撤下，不用恢复。"))
    held.withdrawn_at, held.withdrawn_why = None, ""
    held.save(update_fields=["withdrawn_at", "withdrawn_why"])
    audit.record(actor=actor, kind="treaty.restore", subject=held.subject, facts={"reason": why})


def _held(actor: Actor, row: Instrument | Party, reason: str) -> tuple[Instrument | Party, str]:
    """The row, locked, and the reason in plain words."""
    require_desk(actor)
    held = type(row)._default_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if held is None:
        raise NotVisible
    why = " ".join(reason.split())
    if not fits(why, REASON_LIMIT):
        words = _("写明理由，最多 %(limit)s 个字。") % {"limit": REASON_LIMIT}
        raise Malformed(reasons=[Reason("bad_reason", words, "/reason")])
    return held, why
