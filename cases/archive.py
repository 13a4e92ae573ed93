"""归档: ended cases are kept read-only for their time, and only two persons together dispose of them afterwards.

Being archived is no status: the case stays closed, withdrawn, … The origin archives and takes out again; the origin's
approver proposes the disposal, an approver of 公安部国合局, another person, decides (of a draft that never left its origin:
another approver there). The database says the same (migration `archive`): it deletes nothing before the time is over and
two persons have decided.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import Actor
from agencies.errors import GuardFailed, Malformed, NotPermitted, Reason
from agencies.models import Agency
from agencies.moments import clock
from agencies.roles import Role
from cases import policies
from cases.models import Case, Disposal, RetentionPeriod, Verdict
from cases.queries.unfinished import unfinished
from cases.step_input import Faults, clean_text
from countries.calendars import SHANGHAI

MOST = 100  # cases at a time
REASON_LIMIT = 500
ARCHIVERS = frozenset({Role.DRAFTER, Role.APPROVER})
_Fault = tuple[str, str] | None


# --- Who may ---------------------------------------------------------------------------------------------------------


def may_archive(actor: Actor, case: Case) -> bool:
    """The origin's drafter or approver, once the case has ended."""
    return (
        actor.role in ARCHIVERS
        and not actor.service
        and actor.agency_id == case.origin_id
        and case.ended_at is not None
        and case.archived_at is None
    )


def may_restore(actor: Actor, case: Case) -> bool:
    """The origin's approver, while there is something to restore."""
    ours = actor.role == Role.APPROVER and actor.agency_id == case.origin_id
    return ours and case.archived_at is not None and case.disposed_at is None


def is_due(case: Case, today: date) -> bool:
    """Is the case's time over, and its content still there?"""
    return case.retain_until is not None and case.retain_until < today and case.disposed_at is None


def decides(actor: Actor, case: Case) -> bool:
    """Does the actor decide on the disposal of the case: an approver of the terminal agency, who sees all but drafts?"""
    if actor.role != Role.APPROVER:
        return False
    if case.submitted_at is None:
        return actor.agency_id == case.origin_id
    return Agency.objects.filter(pk=actor.agency_id or 0, is_terminal=True).exists()


def today() -> date:
    """The day in China, by the database's clock."""
    return clock().astimezone(SHANGHAI).date()


# --- Commands --------------------------------------------------------------------------------------------------------


@transaction.atomic
def archive_cases(
    *, actor: Actor, case_ids: Collection[UUID], period: str = "", at: datetime | None = None
) -> list[Case]:
    """Archive ended cases of the actor's agency for the named period, or for the one their status asks for.

    All or none. Raises NotPermitted (not a drafter or approver), Malformed, NotVisible, GuardFailed naming the cases.
    `at` is for the demo loader alone.
    """
    if actor.role not in ARCHIVERS or actor.service:
        raise NotPermitted
    periods = {row.code: row for row in RetentionPeriod.objects.all()}
    if period and period not in periods:
        raise Malformed(reasons=[Reason("unknown_code", _("选择一个保管期限。"), "/period")])
    cases = _taken(actor, case_ids, _archivable(actor))
    moment = at or clock()
    for case in cases:
        due = period_for(case.status, periods.values())
        chosen = periods[period] if period else due
        if _shorter(chosen, due):
            words = _("%(number)s：按规定保管%(period)s，不能更短；可以选更长的。")
            told = words % {"number": case.number, "period": due.name}
            raise GuardFailed(_("有案件现在不能这样办，一件也没有动。"), reasons=[Reason("too_short", told, "/period")])
        case.archived_at, case.retention, case.retain_until = moment, chosen, kept_until(case, chosen)
        facts = {"retention": chosen.code, "retain_until": str(case.retain_until or "")}
        _save(actor, case, "case.archive", moment, ["archived_at", "retention", "retain_until"], facts)
    return cases


