"""What stands on each paper, as plain data for its template. Words are Chinese: domestic papers are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from agencies.roles import Role
from cases import files, notes
from cases.models import (
    Body,
    Case,
    Deadline,
    Decision,
    Direction,
    Leg,
    Mark,
    Outcome,
    Phase,
    RequestItem,
    Side,
    Status,
    Subject,
    SubjectKind,
    Urgency,
)
from cases.policies import reads_route
from cases.queries.changes import masked
from cases.queries.custody import ABROAD, DORMANT, HOME, LIAISON, custody
from cases.queries.dossier import Dossier
from cases.queries.timeline import Entry, entries_of, events_of
from cases.workflow import TRANSITIONS
from countries.calendars import SHANGHAI
from countries.lookup import country_by_code
from treaties.models import RefusalGround, ReturnReason

Data = dict[str, Any]


def approval_sheet(told: Dossier) -> Data:
    """审批表: what is asked for, and every opinion given on it that the reader may read, the oldest first."""
    case, sent = told.case, told.sent
    return {
        **_head(told, "国际执法合作请求审批表" if case.direction == Direction.OUTGOING else "外方请求审批表"),
        "words": _OURS if case.direction == Direction.OUTGOING else _THEIRS,
        "foreign": _foreign(case),
        "drafter": case.drafter.name,
        "submitted_at": moment(case.submitted_at) if case.submitted_at else "还没有报送",
        "content_version": f"第 {case.content_version} 版",
        "sent": [
            {
                "channel": sent.channel.name if sent.channel else "",
                "counterpart": _joined(sent.counterpart_name, sent.counterpart_unit),
            }
        ]
        if sent
        else [],
        "subjects": [_subject(row) for row in told.subjects],
        "summary": case.summary,
        "purpose": case.purpose,
        "items": [_item(row) for row in told.items],
        "files": [row.name for row in files.files_of(case)],
        "opinions": _opinions(told),
    }


def dossier_cover(told: Dossier) -> Data:
    """卷宗封面: what the dossier is called, from when to when, what is in it. Blank is what is filled in by hand."""
    case, papers = told.case, files.files_of(told.case)
    return {
        **_head(told, "卷宗"),
        "direction": str(Direction(case.direction).label),
        "drafter": case.drafter.name,
        "span": f"{day(case.created_at)}{f' 至 {day(case.ended_at)}' if case.ended_at else '起，在办'}",
        "ending": str(Status(case.status).label),
        "count": f"电子文件 {len(papers)} 件",
        "archived": day(case.archived_at) if case.archived_at else "",
        "retention": _retention(case),
        "files": [{"name": row.name, "agency": row.agency.name, "at": day(row.created_at)} for row in papers],
    }


def leg_list(told: Dossier) -> Data:
    """流转清单: every stretch of custody without a gap; time at home and abroad apart."""
    whole = custody(told)
    clocks = {clock.leg_id: clock for clock in told.deadlines if clock.leg and clock.kind == clock.leg.phase}
    kinds = {stretch.kind for stretch in whole.stretches}
    sums = [(HOME, "我方"), (LIAISON, "对外联系机关"), (ABROAD, "外方"), (DORMANT, "办结后")]
    parts = [f"{words} {whole.days(kind)} 日" for kind, words in sums if kind in kinds]
    return {
        **_head(told, "案件流转清单"),
        "legs": [_leg(told, leg, clocks.get(leg.pk)) for leg in told.legs],
        "total": "，".join([*parts, f"共 {whole.total} 日"]),
    }


def _retention(case: Case) -> str:
    if case.retention is None:
        return ""
    return f"{case.retention.name_zh}，到 {day(case.retain_until)}" if case.retain_until else case.retention.name_zh


# --- Parts -----------------------------------------------------------------------------------------------------------


def _head(told: Dossier, heading: str) -> Data:
    case = told.case
    return {
        "heading": heading,
        "number": case.number,
        "marks": marks_of(case),
        "status": str(Status(case.status).label),
        "origin": case.origin.name,
        "title": case.title,
        "country": case.country.name if case.country else "",
        "request_type": case.request_type.name if case.request_type else "",
        "date": dated(case.updated_at),
        "as_of": f"按系统记录生成，截至 {moment(case.updated_at)}，记录第 {case.version} 版。",
    }


def dated(at: datetime) -> dict[str, int]:
    """A moment as the document's date takes it."""
    local = at.astimezone(SHANGHAI)
    return {part: getattr(local, part) for part in ("year", "month", "day", "hour", "minute", "second")}


def marks_of(case: Case) -> list[str]:
    """At the top left. A mark of ours is no 密级 of the standard, so it stands without ★ and period."""
    marks = [] if case.mark == Mark.PUBLIC else [str(Mark(case.mark).label)]
    return marks if case.urgency == Urgency.NORMAL else [*marks, str(Urgency(case.urgency).label)]


def _subject(row: Subject) -> str:
    """One person or entity. The document number is masked: to see it takes a purpose (cases/reading.py)."""
    kind = str(SubjectKind(row.kind).label)
    year = f"{row.birth_date.year} 年生" if row.birth_date else ""
    number = f"证件号码 {masked(row.document_number)}" if row.document_number else ""
    return "，".join(part for part in (row.name, kind, row.role_words, _nation(row.nationality), year, number) if part)


