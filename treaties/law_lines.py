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
from treaties.queries.type_lines import line_key

ZH_LIMIT, EN_LIMIT, WHO_LIMIT, TRIGGER_LIMIT, MOST = 200, 300, 60, 120, 999
STRENGTHS: Mapping[str, Sequence[str]] = {
    "required_contents": tuple(LEVELS),
    "required_attachments": tuple(LEVELS),
    "refusal_grounds": tuple(strength.value for strength in GROUNDS),
}
# What the text of a period may give no number for.
_NUMBERLESS = frozenset({PeriodKind.FROM_REQUEST, PeriodKind.UNSPECIFIED})
# Sections whose article may stand alone.
WORDLESS = frozenset({"legal_basis", "channel"})
# Where the data calls a field by another name than the form.
_STORED: Mapping[str, Mapping[str, str]] = {
    "authority_chain": {"who": "actor_zh", "who_en": "actor_en", "zh": "action_zh"},
    "approval": {"who": "approver_zh", "who_en": "approver_en", "zh": "what"},
    "urgent_path": {"en": "effect"},
    "assurances": {"who": "given_by"},
}

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
    who: str = ""
    who_en: str = ""
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
        if not fits(self.zh, ZH_LIMIT) and (self.zh or self.section not in WORDLESS):
            words = _("用自己的话写，最多 %(limit)s 个字。") % {"limit": ZH_LIMIT}
            yield Reason("bad_words", words, f"{self.place}/zh")
        if not self.who and self.section in ACTING:
            yield Reason("nobody", _("写明由谁办或者由谁审批。"), f"{self.place}/who")
        for name, limit in (("en", EN_LIMIT), ("who", WHO_LIMIT), ("who_en", EN_LIMIT)):
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
        stored = _STORED.get(self.section, {})
        typed = {stored.get(name, name): value for name, value in self._values().items() if name not in _DERIVED}
        found = {**former, **typed, "cite": self.article, "source": source}
        found["cite_zh"] = article_name(self.article, names)
        if self.section == "refusal_grounds":
            del found["level"]  # they stand under their strength
        if self.checked:
            found.pop("verified", None)
        else:
            found["verified"] = "secondary"
        return {name: value for name, value in found.items() if value is not None}


# What the form asks of a line, section by section, in the order of a request's life.
_COMMON = ("zh", "en", "article", "checked")
_DERIVED = frozenset({"article", "checked"})
FIELDS: Mapping[str, Sequence[str]] = {
    "legal_basis": _COMMON,
    "channel": _COMMON,
    "authority_chain": ("who", "who_en", *_COMMON),
    "approval": ("who", "who_en", *_COMMON),
    "conditions": _COMMON,
    "contents_rule": _COMMON,
    "required_contents": ("level", *_COMMON),
    "required_attachments": ("level", *_COMMON),
    "language": _COMMON,
    "assurances": ("who", *_COMMON),
    "time_limits": ("value", "unit", "kind", "trigger_zh", *_COMMON),
    "urgent_path": _COMMON,
    "refusal_grounds": ("level", *_COMMON),
    "return_grounds": _COMMON,
    "postponement": _COMMON,
    "result_handling": _COMMON,
    "costs": _COMMON,
    "special_rules": _COMMON,
}
# Sections whose lines say who acts.
ACTING = frozenset({"authority_chain", "approval"})


def shown(section: str, level: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """A line as the form shows it, in our own words."""
    stored = _STORED.get(section, {})
    found = {
        **entry,
        **{name: entry[other] for name, other in stored.items() if other in entry},
        "zh": written(entry) or short_zh(entry) or said_zh(entry),  # in our own words
        "level": level,
        "article": entry.get("cite", ""),
        "checked": entry.get("verified") is None,
    }
    return {name: found.get(name, None if name == "value" else "") for name in FIELDS[section]}


def lines_by_key(data: Mapping[str, Any]) -> dict[tuple[str, str], tuple[str, Mapping[str, Any]]]:
    """The lines of the data, each with its strength, by section and key, in order."""
    return {
        (section, line_key(entry)): (level, entry)
        for section in FIELDS
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
            former = {**held.get(place, ("", {}))[1], "key": place[1]}  # what it was called stays its key
            kept[place] = (line.level, line.entry(former, source=source, names=names))
    for section in FIELDS:
        found = [(level, entry) for (of, _key), (level, entry) in kept.items() if of == section]
        if found or section in data:
            data[section] = _part(section, found, data.get(section))
    return data


def _part(section: str, found: Sequence[tuple[str, Mapping[str, Any]]], former: Any) -> Any:
    if section != "refusal_grounds":
        return [entry for _level, entry in found]
    strengths = [one for one in STRENGTHS[section] if one in (former or {}) or any(level == one for level, _e in found)]
    return {strength: [entry for level, entry in found if level == strength] for strength in strengths}
