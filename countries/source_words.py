"""How a value is shown with its source: the pairs of its popover, and the numbers of its notes in print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agencies.models import Officer
from countries.ledger import Origins, Value
from countries.models import UNSETTLED, FactConfidence

Pairs = list[tuple[str | Promise, Any]]


@dataclass(slots=True)
class Notes:
    """The sources of a page: who vouched for what, and in print a number for each."""

    officers: Mapping[int, Officer] = field(default_factory=dict)
    told: dict[tuple[str, str, str, Any], int] = field(default_factory=dict)
    _popovers: dict[tuple[int, ...], SafeString] = field(default_factory=dict)

    def numbers(self, origins: Iterable[Origins]) -> list[int]:
        """The numbers under which print lists these."""
        keys = [(one["source"], one["as_of"], one["confidence"], one["by"]) for one in origins]
        return sorted({self.told.setdefault(key, len(self.told) + 1) for key in keys})

    def pairs(self, origins: Sequence[Origins]) -> Pairs:
        """What the popover says: source, day, confidence, and what remains to be done."""
        found: Pairs = []
        for origin in origins:
            found.append((_("来源"), source_told(origin["source"])))
            found.append((_("截至"), origin["as_of"] or None))
            found.append((_("可信度"), FactConfidence(origin["confidence"]).label))
            if (officer := self.officers.get(origin["by"] or 0)) is not None:
                vouched = origin["confidence"] == FactConfidence.CONFIRMED
                told = _("核对人") if vouched else pgettext("fact", "录入人")
                found.append((told, format_html('<span lang="zh-CN" data-user>{}</span>', officer.name)))
        if any(origin["confidence"] in UNSETTLED for origin in origins):
            found.append((_("要做"), _("国别管理员查原文后确认")))
        return found

    def popover(self, origins: Sequence[Origins]) -> SafeString:
        """The same as markup; most values of a page share a few origins."""
        key = tuple(self.numbers(origins))
        if key not in self._popovers:
            rows = format_html_join("", "<dt>{}</dt><dd>{}</dd>", ((a, _or_unknown(b)) for a, b in self.pairs(origins)))
            self._popovers[key] = format_html('<dl class="facts">{}</dl>', rows)
        return self._popovers[key]

    @property
    def listed(self) -> list[tuple[int, Any, str, str | Promise]]:
        """Every source by its number: what, as of when, how sure."""
        return [
            (number, source_told(source), as_of, FactConfidence(confidence).label)
            for (source, as_of, confidence, _by), number in self.told.items()
        ]


def source_told(source: str) -> Any:
    """A source as a page tells it: in its own language, and what was remembered in words."""
    if source == FactConfidence.RECOLLECTION.value:
        return _("凭记忆录入，未见原文")
    return format_html("<span data-user>{}</span>", source)


def _or_unknown(value: Any) -> Any:
    return value or format_html('<span class="muted">{}</span>', _("未收录"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A value for `{% fact %}`; `text` may be a mark, `url` leads to the value's own page."""

    label: str | Promise
    text: Any
    popover: SafeString
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
        popover=notes.popover(origins) if origins else SafeString(),
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
        popover=notes.popover(origins) if origins else SafeString(),
        numbers=notes.numbers(origins),
        check=any(origin["confidence"] in UNSETTLED for origin in origins),
        url=url,
    )


# --- Markup ----------------------------------------------------------------------------------------------------------


def fact(one: Shown, *, desk: bool = False, short: bool = False, end: bool = False) -> SafeString:
    """The value and its source popover, as `components/source.html` draws one; a page draws hundreds.

    A blank is 未收录, for the desk with a link to fill it; `short` makes it a dash. `end` opens the popover leftwards.
    """
    if not one.text:
        return _blank(one, desk, short)
    text = format_html('<span class="cell" data-v="{}">{}</span>', one.cell, one.text) if one.cell else one.text
    words = SafeString()
    if one.words:
        words = format_html(' <span class="soft small" lang="{}" data-user>{}</span>', one.language, one.words)
    source = _popover(one, end) if one.popover else ""
    return format_html('<span class="fact" data-fact>{}{}{}</span>', text, words, source)


def _blank(one: Shown, desk: bool, short: bool) -> SafeString:
    said = _("未收录")
    if short:
        return format_html('<span class="muted">—<span class="vh">{}</span></span>', said)
    if not (desk and one.url):
        return format_html('<span class="muted">{}</span>', said)
    link = '<span class="muted">{}</span> <a class="small no-print" href="{}">{}<span class="vh"> {}</span></a>'
    return format_html(link, said, one.url, _("补充"), one.label)


def _popover(one: Shown, end: bool) -> SafeString:
    mark: Any = _("来源")
    if one.check:
        mark = format_html('<span class="tag tag--check">{}</span>', _("待核实"))
    link = format_html('<a href="{}">{}</a>', one.url, _("历史和更正")) if one.url else ""
    return format_html(
        ' <details class="src"><summary{}>{}<span class="vh"> {}</span></summary><div class="pop{}">{}{}</div></details>'
        '<sup class="cite">{}</sup>',
        SafeString("" if one.check else ' class="law"'),
        mark,
        one.label,
        " pop--end" if end else "",
        one.popover,
        link,
        " ".join(map(str, one.numbers)),
    )
