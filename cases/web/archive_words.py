"""Where a case stands in the archive, in words; and the card of it on the case page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.doors import words
from cases import archive
from cases.models import Case, Disposal, RetentionPeriod, Verdict
from cases.queries.archive import last_of
from cases.queries.unfinished import Unfinished, unfinished
from cases.web.sentences import named


def state_of(case: Case, proposal: Disposal | None) -> SafeString | str:
    """One line: until when it is kept, whether it was proposed, when it was disposed of."""
    if case.disposed_at is not None:
        return _("已于 %(day)s 销毁") % {"day": words.whole_day(case.disposed_at)}
    if case.archived_at is None:
        return ""
    if proposal is not None and not proposal.decision:
        form = _("{name}于 {day}提请销毁")
        return format_html(form, name=named(proposal.proposed_by.name), day=words.whole_day(proposal.proposed_at))
    if case.retain_until is None:
        return _("永久保管")
    form = _("%(day)s 保管期满") if archive.is_due(case, archive.today()) else _("保管到 %(day)s")
    return form % {"day": words.whole_day(case.retain_until)}


def unchecked(periods: Iterable[RetentionPeriod | None]) -> bool:
    """Is any of these periods one that nobody has checked against a rule?"""
    return any(period is not None and period.confidence == "recollection" for period in periods)


def still_open(rows: Iterable[Unfinished]) -> list[SafeString]:
    """What keeps a case out of the archive, a sentence each."""
    return [format_html(row.form, what=row.what, agency=named(row.agency)) for row in rows]


def card(actor: Actor, case: Case) -> dict[str, Any] | None:
    """The archive card of a case that has ended: how it stands, and what this actor can do about it."""
    if case.ended_at is None:
        return None
    proposal = last_of(case) if case.archived_at else None
    still = unfinished([case]).get(case.pk, []) if archive.may_archive(actor, case) else []
    may_archive = archive.may_archive(actor, case) and not still
    periods = list(RetentionPeriod.objects.order_by("pk")) if may_archive else []
    return {
        "state": state_of(case, proposal) or _("还没有归档。"),
        "archived": words.whole_day(case.archived_at) if case.archived_at else "",
        "retention": case.retention,
        "proposal": proposal,
        "decision": Verdict(proposal.decision).label if proposal and proposal.decision else "",
        "periods": periods,
        "unchecked": unchecked(periods or [case.retention]),
        "offered": archive.period_for(case.status, periods) if periods else None,
        "still": still_open(still),
        "may_archive": may_archive,
        "may_restore": archive.may_restore(actor, case) and not (proposal and not proposal.decision),
    }
