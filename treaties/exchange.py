"""The rows of the registry that a country's file holds: the treaties between the two, the country's part in each, what they cover.

A convention itself is not the country's: it stands in both networks from the same seeds, and a file tells of the country's
part alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from countries.exchange.shelves import absent
from countries.exchange.told import Piece, Shelf, at
from countries.models import Country
from treaties.family_words import FAMILIES, family_name
from treaties.instrument_commands import value_faults
from treaties.models import DOMESTIC, STATED, Instrument, InstrumentKind, Party, Provision, Standing

_BETWEEN_TWO = set(InstrumentKind.values) - {InstrumentKind.MULTILATERAL.value} - {kind.value for kind in DOMESTIC}
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,39}")
_PLACE = ("short_zh", "subject_field", "note")
_DATES: dict[str, str | Promise] = {
    "signed_on": gettext_lazy("签署"),
    "joined_on": gettext_lazy("交存"),
    "joined_by": gettext_lazy("参加方式"),
    "in_force_on": pgettext_lazy("day", "生效"),
    "terminated_on": pgettext_lazy("day", "终止"),
    "stated": gettext_lazy("来源所记状态"),
    "reservation": gettext_lazy("保留和声明"),
    "authority": gettext_lazy("指定的机关"),
}


def _of(country: Country) -> QuerySet[Party]:
    rows = Party.objects.filter(country=country).exclude(instrument__kind__in=DOMESTIC)
    return rows.select_related("instrument").order_by("instrument__code")


def _between(country: Country) -> QuerySet[Instrument]:
    """The treaties that both sides alone have: what a file says of the country may change them."""
    shared = Party.objects.exclude(country=country).values("instrument")
    return (
        Instrument.objects.filter(parties__country=country, kind__in=_BETWEEN_TWO)
        .exclude(pk__in=shared)
        .order_by("code")
    )


def _word(_row: Any, name: str, value: Any) -> str:
    if name == "stated" and value in STATED:
        return str(Standing(value).label)
    if name == "kind":
        return str(InstrumentKind(value).label)
    if name == "family":
        return family_name(value)
    return "、".join(value) if isinstance(value, list) else str(value)


def _fault(row: Instrument | Party | Provision, names: Collection[str]) -> str:
    """What the forms of the registry would refuse of these values."""
    labels = {**INSTRUMENTS.names, **PROVISIONS.names}
    found = ((name, reason) for name in names for reason in value_faults(row, name, getattr(row, name)))
    return next((at(labels[name], reason.words) for name, reason in found), "")


# --- Instruments between the two -------------------------------------------------------------------------------------


def _instrument(_country: Country, piece: Piece) -> Instrument:
    (code,), plain = piece.key, piece.plain
    if Instrument.objects.filter(code=code).exists():
        raise absent(_("本系统里 %(code)s 是和别的国家的条约，不能由这份文件改。") % {"code": code})
    if plain.get("kind") not in _BETWEEN_TWO or not _CODE.fullmatch(code) or "title_zh" not in piece.values:
        raise absent(_("文件没有写明是什么条约。"))
    return Instrument(code=code, kind=plain["kind"], **{name: plain.get(name, "") for name in _PLACE})


INSTRUMENTS = Shelf(
    kind="instrument",
    label=gettext_lazy("双边条约"),
    model=Instrument,
    parts=1,
    rows=_between,
    keys=lambda rows: [(row.code,) for row in rows],
    plain=lambda row: {name: getattr(row, name) for name in ("kind", *_PLACE)},
    fresh=_instrument,
    title=lambda row: row.short_zh or row.title_zh or row.code,
    names={
        "title_zh": gettext_lazy("中文名称"),
        "title_en": gettext_lazy("英文名称"),
        "adopted_on": gettext_lazy("通过"),
        "adopted_place": gettext_lazy("地点"),
        "general_force_on": gettext_lazy("公约生效"),
        "signed_partial": gettext_lazy("签署（只知年月）"),
        "ratified_on": gettext_lazy("全国人大常委会决定"),
        **_DATES,
    },
    beside={
        "code": gettext_lazy("代码"),
        "kind": gettext_lazy("种类"),
        "short_zh": gettext_lazy("简称"),
        "subject_field": gettext_lazy("领域"),
        "note": gettext_lazy("说明"),
    },
    word=_word,
    fault=_fault,
)

# --- The country's part ----------------------------------------------------------------------------------------------


def _instrument_for(code: str, kind: str) -> Instrument:
    """The instrument; one that the same file brings is not there yet."""
    found = Instrument.objects.filter(code=code).first()
    if found is None and kind not in _BETWEEN_TWO:
        raise absent(_("本系统没有收录这个公约，先录入公约本身。"))
    return found or Instrument(code=code, kind=kind)


def _party(country: Country, piece: Piece) -> Party:
    instrument = _instrument_for(piece.key[0], piece.plain.get("kind", ""))
    if instrument.pk and instrument.kind in DOMESTIC:
        raise absent(_("我国的法律没有缔约方。"))
    if instrument.pk and instrument.kind in _BETWEEN_TWO and instrument.parties.exists():
        raise absent(_("本系统里 %(code)s 是和别的国家的条约，不能由这份文件改。") % {"code": instrument.code})
    return Party(instrument=instrument, country=country, note=piece.plain.get("note", ""))


PARTIES = Shelf(
    kind="party",
    label=gettext_lazy("缔约情况"),
    model=Party,
    parts=1,
    rows=_of,
    keys=lambda rows: [(row.instrument.code,) for row in rows],
    plain=lambda row: {"kind": row.instrument.kind, "note": row.note},
    fresh=_party,
    title=lambda row: row.instrument.short_zh or row.instrument.title_zh or row.instrument.code,
    names=_DATES,
    beside={"note": gettext_lazy("说明")},
    word=_word,
    fault=_fault,
)

# --- What treaties between the two cover -----------------------------------------------------------------------------


def _provisions(country: Country) -> QuerySet[Provision]:
    rows = Provision.objects.filter(instrument__in=_between(country).order_by())
    return rows.select_related("instrument").order_by("instrument__code", "family")


def _provision(country: Country, piece: Piece) -> Provision:
    code, family = piece.key
    instrument = _instrument_for(code, piece.plain.get("kind", ""))
    if instrument.pk and not _between(country).filter(pk=instrument.pk).exists():
        raise absent(_("本系统里 %(code)s 是和别的国家的条约，不能由这份文件改。") % {"code": code})
    told = piece.values.get("family")
    if family not in FAMILIES or told is None or told.value != family:
        raise absent(_("本系统没有这一类请求，两边的版本不同。"))
    return Provision(instrument=instrument)


PROVISIONS = Shelf(
    kind="provision",
    label=gettext_lazy("条约管什么"),
    model=Provision,
    parts=2,
    rows=_provisions,
    keys=lambda rows: [(row.instrument.code, row.family) for row in rows],
    plain=lambda row: {"kind": row.instrument.kind},
    fresh=_provision,
    keyed=lambda piece: "family" not in piece.values or piece.values["family"].value == piece.key[1],
    title=lambda row: f"{row.instrument.short_zh or row.instrument.title_zh or row.instrument.code}",
    names={
        "family": gettext_lazy("管哪些请求"),
        "articles": gettext_lazy("条款"),
        "limited_to": gettext_lazy("只适用于"),
    },
    word=_word,
    fault=_fault,
)

SHELVES = (INSTRUMENTS, PARTIES, PROVISIONS)