_OURS = {"origin": "报送机关", "drafter": "承办人", "submitted": "报送时间"}
_THEIRS = {"origin": "登记机关", "drafter": "登记人", "submitted": "登记时间"}


def _foreign(case: Case) -> list[Data]:
    """What a foreign request says of itself, and the conditions that we set."""
    if case.direction == Direction.OUTGOING:
        return []
    rows = [
        ("请求机关", case.requesting_authority),
        ("对方编号", case.their_reference),
        ("收到日期", day(case.received_on) if case.received_on else ""),
        ("请求书所附办理期限", day(case.wanted_by) if case.wanted_by else ""),
        ("附加条件", "\n".join(case.conditions)),
    ]
    return [{"label": label, "text": text} for label, text in rows if text]


def _item(row: RequestItem) -> str:
    decided = f"\n决定：{Decision(row.decision).label}" if row.decision else ""
    if row.outcome == Outcome.WAITING:
        return f"{row.description}{decided}"
    answer = _joined(str(Outcome(row.outcome).label), row.ground.name if row.ground else "", row.note)
    return f"{row.description}{decided}\n答复：{answer}"


def _joined(*parts: str) -> str:
    return "，".join(part for part in parts if part)


def _opinions(told: Dossier) -> list[Data]:
    """The steps that leave a hand in the case or came with words; words are those the actor may read."""
    said: dict[int | None, str] = {
        note.event_id: note.text for note in notes.notes_of(told.actor, told.case) if note.event_id
    }
    reasons = {row.code: row.name for model in (ReturnReason, RefusalGround) for row in model.objects.all()}
    rows = []
    whole = reads_route(told.actor, told.case)
    for event in entries_of(reversed(events_of(told.actor, told.case))):
        entry = event if whole else replace(event, asked=[], bodies=(), passed_over=[])
        step = TRANSITIONS.get((Direction(told.case.direction), entry.step))
        words = _words(entry, said, reasons)
        if step is not None and (words or step.involvement is not None):
            rows.append({**_signed(entry), "step": str(step.label), "words": words})
    return rows


def _words(entry: Entry, said: Mapping[int | None, str], reasons: Mapping[str, str]) -> str:
    facts = entry.event.facts
    coded = {
        name: "、".join(reasons.get(code, code) for code in facts.get(name, ())) for name in ("reasons", "grounds")
    }
    others = [agency.name for agency in (*entry.asked, *(entry.passed_over if facts.get("skip") else ()))]
    others += [
        str(Body(code).label) for code in (*entry.bodies, *filter(None, [facts.get("body")])) if code in Body.values
    ]
    parts = [
        ("决定", _DECISIONS.get(facts.get("decision", ""), "")),
        ("越过" if facts.get("skip") else "机关", "、".join(others)),
        ("原因", coded["reasons"]),
        ("理由", coded["grounds"]),
    ]
    told = [f"{label}：{text}" for label, text in parts if text]
    return "\n".join(filter(None, [*told, said.get(entry.event.pk, "")]))


_DECISIONS = {"execute": "同意执行", "refuse": "拒绝", "postpone": "推迟执行", "transfer": "移送其他主管机关"}


def _nation(code: str) -> str:
    """The country by its Chinese name; the code when there is none."""
    country = country_by_code(code) if code else None
    return "中国" if code == "CN" else country.name_zh if country is not None else code


def _signed(entry: Entry) -> Data:
    return {
        "agency": entry.agency.name if entry.agency else "",
        "officer": entry.who or "接口客户端",
        "role": str(Role(entry.role).label) if entry.role in Role.values else "",
        "at": moment(entry.at),
    }


def _leg(told: Dossier, leg: Leg, clock: Deadline | None) -> Data:
    return {
        "seq": leg.seq,
        "holder": leg.holder_name,
        "handler": leg.handler.name if leg.handler else "",
        "phase": str(Phase(leg.phase).label),
        "opened_at": moment(leg.opened_at),
        "closed_at": moment(leg.closed_at) if leg.closed_at else "在办",
        "took": _took(told, leg),
        "late": _late(leg, clock),
    }


def _took(told: Dossier, leg: Leg) -> str:
    """Working days at home, calendar days elsewhere; nothing yet for the stretch that runs."""
    if leg.closed_at is None:
        return ""
    if leg.side == Side.DOMESTIC and leg.phase != Phase.ENDED:
        return f"{told.working_days(leg.opened_at, leg.closed_at)} 个工作日"
    return f"{told.days(leg.opened_at, leg.closed_at)} 日"


def _late(leg: Leg, clock: Deadline | None) -> str:
    """When it was due, and whether it was met."""
    if clock is None:
        return ""
    late = leg.closed_at is not None and leg.closed_at > clock.due_at
    return f"应办结 {moment(clock.due_at)}{'，超期' if late else ''}"


def day(at: datetime | date) -> str:
    """2026年11月8日: arabic digits, whole year, no leading zero (GB/T 9704-2012, 7.3.5.4)."""
    local = timezone.localtime(at, SHANGHAI) if isinstance(at, datetime) else at
    return f"{local.year}年{local.month}月{local.day}日"


def moment(at: datetime) -> str:
    """The day with the minute."""
    return f"{day(at)} {at.astimezone(SHANGHAI):%H:%M}"
