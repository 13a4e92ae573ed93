"""A file beside what we have: line by line what would change, and what stands against it. Nothing is written here."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.actors import Actor
from agencies.errors import DomainError, Malformed
from agencies.moments import clock
from agencies.plain_text import shown, visible
from coopdesk.exchange.writing import SHELVES, Held, held, published, withdrawn
from countries import facts, sections
from countries.calendars import day_of
from countries.exchange import seal
from countries.exchange.told import (
    Piece,
    Shelf,
    Told,
    date_of,
    piece_in,
    strange,
    strange_beside,
    text_of,
    unfit,
    value_of,
)
from countries.lookup import country_by_code
from countries.models import UNSETTLED, Country, FactConfidence, LedgerRecord, Section, SectionText
from treaties.codes import request_type_by_code

PIECES_LIMIT = 5_000
_BODY = {"country", "exporter", "exported_on", "pieces", "sections"}
_SECTION = {"section", "text_zh", "text_en", "sources", "author", "reviewer", "published_on"}


class Verdict(models.TextChoices):
    """How a line of the file stands to ours; those in TICKED are ticked until the officer says otherwise."""

    ADDED = "added", gettext_lazy("我方没有")
    SETTLES = "settles", gettext_lazy("值相同，对方已核实")
    DIFFERS = "differs", gettext_lazy("不同，对方较新或同日")
    OLDER = "older", gettext_lazy("不同，对方较旧")
    OURS = "ours", gettext_lazy("我方民警已核对，不同")
    WITHDRAWN = "withdrawn", gettext_lazy("我方已撤下")


TICKED = (Verdict.ADDED, Verdict.SETTLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that may be taken over: a value, a row that we have not, or a section. `fault`: why it cannot be."""

    id: str
    piece: Piece
    group: Any
    title: str
    verdict: Verdict
    # (what it is called, ours, theirs), for a new row all its values.
    values: Sequence[tuple[Any, Told | None, Told]] = ()
    # What a new row holds beside them: (what it is called, what it says).
    beside: Sequence[tuple[Any, str]] = ()
    field: str = ""
    # When and why we have withdrawn it.
    note: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionLine:
    """A written section; it is taken over as a draft of the officer's own."""

    id: str
    section: str
    title: Any
    verdict: Verdict
    ours: SectionText | None
    theirs: Mapping[str, str]
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A file that was read, and what it would change."""

    opened: seal.Opened
    country: Country
    exporter: str
    exported_on: date
    lines: list[Line] = field(default_factory=list)
    texts: list[SectionLine] = field(default_factory=list)
    same: int = 0
    # Of what was seen of ours: what has another when it is applied is compared anew.
    seen: str = ""


def compare(actor: Actor, content: bytes, *, lock: bool = False) -> tuple[Comparison, Held]:
    """The file beside what we have. Raises TooLarge, Malformed with what is wrong with the file."""
    opened = seal.opened(content)
    body, today = opened.body, day_of(clock())
    country, exported_on = _head(body, today)
    pieces, texts = _pieces(body, today), [_text(data, today) for data in _listed(body, "sections")]
    ours = held(country, lock=lock)
    lines = [line for piece in pieces for line in _lines(country, piece, ours)]
    holding = published(country)
    found = [line for text in texts if (line := _section_line(actor, country, holding, text)) is not None]
    return Comparison(
        opened=opened,
        country=country,
        exporter=str(body["exporter"]),
        exported_on=exported_on,
        lines=lines,
        texts=found,
        same=_agreeing(pieces, lines) + len(texts) - len(found),
        seen=_digest(ours, holding),
    ), ours


def _agreeing(pieces: Sequence[Piece], lines: Sequence[Line]) -> int:
    told = sum(max(len(piece.values), 1) for piece in pieces)
    return told - sum(max(len(line.values), 1) for line in lines)


def _digest(ours: Held, holding: Mapping[str, SectionText]) -> str:
    """Of all that was compared."""
    told = [piece.data() for _row, piece in ours.values()]
    texts = sorted((code, row.number) for code, row in holding.items())
    return hashlib.sha256(seal.canonical([told, texts])).hexdigest()


# --- Reading the body ------------------------------------------------------------------------------------------------


def _head(body: Mapping[str, Any], today: date) -> tuple[Country, date]:
    if set(body) != _BODY or not isinstance(body["country"], dict):
        raise unfit("body")
    code = text_of(body["country"].get("code"), "country/code", 10)
    if not visible(text_of(body["exporter"], "exporter", 100)):
        raise unfit("exporter")
    country = country_by_code(code)
    if country is None:
        words = _("文件说的是代码 %(code)s，国别台账里没有这个国家。")
        raise seal.refused("unknown_country", words % {"code": code})
    return country, _day(body["exported_on"], "exported_on", today)


def _day(text: Any, where: str, today: date) -> date:
    found = date_of(text, where)
    if found.toordinal() > today.toordinal() + 1:
        words = _("%(day)s 还没有到：对方的时钟不对，或者本机的不对。")
        raise seal.refused("from_the_future", words % {"day": found.isoformat()})
    return found


def _listed(body: Mapping[str, Any], name: str) -> list[Any]:
    rows = body[name]
    if not isinstance(rows, list) or len(rows) > PIECES_LIMIT:
        raise unfit(name)
    return rows


def _pieces(body: Mapping[str, Any], today: date) -> list[Piece]:
    rows = _listed(body, "pieces")
    pieces = [piece_in(data, SHELVES, f"pieces/{n}", today) for n, data in enumerate(rows)]
    if len({(piece.kind, piece.key) for piece in pieces}) < len(pieces):
        raise unfit("pieces")
    alike = defaultdict(set)
    for piece in pieces:
        if SHELVES[piece.kind].counted:
            alike[piece.kind, piece.key[:-1]].add(piece.key[-1])
    if any(found != {str(n) for n in range(1, len(found) + 1)} for found in alike.values()):
        raise unfit("pieces")
    order = list(SHELVES)
    return sorted(pieces, key=lambda piece: order.index(piece.kind))


def _text(data: Any, today: date) -> dict[str, str]:
    if not isinstance(data, dict) or set(data) != _SECTION or data["section"] not in Section.values:
        raise unfit("sections")
    for name in ("text_zh", "text_en"):
        text_of(data[name], f"sections/{name}", sections.TEXT_LIMIT, blank=True)
    for name in ("text_zh", "sources", "author", "reviewer"):
        text_of(data[name], f"sections/{name}", sections.TEXT_LIMIT)
    _day(data["published_on"], "sections/published_on", today)
    return dict(data)


# --- Lines -----------------------------------------------------------------------------------------------------------


def _lines(country: Country, piece: Piece, ours: Held) -> Iterator[Line]:
    shelf = SHELVES[piece.kind]
    row, mine = ours.get((piece.kind, piece.key), (None, None))
    if mine is None or not shelf.keyed(piece):
        if piece.values or piece.plain:
            yield _new_row(country, piece, shelf)
        return
    gone = withdrawn(row)
    for name, theirs in piece.values.items():
        verdict = _verdict(mine.values.get(name), theirs)
        if verdict is not None:
            yield Line(
                id=line_id(piece, name),
                piece=piece,
                group=shelf.label,
                title=shown(shelf.title(row)),
                verdict=Verdict.WITHDRAWN if gone else verdict,
                note=_withdrawal(gone),
                values=[_value(shelf, row, name, mine.values.get(name), theirs)],
                field=name,
                fault=_once(shelf, row, {name: theirs})[0],
            )


def _new_row(country: Country, piece: Piece, shelf: Shelf) -> Line:
    told: dict[str, Any] = {"id": line_id(piece, ""), "piece": piece, "group": shelf.label}
    try:
        row = made(country, piece)
    except DomainError as error:
        words = str(error.reasons[0].words if error.reasons else error.message)
        bare = [(shelf.names[name], None, one) for name, one in piece.values.items()]
        title = shown(" ".join(filter(None, piece.key)))
        return Line(**told, verdict=Verdict.ADDED, title=title, values=bare, fault=words)
    gone = shelf.gone(country, piece) or withdrawn(row)
    told |= {"verdict": Verdict.WITHDRAWN if gone else Verdict.ADDED, "note": _withdrawal(gone)}
    values = [_value(shelf, row, name, None, one) for name, one in piece.values.items()]
    fault, title = _once(shelf, row, piece.values)
    held = [
        (label, shelf.word(row, name, said)) for name, label in shelf.beside.items() if (said := getattr(row, name))
    ]
    return Line(**told, title=title, values=values, beside=held, fault=strange_beside(shelf, row) or fault)


def _withdrawal(gone: Any) -> str:
    """When and why we have withdrawn it, "" for what holds."""
    if gone is None:
        return ""
    why = gone.withdrawn_because if isinstance(gone, LedgerRecord) else gone.withdrawn_why
    return _("我方 %(day)s 撤下：%(why)s") % {"day": day_of(gone.withdrawn_at).isoformat(), "why": why}


def made(country: Country, piece: Piece) -> Any:
    """A row for the piece, not stored, without its values. Raises Malformed where there can be none here."""
    if not SHELVES[piece.kind].keyed(piece):
        raise Malformed(_("这一行的编号和它自己的名称、日期对不上，导入几次就会多出几条。"))
    if piece.kind == "entry" and piece.key[1] and request_type_by_code(piece.key[1]) is None:
        raise Malformed(_("本系统没有这种请求，两边的版本不同。"))
    return SHELVES[piece.kind].fresh(country, piece)


def line_id(piece: Piece, name: str) -> str:
    """A short name for a tick, the same whenever the file is read."""
    return hashlib.sha256(seal.canonical([piece.kind, list(piece.key), name])).hexdigest()[:20]


def _value(shelf: Shelf, row: Any, name: str, ours: Told | None, theirs: Told) -> tuple[Any, Told | None, Told]:
    return shelf.names[name], _worded(shelf, row, name, ours) if ours else None, _worded(shelf, row, name, theirs)


def _worded(shelf: Shelf, row: Any, name: str, told: Told) -> Told:
    parts = {part: getattr(told, part) for part in ("source", "as_of", "confidence", "by")}
    return Told(value=shelf.word(row, name, told.value), **parts)


def _verdict(ours: Told | None, theirs: Told) -> Verdict | None:
    """None where nothing would change."""
    if ours is None:
        return Verdict.ADDED
    if ours.value == theirs.value:
        settles = ours.confidence in UNSETTLED and theirs.confidence not in UNSETTLED
        return Verdict.SETTLES if settles else None
    if ours.confidence == FactConfidence.CONFIRMED:
        return Verdict.OURS
    return Verdict.OLDER if theirs.as_of < ours.as_of else Verdict.DIFFERS


def _once(shelf: Shelf, row: Any, values: Mapping[str, Told]) -> tuple[str, str]:
    """What would be wrong with the row once it had these values, and what it would be called; it is left as it was."""
    before = {name: getattr(row, name) for name in values}
    for name, told in values.items():
        setattr(row, name, shelf.inward(row, name, value_of(shelf.model, name, told.value, name)))
    found = strange(shelf, row, values) or shelf.fault(row, values), shown(shelf.title(row))
    for name, value in before.items():
        setattr(row, name, value)
    return found


def _section_line(
    actor: Actor, country: Country, holding: Mapping[str, SectionText], theirs: dict[str, str]
) -> SectionLine | None:
    ours = holding.get(theirs["section"])
    draft = sections.own(actor, country, theirs["section"])
    for one in (ours, draft):
        if one is not None and (one.text_zh, one.text_en) == (theirs["text_zh"], theirs["text_en"]):
            return None
    verdict = Verdict.ADDED
    if ours is not None and ours.decided_at is not None:
        older = theirs["published_on"] < day_of(ours.decided_at).isoformat()
        verdict = Verdict.OLDER if older else Verdict.DIFFERS
    words = _("你在这一节有自己的草稿。先送出或者放弃它，再采用对方的文字。") if draft is not None else _unsaid(theirs)
    return SectionLine(
        id=f"section-{theirs['section']}",
        section=theirs["section"],
        title=Section(theirs["section"]).label,
        verdict=verdict,
        ours=ours,
        theirs={name: shown(text) for name, text in theirs.items()},
        fault=words,
    )


def _unsaid(theirs: Mapping[str, str]) -> str:
    """What no text of ours may say; the names of those who wrote and reviewed it come into its sources."""
    who = f"{theirs['author']}\n{theirs['reviewer']}"
    words = [sections.Words(text_zh=theirs["text_zh"], text_en=theirs["text_en"]), sections.Words(text_zh=who)]
    found = [reason for one in words for reason in one.faults()]
    found += facts.faults_of_words("sources", theirs["sources"], sections.TEXT_LIMIT)
    return str(found[0].words) if found else ""
