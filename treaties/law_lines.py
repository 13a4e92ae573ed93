"""Lines of the law as an officer of the ministry writes them, checked, and put into the data of a version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from agencies.errors import Reason
from agencies.plain_text import fits, storable
from treaties.article_names import article_name
from treaties.law_terms import GROUNDS, LEVELS, UNITS
from treaties.models import PeriodKind
from treaties.queries.own_words import said_zh, short_zh, written

ZH_LIMIT, EN_LIMIT, WHO_LIMIT, TRIGGER_LIMIT, MOST = 200, 300, 60, 120, 999
# The sections whose lines are written here.
KEPT: tuple[str, ...] = (
    "required_contents",
    "required_attachments",
    "assurances",
    "time_limits",
    "refusal_grounds",
    "special_rules",
)
STRENGTHS: Mapping[str, Sequence[str]] = {
    "required_contents": tuple(LEVELS),
    "required_attachments": tuple(LEVELS),
    "refusal_grounds": tuple(strength.value for strength in GROUNDS),
}
# What the text of a period may give no number for.
_NUMBERLESS = frozenset({PeriodKind.FROM_REQUEST, PeriodKind.UNSPECIFIED})

Held = Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line as it is to be. `key` is "" for a new one; `place` is where its reasons point to ("/time_limits-2");
    `checked`: read against the official text; `gone`: taken out."""

    section: str
    key: str
    place: str
    zh: str
    en: str = ""
    level: str = ""
    given_by: str = ""
    value: int | None = None
    unit: str = ""
    kind: str = ""
    trigger_zh: str = ""
    article: str
    checked: bool = False
    gone: bool = False

    def faults(self, held: Held, names: Mapping[str, str]) -> Iterator[Reason]:
        """Everything wrong with it; nothing is wrong with a line that is as it was, or taken out."""
        if self.key and (self.section, self.key) not in held:
            yield Reason("unknown_line", _("没有这一行，可能已被去掉。"), f"{self.place}/zh")
        elif not self.gone and not self.unchanged(held):
            yield from self._word_faults()
            if not article_name(self.article, names):
                words = _("写条款的代码，例如 IMLA-13.1.4（法律、条、款、项）；法律要在“条约和法律”里。")
                yield Reason("unknown_article", words, f"{self.place}/article")
            if self.level not in STRENGTHS.get(self.section, ("",)):
                yield Reason("unknown_code", _("选一个。"), f"{self.place}/level")
            if self.section == "time_limits":
                yield from self._period_faults()

    def _word_faults(self) -> Iterator[Reason]:
        if not fits(self.zh, ZH_LIMIT):
            words = _("用自己的话写，最多 %(limit)s 个字。") % {"limit": ZH_LIMIT}
            yield Reason("bad_words", words, f"{self.place}/zh")
        for name, limit in (("en", EN_LIMIT), ("given_by", WHO_LIMIT)):
            text = getattr(self, name)
            if len(text) > limit or not storable(text):
                yield Reason("bad_words", _("最多 %(limit)s 个字。") % {"limit": limit}, f"{self.place}/{name}")

    def _period_faults(self) -> Iterator[Reason]:
        if self.value is not None and not 1 <= self.value <= MOST:
            yield Reason("bad_amount", _("写 1 到 %(limit)s 的整数。") % {"limit": MOST}, f"{self.place}/value")
        if self.value is None and self.kind not in _NUMBERLESS:
            yield Reason(
                "no_amount", _("写明数额；条文没有数额的，性质选“按请求书”或者“未定数额”。"), f"{self.place}/value"
            )
        if self.unit not in UNITS:
            yield Reason("bad_unit", _("选一个单位。"), f"{self.place}/unit")
        if self.kind not in PeriodKind.values:
            yield Reason("unknown_code", _("选一个。"), f"{self.place}/kind")
        if not fits(self.trigger_zh, TRIGGER_LIMIT):
            words = _("写明从什么时候起算，最多 %(limit)s 个字。") % {"limit": TRIGGER_LIMIT}
            yield Reason("bad_trigger", words, f"{self.place}/trigger_zh")

    def unchanged(self, held: Held) -> bool:
        """Is it as the version has it, and not taken out?"""
        level, entry = held.get((self.section, self.key), ("", None))
        return not self.gone and entry is not None and self._values() == shown(self.section, level, entry)

    def _values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in FIELDS[self.section]}

    def entry(self, former: Mapping[str, Any], *, source: str, names: Mapping[str, str]) -> dict[str, Any]:
        """The line for the data: what the form does not ask for stays as it was."""
        found = {**former, "zh": self.zh, "en": self.en, "cite": self.article, "source": source}
        found["cite_zh"] = article_name(self.article, names)
        if self.section in ("required_contents", "required_attachments"):
            found["level"] = self.level
        if self.section == "assurances":
            found["given_by"] = self.given_by
        if self.section == "time_limits":
            found |= {"unit": self.unit, "kind": self.kind, "trigger_zh": self.trigger_zh, "value": self.value}
        if self.checked:
            found.pop("verified", None)
        else:
            found["verified"] = "secondary"
        return {name: value for name, value in found.items() if value is not None}