@transaction.atomic
def restore_cases(*, actor: Actor, case_ids: Collection[UUID]) -> list[Case]:
    """Take cases out of the archive, so that they can be worked on again; archiving again starts no new time.

    Raises NotPermitted (not an approver), Malformed, NotVisible, GuardFailed (not in the archive, proposed, disposed of).
    """
    if actor.role != Role.APPROVER:
        raise NotPermitted
    cases = _taken(actor, case_ids, _restorable(actor))
    at = clock()
    for case in cases:
        case.archived_at = case.retention = case.retain_until = None
        _save(actor, case, "case.restore", at, ["archived_at", "retention", "retain_until"], {})
    return cases


@transaction.atomic
def propose_disposal(*, actor: Actor, case_ids: Collection[UUID]) -> list[Case]:
    """Put cases whose time is over on the disposal list. Raises as archive_cases does."""
    if actor.role != Role.APPROVER:
        raise NotPermitted
    cases = _taken(actor, case_ids, _disposable(actor))
    at = clock()
    for case in cases:
        proposal = Disposal.objects.create(
            case=case,
            proposed_by_id=actor.person_id,
            proposed_for_id=actor.for_officer_id,
            proposed_from_id=actor.seat_id,
            proposed_at=at,
        )
        _record(actor, case, "case.propose_disposal", at, {"disposal": str(proposal.pk)})
    return cases


@transaction.atomic
def decide_disposal(*, actor: Actor, case_ids: Collection[UUID], confirm: bool, reason: object = "") -> list[Case]:
    """Dispose of proposed cases (their content is gone, and cannot come back), or keep them, with the reason.

    Raises NotPermitted (not an approver), Malformed (keeping takes a reason), NotVisible, GuardFailed (not proposed,
    proposed by himself, somebody else's to decide).
    """
    if actor.role != Role.APPROVER:
        raise NotPermitted
    words = "" if confirm else _reason(reason)
    cases = _taken(actor, case_ids, _decidable(actor))
    at = clock()
    for case in cases:
        proposal = Disposal.objects.get(case=case, decision="")
        proposal.decision = Verdict.CONFIRMED if confirm else Verdict.KEPT
        proposal.decided_by_id, proposal.decided_at, proposal.reason = actor.person_id, at, words
        proposal.decided_for_id = actor.for_officer_id
        proposal.save(update_fields=["decision", "decided_by", "decided_for", "decided_at", "reason"])
        if confirm:
            _dispose(actor, case, proposal, at)
        else:
            _record(actor, case, "case.keep", at, {"disposal": str(proposal.pk)})
    return cases


# --- How long --------------------------------------------------------------------------------------------------------


def period_for(status: str, periods: Iterable[RetentionPeriod]) -> RetentionPeriod:
    """The period that the schedule names for a status; the longest one when it names none."""
    found = list(periods)
    named = [row for row in found if status in row.statuses]
    return named[0] if named else max(found, key=lambda row: row.years or 10_000)


def _shorter(chosen: RetentionPeriod, due: RetentionPeriod) -> bool:
    return chosen.years is not None and (due.years is None or chosen.years < due.years)


def kept_until(case: Case, period: RetentionPeriod) -> date | None:
    """The last day of the year in which the period ends, counted from the year in which the case ended; None: for ever."""
    if period.years is None or case.ended_at is None:
        return None
    return date(case.ended_at.astimezone(SHANGHAI).year + period.years, 12, 31)


# --- Which cases -----------------------------------------------------------------------------------------------------


def _taken(actor: Actor, case_ids: Collection[UUID], fault_of: Callable[[Case], _Fault]) -> list[Case]:
    """The cases, locked in one order so that two lists never wait for each other; every fault is said at once."""
    wanted = sorted(set(case_ids))
    if not wanted:
        raise Malformed(reasons=[Reason("required", _("先选择案件。"), "/cases")])
    if len(wanted) > MOST:
        raise Malformed(reasons=[Reason("too_many", _("一次最多 %(n)s 件。") % {"n": MOST}, "/cases")])
    cases = [policies.get_visible(actor, case_id, lock=True) for case_id in wanted]
    faults = [(case, fault) for case in cases if (fault := fault_of(case))]
    if faults:
        form = _("%(number)s：%(words)s")
        reasons = [
            Reason(code, form % {"number": case.number, "words": said}, "/cases") for case, (code, said) in faults
        ]
        raise GuardFailed(_("有案件现在不能这样办，一件也没有动。"), reasons=reasons)
    return cases


