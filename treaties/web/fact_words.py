"""How the registry's values are said on a page: their names, their text, where each comes from, how things stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from agencies.doors import words
from agencies.language import english
from agencies.models import Officer
from countries import facts
from countries.facts import Origin
from countries.models import UNSETTLED, FactConfidence, Sourced
from treaties.family_words import family_name
from treaties.models import DOMESTIC, Instrument, InstrumentKind, Party, Standing
from treaties.queries.registry import name_of
from treaties.standing import Pair

LABELS: Mapping[str, Promise] = {
    "title_zh": gettext_lazy("中文名称"),
    "title_en": gettext_lazy("英文名称"),
    "adopted_on": gettext_lazy("通过"),
    "adopted_place": gettext_lazy("地点"),
    "general_force_on": gettext_lazy("公约生效"),
    "signed_on": gettext_lazy("签署"),
    "signed_partial": gettext_lazy("签署（只知年月）"),
    "ratified_on": gettext_lazy("全国人大常委会决定"),
    "joined_on": gettext_lazy("交存"),
    "joined_by": gettext_lazy("参加方式"),
    "in_force_on": pgettext_lazy("day", "生效"),
    "terminated_on": pgettext_lazy("day", "终止"),
    "stated": gettext_lazy("来源所记状态"),
    "reservation": gettext_lazy("保留和声明"),
    "authority": gettext_lazy("指定的机关"),
    "articles": gettext_lazy("条款"),
    "limited_to": gettext_lazy("只适用于"),
    "family": gettext_lazy("适用于哪些请求"),
    "language": gettext_lazy("要求的文字"),
    "channel": gettext_lazy("规定的联系途径"),
    "contents_zh": gettext_lazy("要求载明的内容（中文）"),
    "contents_en": gettext_lazy("要求载明的内容（英文）"),
    "attachments_zh": gettext_lazy("要求附上的材料（中文）"),
    "attachments_en": gettext_lazy("要求附上的材料（英文）"),
}
# The shape beside the word: `.cell[data-v]`.
SHAPES: Mapping[str, str] = {
    Standing.IN_FORCE: "yes",
    Standing.SIGNED: "part",
    Standing.TERMINATED: "no",
    Standing.NONE: "none",
    Standing.UNKNOWN: "unknown",
}
_BILATERAL: tuple[str, ...] = (
    "title_zh",
    "title_en",
    "signed_on",
    "signed_partial",
    "adopted_place",
    "ratified_on",
    "in_force_on",
)
_BILATERAL += ("terminated_on", "stated", "reservation", "authority")
_MULTILATERAL: tuple[str, ...] = (
    "title_zh",
    "title_en",
    "adopted_on",
    "adopted_place",
    "general_force_on",
    "signed_on",
    "ratified_on",
)
_MULTILATERAL += ("joined_by", "joined_on", "in_force_on", "terminated_on", "stated", "reservation", "authority")
_DOMESTIC = ("title_zh", "title_en", "adopted_on", "in_force_on", "terminated_on", "stated")


def fields_of(row: Sourced) -> Sequence[str]:
    """Which values the page of the row shows, in order. A day that is known needs no month of it."""
    if not isinstance(row, Instrument):
        return tuple(name for name in row.SOURCED if name != "family")
    if row.kind in DOMESTIC:
        return _DOMESTIC
    shown = _MULTILATERAL if row.kind == InstrumentKind.MULTILATERAL else _BILATERAL
    return tuple(name for name in shown if name != "signed_partial" or (row.signed_partial and not row.signed_on))


# --- Values ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Value:
    """One value as a page shows it: `text` "" where nothing is known, `origin` what its popover says. `user`: the words are
    the source's, in whatever language. `url`: where the desk corrects it."""

    field: str
    label: str | Promise
    text: str | SafeString = ""
    user: bool = False
    origin: Sequence[tuple[str, Any]] = ()
    check: bool = False
    url: str = ""


def value_of(row: Sourced, name: str, *, officers: Mapping[int, str], url: str = "") -> Value:
    """The value with where it comes from; a value without a source is not shown at all."""
    origin = facts.origin_of(row, name)
    if origin is None:
        return Value(name, LABELS[name], url=url)
    text, user = said(name, getattr(row, name))
    return Value(name, LABELS[name], text, user, told(origin, officers), origin.confidence in UNSETTLED, url)


