"""How the law of a type is said on its pages: its sections, its strengths, where a version stands, what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.doors import words
from agencies.errors import NotVisible
from treaties.codes import request_type_by_code
from treaties.law_terms import LEVELS, UNITS
from treaties.models import RequestType, Strength, TypeLaw
from treaties.queries.articles import SECTIONS
from treaties.queries.type_lines import Difference, Line

# The strengths in the order of the page, each with the kind of its tag.
TAGS: Mapping[str, str] = {
    "mandatory": "must",
    "as_needed": "need",
    "by_reference": "ref",
    "optional": "need",
    "no_obligation": "ref",
}
_WHO: Mapping[str, Promise] = {
    "authority_chain": gettext_lazy("谁"),
    "approval": gettext_lazy("谁"),
    "assurances": gettext_lazy("由谁承诺"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of a section that have one strength; without strengths all of them."""

    level: str | Promise
    tag: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Section:
    """One section on the page. `who`: what the column of names is called, "" without one."""

    key: str
    title: Promise
    who: str | Promise
    groups: Sequence[Group]

    @property
    def count(self) -> int:
        return sum(len(group.lines) for group in self.groups)


def sections(lines: Mapping[str, Sequence[Line]]) -> list[Section]:
    """The sections that a page shows in words; articles alone (依据, 渠道) and periods are shown in their own way."""
    shown = [key for key in lines if key not in ("legal_basis", "channel", "time_limits")]
    return [Section(key, SECTIONS[key], _WHO.get(key, ""), _groups(key, lines[key])) for key in shown]


def _groups(section: str, lines: Sequence[Line]) -> list[Group]:
    by_level: dict[str, list[Line]] = {level: [] for level in ("", *TAGS)}
    for line in lines:
        by_level[line.level].append(line)
    return [Group(level_name(section, level), TAGS.get(level, ""), found) for level, found in by_level.items() if found]


def level_name(section: str, level: str) -> str | Promise:
    """应当 of a content, 应当拒绝 of a ground; "" without strength."""
    if not level:
        return ""
    return Strength(level).label if section == "refusal_grounds" else LEVELS[level]


def text_of(line: Line) -> str:
    """A line in one sentence, for reading two versions side by side."""
    entry = line.entry
    amount = words.period(entry["value"], UNITS[entry["unit"]], entry.get("value_max")) if entry.get("value") else ""
    parts: list[Any] = [level_name(line.section, line.level), line.who, line.words, amount, entry.get("trigger_zh", "")]
    parts += [line.when, line.article, _("待核实") if line.unsettled else ""]
    parts.append(_("出处：%(source)s") % {"source": line.source} if line.source else "")
    return _("；").join(str(part) for part in parts if part)


def changed(one: Difference) -> dict[str, Any]:
    """A difference of two versions, ready to be set side by side."""
    how = _("新加") if one.before is None else _("去掉") if one.after is None else _("改动")
    return {
        "section": SECTIONS[one.section],
        "how": how,
        "before": text_of(one.before) if one.before else "",
        "after": text_of(one.after) if one.after else "",
    }


def mark_of(row: TypeLaw, versions: Sequence[TypeLaw], on: date) -> tuple[str, str]:
    """A shape of the status marks and the word beside it: how the version stands on the day."""
    later = [one.effective_from for one in versions if one.number > row.number and one.effective_from]
    began = row.effective_from or date.min
    if any(day < began or day == began > on for day in later):
        return "withdrawn", _("没有适用过")
    if began > on:
        return "waiting", _("还没有开始")
    replaced = any(day <= on for day in later)
    return ("withdrawn", _("已被替换")) if replaced else ("closed", _("适用中"))


def type_or_404(code: str) -> RequestType:
    """The request type, or NotVisible."""
    kind = request_type_by_code(code)
    if kind is None:
        raise NotVisible
    return kind
