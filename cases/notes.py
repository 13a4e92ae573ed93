"""Notes on a case: for one's own agency, or for everyone on the route. `@警号` tells a colleague who can see the case."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from agencies import audit
from agencies.actors import Actor
from agencies.errors import Malformed, NotPermitted, Reason
from agencies.models import Officer
from agencies.models.officers import normalize_police_number
from agencies.roles import CASE_ROLES
from cases import policies
from cases.kept import require_live
from cases.models import Audience, Case, Note
from cases.step_input import Faults, clean_text

LIMIT = 4000
MAX_MENTIONS = 20
# A mention starts at an @ that does not stand inside a word (so not in a@b.com) and runs over letters and digits.
_LETTER = "0-9A-Za-z０-９Ａ-Ｚａ-ｚ"
_MENTION = re.compile(rf"(?<![0-9A-Za-z._-])[@＠]([{_LETTER}][{_LETTER}._．＿－-]{{0,39}})")


@dataclass(frozen=True, slots=True)
class Added:
    """A note and the police numbers that were mentioned in vain: whoever they are, they cannot see this."""

    note: Note
    unseen: list[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a note's text; `officer` is set where it mentions somebody who was told."""

    text: str
    officer: Officer | None = None


@transaction.atomic
def add_note(
    *,
    actor: Actor,
    case_id: UUID | str,
    text: object,
    audience: object = Audience.AGENCY,
    at: datetime | None = None,
) -> Added:
    """Write a note on a visible case and tell those it mentions.

    Raises Malformed (empty, too long, under a secrecy marking, bad audience), NotVisible, NotPermitted (a machine
    writes no notes). A mention of somebody who cannot see the note stays plain text: the answer names him in `unseen`,
    in the same words whether he exists or not. `at` is for the demo loader alone.
    """
    words, readers = _parse(text, audience)
    case = policies.get_visible(actor, case_id)
    if actor.role not in CASE_ROLES or actor.officer_id is None or actor.agency_id is None:
        raise NotPermitted
    require_live(case)
    if readers == Audience.ROUTE and not policies.reads_route(actor, case):
        words_for = _("你的机关是应邀会办的，选“只给本机关看”，或者“沿线和会办机关都能看”。")
        raise Malformed(reasons=[Reason("unknown_code", words_for, "/audience")])
    told, unseen = _resolve(actor, case, words, readers)
    note_id = _new_id()
    event = audit.record(
        actor=actor,
        kind="note.add",
        subject=f"case:{case.pk}",
        facts={"note": str(note_id), "audience": readers},
        at=at,
    )
    note = Note.objects.create(
        id=note_id,
        case=case,
        author_id=actor.officer_id,
        agency_id=actor.agency_id,
        audience=readers,
        event=event,
        text=words,
        mentions=sorted(officer.pk for officer in told),
        at=event.at,
    )
    return Added(note, unseen)


def notes_of(actor: Actor, case: Case) -> list[Note]:
    """The notes and opinions on a (visible) case that this actor reads, the oldest first."""
    notes = case.notes.filter(policies.readable_notes(actor, case))
    notes = notes.select_related("author", "agency", "event").order_by("at", "pk")
    return list(notes)


def pieces(note: Note, officers: dict[int, Officer]) -> list[Piece]:
    """The text cut at its mentions; `officers` holds those of `note.mentions` by id."""
    told = {officers[pk].police_number: officers[pk] for pk in note.mentions if pk in officers}
    found, start = [], 0
    for match, number in _mentions(note.text):
        if number not in told:
            continue
        end = match.start() + 1 + len(_trimmed(match.group(1)))
        found += [Piece(note.text[start : match.start()]), Piece(note.text[match.start() : end], told[number])]
        start = end
    return [piece for piece in [*found, Piece(note.text[start:])] if piece.text]


def mentioned_in(notes: list[Note]) -> dict[int, Officer]:
    """All officers that these notes mention, by id, in one query."""
    return Officer.objects.in_bulk({pk for note in notes for pk in note.mentions})


def _parse(text: object, audience: object) -> tuple[str, str]:
    faults = Faults()
    words = clean_text(text, "/text", LIMIT, faults)
    readers = clean_text(audience, "/audience", 20, faults)
    if not words and not faults.reasons:
        faults.add("required", _("写下备注再保存。"), "/text")
    if readers not in Audience.values:
        faults.add("unknown_code", _("选择谁能看到这条备注。"), "/audience")
    if faults.reasons:
        raise Malformed(reasons=faults.reasons)
    return words, readers


def _trimmed(run: str) -> str:
    """Signs at the end of the run belong to the sentence."""
    return run.rstrip("._-．＿－")


def _mentions(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in _MENTION.finditer(text):
        yield match, normalize_police_number(_trimmed(match.group(1)))


def _resolve(actor: Actor, case: Case, text: str, audience: str) -> tuple[list[Officer], list[str]]:
    """Those mentioned who will be told, and the numbers of the others as they were typed."""
    typed = {number: _trimmed(match.group(1)) for match, number in _mentions(text)}
    wanted = dict(list(typed.items())[:MAX_MENTIONS])
    known = {o.police_number: o for o in Officer.objects.filter(police_number__in=wanted, is_active=True)}
    within = actor.agency_id if audience == Audience.AGENCY else None
    route = audience == Audience.ROUTE
    told = [one for one in known.values() if policies.officer_sees(one, case, agency_id=within, route=route)]
    numbers = {officer.police_number for officer in told}
    unseen = [unicodedata.normalize("NFKC", shown) for number, shown in typed.items() if number not in numbers]
    return told, unseen


def _new_id() -> UUID:
    """The note's id before its row: the event that records it comes first and names it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT uuidv7()")
        note_id: UUID = cursor.fetchone()[0]
    return note_id
