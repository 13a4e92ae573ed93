"""How a value is shown with its source: the pairs of its popover, and the numbers of its notes in print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _

from agencies.models import Officer
from countries.ledger import Origins, Value
from countries.models import UNSETTLED, FactConfidence

Pairs = list[tuple[str | Promise, Any]]


@dataclass(slots=True)
class Notes:
    """The sources of a page: who vouched for what, and in print a number for each."""

    officers: Mapping[int, Officer] = field(default_factory=dict)
    told: dict[tuple[str, str, str, Any], int] = field(default_factory=dict)

    def numbers(self, origins: Iterable[Origins]) -> list[int]:
        """The numbers under which print lists these."""
        keys = [(one["source"], one["as_of"], one["confidence"], one["by"]) for one in origins]
        return sorted({self.told.setdefault(key, len(self.told) + 1) for key in keys})

    def pairs(self, origins: Sequence[Origins]) -> Pairs:
        """What the popover says: source, day, confidence, and what remains to be done."""
        found: Pairs = []
        for origin in origins:
            found.append((_("来源"), _source(origin["source"])))
            found.append((_("截至"), origin["as_of"] or None))
            found.append((_("可信度"), FactConfidence(origin["confidence"]).label))
            if (officer := self.officers.get(origin["by"] or 0)) is not None:
                found.append((_("核对人"), format_html('<span lang="zh-CN" data-user>{}</span>', officer.name)))
        if any(origin["confidence"] in UNSETTLED for origin in origins):
            found.append((_("要做"), _("国别管理员查原文后确认")))
        return found

    @property
    def listed(self) -> list[tuple[int, Any, str, str | Promise]]:
        """Every source by its number: what, as of when, how sure."""
        return [
            (number, _source(source), as_of, FactConfidence(confidence).label)
            for (source, as_of, confidence, _by), number in self.told.items()
        ]


def _source(source: str) -> Any:
    if source == FactConfidence.RECOLLECTION.value:
        return _("凭记忆录入，未见原文")
    return format_html("<span data-user>{}</span>", source)


@dataclass(frozen=True, slots=True)
class Shown:
    """A value for `countries/_value.html`; `text` may be a mark, `url` leads to the value's own page."""

    label: str | Promise
    text: Any
    facts: Pairs
    numbers: list[int]
    check: bool
    words: str = ""
    language: str = ""
    url: str = ""
    cell: str = ""


_CELLS = {"yes": "yes", "partly": "part", "no": "no", "unknown": "unknown"}


def shown(value: Value, notes: Notes, url: str = "") -> Shown:
    """The value as the page shows it."""
    origins, text = value.origins, value.text
    code = value.entry.code if value.entry is not None else ""
    if text and not code:
        text = format_html('<span lang="{}" data-user>{}</span>', value.language, text)
    return Shown(
        label=value.topic.name,
        text=text,
        facts=notes.pairs(origins),
        numbers=notes.numbers(origins),
        check=value.unsettled,
        words=value.words,
        language=value.language,
        url=url,
        cell=_CELLS.get(code, "") if value.topic.per_type else "",
    )


def plain(label: str | Promise, text: Any, origins: Sequence[Origins], notes: Notes, url: str = "") -> Shown:
    """Something else that has a source: a date of a treaty, the length of a frontier."""
    return Shown(
        label=label,
        text=text,
        facts=notes.pairs(origins),
        numbers=notes.numbers(origins),
        check=any(origin["confidence"] in UNSETTLED for origin in origins),
        url=url,
    )