# What the form asks of a line, section by section.
_COMMON = ("zh", "en", "article", "checked")
FIELDS: Mapping[str, Sequence[str]] = {
    "required_contents": ("level", *_COMMON),
    "required_attachments": ("level", *_COMMON),
    "assurances": ("given_by", *_COMMON),
    "time_limits": ("value", "unit", "kind", "trigger_zh", *_COMMON),
    "refusal_grounds": ("level", *_COMMON),
    "special_rules": _COMMON,
}


def shown(section: str, level: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """A line as the form shows it, in our own words."""
    found = {
        **entry,
        "zh": written(entry) or short_zh(entry) or said_zh(entry),  # in our own words
        "level": level,
        "article": entry.get("cite", ""),
        "checked": entry.get("verified") is None,
    }
    return {name: found.get(name, None if name == "value" else "") for name in FIELDS[section]}


def lines_by_key(data: Mapping[str, Any]) -> dict[tuple[str, str], tuple[str, Mapping[str, Any]]]:
    """The lines of the sections that are kept here, each with its strength, by section and key, in order."""
    return {
        (section, entry["key"]): (level, entry)
        for section in KEPT
        for level, entry in _entries(section, data.get(section))
    }


def _entries(section: str, part: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if section == "refusal_grounds":
        for strength in STRENGTHS[section]:
            yield from ((strength, entry) for entry in (part or {}).get(strength, ()))
    else:
        yield from ((entry.get("level", ""), entry) for entry in part or ())


def with_lines(
    data: dict[str, Any], lines: Sequence[NewLine], *, source: str, number: int, names: Mapping[str, str]
) -> dict[str, Any]:
    """The data with these lines changed, added (their keys say in which version) and taken out."""
    held = lines_by_key(data)
    kept: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = dict(held)
    for n, line in enumerate(lines, 1):
        place = (line.section, line.key or f"v{number}_{n}")
        if line.gone:
            kept.pop(place, None)
        elif not line.unchanged(held):
            former = held.get(place, ("", {"key": place[1]}))[1]
            kept[place] = (line.level, line.entry(former, source=source, names=names))
    for section in KEPT:
        found = [(level, entry) for (of, _key), (level, entry) in kept.items() if of == section]
        data[section] = _part(section, found, data.get(section))
    return data


def _part(section: str, found: Sequence[tuple[str, Mapping[str, Any]]], former: Any) -> Any:
    if section != "refusal_grounds":
        return [entry for _level, entry in found]
    strengths = [one for one in STRENGTHS[section] if one in (former or {}) or any(level == one for level, _e in found)]
    return {strength: [entry for level, entry in found if level == strength] for strength in strengths}