def said(name: str, value: Any) -> tuple[str, bool]:
    """A value in words, and whether the words are those of a source. Takes it typed or as the history keeps it."""
    if facts.is_blank(value):
        return "", False
    if name == "stated":
        return str(Standing(value).label), False
    if name == "family":
        return family_name(value), False
    if name.endswith("_on"):
        return words.whole_day(date.fromisoformat(value) if isinstance(value, str) else value), False
    if name == "signed_partial":
        return partial_day(value), False
    if isinstance(value, list):
        return ("; " if english() else "、").join(value), True
    return str(value), True


def partial_day(text: str) -> str:
    """ "2016", "2016-05" and "2016-05-09" in words."""
    if len(text) >= 10:
        return words.whole_day(date.fromisoformat(text[:10]))
    year, _dash, month = text.partition("-")
    if english():
        return f"{date(2000, int(month), 1):%b} {year}" if month else year
    return f"{year}年{int(month)}月" if month else f"{year}年"


def told(origin: Origin, officers: Mapping[int, str]) -> list[tuple[str, Any]]:
    """What a popover says of where a value comes from."""
    remembered = origin.source == "recollection"
    source: Any = _("凭记忆，没有查到出处") if remembered else _theirs(origin.source)
    found: list[tuple[str, Any]] = [(_("出处"), source)]
    if origin.as_of:
        found.append((_("查证"), partial_day(origin.as_of)))
    found.append((_("可信度"), FactConfidence(origin.confidence).label))
    if origin.by is not None:
        vouched = origin.confidence == FactConfidence.CONFIRMED
        found.append((_("核对人") if vouched else pgettext("fact", "录入人"), _theirs(officers.get(origin.by, ""))))
    return found


def merged_origins(row: Sourced, officers: Mapping[int, str]) -> list[tuple[str, Any]]:
    """Where the values of a row come from, each origin once, under the names of the values it is of."""
    by_origin: dict[tuple[Any, ...], list[str]] = {}
    origins: dict[tuple[Any, ...], Origin] = {}
    for name in row.SOURCED:
        origin = facts.origin_of(row, name)
        if origin is not None:
            key = (origin.source, origin.as_of, origin.confidence, origin.by)
            by_origin.setdefault(key, []).append(str(LABELS[name]))
            origins[key] = origin
    separator = ", " if english() else "、"
    return [
        (
            separator.join(names),
            format_html_join(" · ", "{}", ((part,) for _label, part in told(origins[key], officers))),
        )
        for key, names in by_origin.items()
    ]


def officers_of(rows: Iterable[Sourced]) -> dict[int, str]:
    """The names of the officers who vouch for any of the values."""
    ids = {said["by"] for row in rows for said in row.provenance.values() if said.get("by") is not None}
    return dict(Officer.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _theirs(text: str) -> SafeString:
    """Words of a source or an officer's name."""
    return format_html('<span lang="zh-CN" data-user>{}</span>', text)


# --- Standing and names ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """How something stands: the shape, the word, what it rests on, and whether that is 待核实."""

    shape: str
    word: str | Promise
    origin: Sequence[tuple[str, Any]] = ()
    check: bool = False


def mark_of(pair: Pair) -> Mark:
    """The mark of a standing, with what it rests on."""
    sources = [_("凭记忆，没有查到出处") if one == "recollection" else _theirs(one) for one in pair.sources]
    origin: list[tuple[str, Any]] = [(_("出处"), one) for one in sources]
    if pair.as_of:
        origin.append((_("查证"), partial_day(pair.as_of)))
    if pair.confidence:
        origin.append((_("可信度"), FactConfidence(pair.confidence).label))
    return Mark(SHAPES[pair.standing], pair.standing.label, origin, pair.confidence in UNSETTLED)


def titled(instrument: Instrument) -> SafeString:
    """The title in the language of the page, or the Chinese one, marked as the official name that it is."""
    name = name_of(instrument)
    language = "zh-CN" if name == instrument.title_zh else "en"
    return format_html('<span lang="{}" data-user>{}</span>', language, name)


def party_line(party: Party) -> list[tuple[str, str | Promise, str]]:
    """The dated values of a party for its row: (field, label, text)."""
    names = ("signed_on", "joined_on", "in_force_on", "terminated_on")
    return [(name, LABELS[name], said(name, getattr(party, name))[0]) for name in names if getattr(party, name)]
