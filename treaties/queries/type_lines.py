"""The law of a request type line by line, and what differs between two versions of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2s
from typing import Any

from django.utils.functional import Promise

from agencies.language import english
from countries import facts
from treaties.law_terms import CONDITIONS, CONFIDENCE, GROUNDS, LEVELS
from treaties.models import DOMESTIC, KEPT, Confidence, Instrument
from treaties.queries.articles import SECTIONS
from treaties.queries.own_words import own_words, said_zh, short_zh, translated, written


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `level` is its strength (treaties.law_terms), "" where the section knows none. `read_in`: where the text of
    its statute was read; known to whom gives that along."""

    section: str
    level: str
    entry: Mapping[str, Any]
    read_in: str = ""

    @property
    def key(self) -> str:
        """What it is called from version to version."""
        return line_key(self.entry)

    @property
    def cite(self) -> str:
        return str(self.entry.get("cite", ""))

    @property
    def statute(self) -> str:
        """The code of the statute or rule."""
        return self.cite.partition("-")[0]

    @property
    def article(self) -> str:
        """The article as a letter cites it."""
        return str(self.entry.get("cite_zh") or self.cite)

    @property
    def words(self) -> str:
        """What it says, in the language of the page: in our own words where there are any, else as the data names it."""
        return own_words(self.entry) or said_zh(self.entry)

    @property
    def zh(self) -> str:
        """The same in Chinese, whatever the language."""
        return written(self.entry) or short_zh(self.entry) or said_zh(self.entry)

    @property
    def who(self) -> str:
        """Who acts, approves or promises, in the language of the page."""
        en = self.entry.get("actor_en") or self.entry.get("approver_en")
        if english() and en:
            return str(en)
        zh = next((self.entry[name] for name in ("actor_zh", "approver_zh", "given_by") if name in self.entry), "")
        return translated(str(zh))

    @property
    def when(self) -> str | Promise:
        """Under what condition it is wanted."""
        code = str(self.entry.get("when", ""))
        return CONDITIONS.get(code, code)

    @property
    def confidence(self) -> Confidence:
        return CONFIDENCE[self.entry.get("verified")]

    @property
    def unsettled(self) -> bool:
        """Does it show as 待核实?"""
        return self.confidence != Confidence.OFFICIAL

    @property
    def source(self) -> str:
        """Where the ministry has it from; "" for a line of the seeds."""
        return str(self.entry.get("source", ""))


def line_key(entry: Mapping[str, Any]) -> str:
    """What a line is called from version to version; many of the seeds have no key: those by their article and words."""
    if "key" in entry:
        return str(entry["key"])
    names = ("cite", "actor_zh", "approver_zh")
    said = "\n".join([*(str(entry.get(name, "")) for name in names), said_zh(entry)])
    return blake2s(said.encode(), digest_size=8).hexdigest()


def lines_of(data: Mapping[str, Any], texts: Mapping[str, str] | None = None) -> dict[str, list[Line]]:
    """The lines of each section that has any, in the order of a request's life; `texts` as `texts_read` gives them."""
    found = {section: list(_lines(section, data.get(section))) for section in SECTIONS}
    if texts:
        found = {
            section: [replace(line, read_in=texts.get(line.statute, "")) for line in lines]
            for section, lines in found.items()
        }
    return {section: lines for section, lines in found.items() if lines}


def texts_read() -> dict[str, str]:
    """Where the text of each of our statutes and rules was read, by its code."""
    held = Instrument.objects.filter(KEPT, kind__in=DOMESTIC)
    return {one.code: origin.source for one in held if (origin := facts.origin_of(one, "title_zh")) is not None}


def _lines(section: str, part: Any) -> Iterator[Line]:
    if isinstance(part, Mapping):
        for strength in GROUNDS:
            yield from (Line(section, strength.value, entry) for entry in part.get(strength.value, ()))
        return
    for entry in part or ():
        yield Line(section, entry.get("level", "") if entry.get("level") in LEVELS else "", entry)


@dataclass(frozen=True, slots=True)
class Difference:
    """A line that two versions do not have alike; None: it is not there."""

    section: str
    before: Line | None
    after: Line | None


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What was taken out, changed and added from one version to the other, section by section."""
    found = []
    old, new = lines_of(before), lines_of(after)
    for section in SECTIONS:
        left, right = _by_key(old.get(section, ())), _by_key(new.get(section, ()))
        keys = [*left, *(key for key in right if key not in left)]
        pairs = [(left.get(key), right.get(key)) for key in keys]
        found += [Difference(section, one, other) for one, other in pairs if not _alike(one, other)]
    return found


def _by_key(lines: Iterable[Line]) -> dict[str, Line]:
    return {line.key: line for line in lines}


def _alike(one: Line | None, other: Line | None) -> bool:
    return one is not None and other is not None and (one.level, one.entry) == (other.level, other.entry)