def _not_ours(actor: Actor, case: Case) -> _Fault:
    if actor.agency_id == case.origin_id:
        return None
    return "not_origin", _("由报送机关%(origin)s办理。") % {"origin": case.origin.name}


def _archivable(actor: Actor) -> Callable[[Case], _Fault]:
    def fault(case: Case) -> _Fault:
        if case.archived_at is not None:
            return "archived", _("已经归档。")
        if case.ended_at is None:
            return "not_ended", _("还在办理，结束后才能归档。")
        if fault := _not_ours(actor, case):
            return fault
        still = unfinished([case]).get(case.pk)
        return ("unfinished", "".join(map(str, still))) if still else None

    return fault


def _restorable(actor: Actor) -> Callable[[Case], _Fault]:
    def fault(case: Case) -> _Fault:
        if case.disposed_at is not None:
            return "disposed", _("内容已经销毁，不能取消归档。")
        if case.archived_at is None:
            return "not_archived", _("没有归档。")
        if Disposal.objects.filter(case=case, decision="").exists():
            return "proposed", _("已提请销毁，先由公安部国际合作局的审批人决定继续保管。")
        return _not_ours(actor, case)

    return fault


def _disposable(actor: Actor) -> Callable[[Case], _Fault]:
    now = today()

    def fault(case: Case) -> _Fault:
        if case.disposed_at is not None:
            return "disposed", _("已经销毁。")
        if case.archived_at is None:
            return "not_archived", _("没有归档。")
        if case.retain_until is None:
            return "permanent", _("永久保管，不能销毁。")
        if not is_due(case, now):
            return "not_due", _("保管到 %(day)s，到期前不能销毁。") % {"day": case.retain_until.isoformat()}
        if Disposal.objects.filter(case=case, decision="").exists():
            return "proposed", _("已经提请，等待确认。")
        return _not_ours(actor, case)

    return fault


def _decidable(actor: Actor) -> Callable[[Case], _Fault]:
    def fault(case: Case) -> _Fault:
        proposal = Disposal.objects.filter(case=case, decision="").first()
        if proposal is None:
            return "not_proposed", _("没有待确认的销毁提请。")
        if {proposal.proposed_by_id, proposal.proposed_for_id} & set(actor.hands):
            return "same_person", _("是你提请的，须由另一名审批人决定。")
        if not decides(actor, case):
            return "not_decider", _("由公安部国际合作局的审批人决定。")
        return None

    return fault


# --- Parts -----------------------------------------------------------------------------------------------------------


def _reason(raw: object) -> str:
    faults = Faults()
    words = clean_text(raw, "/reason", REASON_LIMIT, faults)
    if not words and not faults.reasons:
        faults.add("required", _("写明为什么继续保管。"), "/reason")
    if faults.reasons:
        raise Malformed(reasons=faults.reasons)
    return words


def _save(actor: Actor, case: Case, kind: str, at: datetime, columns: list[str], facts: dict[str, Any]) -> None:
    case.version += 1
    case.updated_at = at
    case.save(update_fields=[*columns, "version", "updated_at"])
    _record(actor, case, kind, at, facts)


def _record(actor: Actor, case: Case, kind: str, at: datetime, facts: dict[str, Any]) -> None:
    stands = {"status": case.status, "version": case.version}
    audit.record(actor=actor, kind=kind, subject=f"case:{case.pk}", facts={**stands, **facts}, at=at)


def _dispose(actor: Actor, case: Case, proposal: Disposal, at: datetime) -> None:
    """The database takes the content away; the files follow from the event (files.erase), once it is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dispose_case(%s)", [case.pk])
        (hashes,) = cursor.fetchone()
    case.refresh_from_db()
    facts = {"disposal": str(proposal.pk), "proposed_by": proposal.proposed_by_id, "files": sorted(hashes)}
    _save(actor, case, "case.dispose", at, [], facts)
