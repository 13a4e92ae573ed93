"""What happened to a case, newest first: the audit trail without the reading, with the words that were said.

An internal note is seen by its agency alone (the note's own wall), and so is the event that it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q

from agencies.actors import Actor
from agencies.delegations import lenders, signed
from agencies.models import Agency, AuditEvent, Officer
from cases.models import Case, Note, Receipt, Transmission
from cases.policies import readable_notes, reads_route
from cases.queries.dossier import Dossier

# Looking is not doing, nor is taking a copy, which others may not see; and a refused paper is not in the case. All this
# is for the auditor.
READING = ("case.read", "case.copy", "case.download", "case.print", "case.secret_refused")
# What the route says among itself: those merely invited read of it what concerns them.
SUPERVISION = (
    "case.remind",
    "case.supervise",
    "case.supervision_answer",
    "case.supervision_close",
    "case.supervision_escalate",
)
# Parallel work of one agency or body, asked and answered.
_ANSWERS = ("case.answer_assignment", "case.record_opinion")
NEWEST = 30
# A silence worth naming: at home in working days, abroad in calendar days.
SILENCE_HOME, SILENCE_ABROAD = 3, 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened. `step` is the event's kind without its family, `about` whose clock rang; `times` counts edits told
    as one."""

    event: AuditEvent
    at: datetime
    step: str
    who: str
    agency: Agency | None
    role: str
    note: Note | None = None
    to: Agency | None = None
    # Whose clock it is, of what was done to one.
    of: Agency | None = None
    handler: Officer | None = None
    passed_over: list[Agency] = field(default_factory=list)
    asked: list[Agency] = field(default_factory=list)
    bodies: Sequence[str] = ()
    receipt: Receipt | None = None
    transmission: Transmission | None = None
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Nothing was recorded between two entries."""

    days: int
    abroad: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Entries and silences, newest first, and how many earlier entries were left out."""

    lines: Sequence[Entry | Silence]
    earlier: int
    total: int


def timeline(dossier: Dossier, *, whole: bool = False) -> Timeline:
    """The story of the case; the newest thirty entries, or the `whole` of it."""
    entries = told(dossier, events_of(dossier.actor, dossier.case))
    shown = entries if whole else entries[:NEWEST]
    return Timeline(lines=_with_silences(dossier, shown), earlier=len(entries) - len(shown), total=len(entries))


def heard(actor: Actor, case: Case) -> Q:
    """Which events of a (visible) case the actor learns of, besides the notes' own wall: all but those of reading. Those
    invited learn of supervision, clocks and parallel work what concerns their own agency alone."""
    done = Q(subject=f"case:{case.pk}") & ~Q(kind__in=READING)
    if reads_route(actor, case):
        return done
    seat = actor.case_agency_id or 0
    clocks = Q(kind__startswith="deadline.") | Q(kind__startswith="case.", kind__endswith="_deadline")
    return (
        done
        & (~Q(kind__in=SUPERVISION) | Q(facts__to=seat))
        & (~clocks | Q(facts__of=seat) | Q(facts__agency=seat))
        & (~Q(kind="case.invite") | Q(facts__asked__contains=[seat]))
        & (~Q(kind__in=_ANSWERS) | Q(agency_id=seat))
    )


def events_of(actor: Actor, case: Case) -> list[AuditEvent]:
    """Events of the (visible) case of which the actor learns, newest first."""
    events = AuditEvent.objects.filter(heard(actor, case))
    return list(events.select_related("officer", "agency").order_by("-at", "-id"))


def told(dossier: Dossier, events: Iterable[AuditEvent]) -> list[Entry]:
    """Events with everything they refer to; runs of edits by one hand become one entry."""
    readable = readable_notes(dossier.actor, dossier.case)
    notes = {note.event_id: note for note in Note.objects.filter(readable, case=dossier.case, event__isnull=False)}
    entries: list[Entry] = []
    for entry in entries_of(events):
        note = notes.get(entry.event.pk)
        if entry.step == "note.add" and note is None:
            continue
        if not reads_route(dossier.actor, dossier.case):
            # Those invited learn of their own invitation alone.
            own = [agency for agency in entry.asked if agency.pk == dossier.actor.case_agency_id]
            entry = replace(entry, asked=own, bodies=())
        if entries and _goes_on(entries[-1], entry):
            entries[-1] = replace(entries[-1], times=entries[-1].times + 1)
        else:
            entries.append(_with_parts(dossier, replace(entry, note=note)))
    return entries


def entries_of(events: Iterable[AuditEvent]) -> list[Entry]:
    """Events with the agencies and officers they name, in two queries."""
    events = list(events)
    agencies = Agency.objects.in_bulk({pk for event in events for pk in _agency_ids(event)})
    for_whom = lenders(events)
    handlers = Officer.objects.in_bulk({event.facts["handler"] for event in events if event.facts.get("handler")})
    return [
        Entry(
            event=event,
            at=event.at,
            step=event.kind.partition(".")[2] if event.kind.startswith("case.") else event.kind,
            who=_who(event, for_whom),
            agency=event.agency,
            role=event.role,
            to=agencies.get(event.facts.get("to") or 0),
            of=agencies.get(event.facts.get("of") or event.facts.get("agency") or 0),
            handler=handlers.get(event.facts.get("handler") or 0),
            passed_over=[agencies[pk] for pk in event.facts.get("passed_over", ()) if pk in agencies],
            asked=[agencies[pk] for pk in event.facts.get("asked", ()) if pk in agencies],
            bodies=event.facts.get("bodies", ()),
        )
        for event in events
    ]


def _who(event: AuditEvent, for_whom: dict[int, Officer]) -> str:
    lender = for_whom.get(event.for_officer_id or 0)
    return signed(event.officer.name if event.officer else "", lender.name if lender else "")


def _agency_ids(event: AuditEvent) -> list[int]:
    facts = event.facts
    whose = facts.get("of") or facts.get("agency")
    named = (facts.get("to"), whose, *facts.get("passed_over", ()), *facts.get("asked", ()))
    return [pk for pk in named if isinstance(pk, int)]


def _with_parts(dossier: Dossier, entry: Entry) -> Entry:
    """What else was written at the moment of the event: a crossing, a receipt."""
    return replace(
        entry,
        receipt=next((receipt for receipt in dossier.receipts if receipt.at == entry.at), None),
        transmission=next((sent for sent in dossier.transmissions if sent.at == entry.at), None),
    )


def _goes_on(newer: Entry, entry: Entry) -> bool:
    """A run of saving by one officer within a day is one entry."""
    same_hand = newer.who == entry.who and newer.event.officer_id == entry.event.officer_id
    return newer.step == entry.step == "edit" and same_hand and newer.at.date() == entry.at.date()


def _with_silences(dossier: Dossier, entries: list[Entry]) -> list[Entry | Silence]:
    lines: list[Entry | Silence] = []
    later = dossier.now if dossier.leg is not None else None
    for entry in entries:
        if later is not None and (silence := _silence(dossier, entry.at, later)):
            lines.append(silence)
        lines.append(entry)
        later = entry.at
    return lines


def _silence(dossier: Dossier, a: datetime, b: datetime) -> Silence | None:
    abroad = any(
        leg.agency_id is None and leg.opened_at <= a and (leg.closed_at is None or leg.closed_at >= b)
        for leg in dossier.legs
    )
    days = dossier.days(a, b) if abroad else dossier.working_days(a, b)
    return Silence(days=days, abroad=abroad) if days >= (SILENCE_ABROAD if abroad else SILENCE_HOME) else None
