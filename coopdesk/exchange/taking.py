"""Taking over what was chosen of a file, all of it or nothing; each value keeps its source, its day and its confidence."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from agencies import audit, turns
from agencies.actors import Actor
from agencies.errors import Conflict, Malformed, Reason, StaleVersion
from coopdesk.exchange.comparing import Comparison, Line, SectionLine, compare, made
from coopdesk.exchange.writing import SHELVES, Held
from countries import facts, sections
from countries.exchange.told import Told, value_of
from countries.facts import SOURCE_LIMIT, Origin
from countries.models import Country, FactConfidence
from countries.policies import require_keeper
from treaties.models import Instrument


def look(*, actor: Actor, content: bytes) -> Comparison:
    """The file beside what we have. Raises NotPermitted (the ministry's desk), TooLarge, Malformed."""
    require_keeper(actor)
    return compare(actor, content)[0]


@transaction.atomic
def take(*, actor: Actor, content: bytes, chosen: Collection[str], seen: str) -> int:
    """Take over the chosen lines of the file; gives how many that were. `seen` is what the page with
    the choice had seen of ours.

    Raises NotPermitted, TooLarge, Malformed for the file or when nothing was chosen, StaleVersion when something of the
    country has changed since, Conflict when a choice cannot stand. Then nothing is written.
    """
    require_keeper(actor)
    code = str(compare(actor, content)[0].country.code)
    turns.wait(turns.Turn.EXCHANGE, code)
    found, ours = compare(actor, content, lock=True)
    if found.seen != seen:
        raise StaleVersion(_("你看过之后，另有人改了这个国家的台账。什么都没有写；下面是重新对照的结果，你选的还在。"))
    lines = [line for line in found.lines if line.id in chosen and not line.fault]
    texts = [line for line in found.texts if line.id in chosen and not line.fault]
    if not lines and not texts:
        raise Malformed(reasons=[Reason("nothing_chosen", _("一项也没有选。选上要采用的，再导入。"), "/choose")])
    done = sum(_take(actor, found, ours, line) for line in lines)
    for text in texts:
        _draft(actor, found, text)
    told = {"site": found.opened.site, "key": found.opened.key, "sha256": found.opened.sha256}
    counted = {"values": done, "sections": len(texts)}
    audit.record(actor=actor, kind="ledger.import", subject=f"country:{code}", facts=told | counted)
    return len(lines) + len(texts)


def _take(actor: Actor, found: Comparison, ours: Held, line: Line) -> int:
    shelf, piece = SHELVES[line.piece.kind], line.piece
    names = [line.field] if line.field else list(piece.values)
    try:
        row = ours[piece.kind, piece.key][0] if line.field else made(found.country, piece)
        _refuse_loose(row, line)
        told: dict[str, tuple[Any, Origin]] = {
            name: (
                shelf.inward(row, name, value_of(shelf.model, name, piece.values[name].value, name)),
                _origin(found, actor, piece.values[name]),
            )
            for name in names
        }
        with transaction.atomic():
            return len(facts.adopt(actor=actor, row=row, told=told, country=_country(found.country, row)))
    except (IntegrityError, DataError) as error:
        words = _("“%(title)s”和这里已有的互相矛盾（例如生效早于签署）。整份文件都没有导入：去掉这一项再试。")
        raise Conflict(words % {"title": line.title}) from error


def _country(country: Country, row: Any) -> Country | None:
    """Changes of a treaty are of no country, as the registry has it."""
    return country if hasattr(row, "country_id") else None


def _refuse_loose(row: Any, line: Line) -> None:
    instrument = getattr(row, "instrument", None)
    if isinstance(instrument, Instrument) and instrument.pk is None:
        words = _("没有选条约“%(title)s”本身，就不能单选它的这一项。整份文件都没有导入。")
        raise Conflict(words % {"title": line.title})


def _origin(found: Comparison, actor: Actor, told: Told) -> Origin:
    """As over there; only that nobody here has checked it: what they confirmed counts as `sourced`. What is stored is Chinese."""
    confidence = told.confidence
    if confidence == FactConfidence.CONFIRMED:
        confidence = FactConfidence.SOURCED.value
    source = told.source
    if source != FactConfidence.RECOLLECTION.value:
        by = f"{told.by}核对，" if told.by else ""
        way = f"（{by}{found.opened.site} {found.exported_on.isoformat()} 交换）"
        source = Truncator(source).chars(SOURCE_LIMIT - len(way)) + way
    return Origin(source=source, as_of=told.as_of, confidence=confidence, by=actor.person_id)


def _draft(actor: Actor, found: Comparison, line: SectionLine) -> None:
    """Their words as his own draft, which somebody else reviews like any other."""
    theirs = line.theirs
    site, day = found.opened.site, found.exported_on.isoformat()
    who = f"{theirs['author']}写，{theirs['reviewer']}复核，{theirs['published_on']}发布"
    way = f"{site} {day} 交换：{who}。"
    sources = Truncator(theirs["sources"]).chars(sections.SOURCES_LIMIT - len(way) - 1)
    words = sections.Words(text_zh=theirs["text_zh"], text_en=theirs["text_en"], sources=f"{sources}\n{way}")
    based_on = line.ours.number if line.ours is not None else None
    sections.write(actor=actor, country=found.country, section=line.section, words=words, based_on=based_on)
