"""What the ministry writes into the registry: one value corrected or confirmed, an instrument, a party, each with its source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import turns
from agencies.actors import Actor
from agencies.errors import Conflict, GuardFailed, Malformed, NotVisible, Reason, StaleVersion
from agencies.plain_text import fits
from countries import facts
from countries.models import Country, FactChange
from treaties.models import DOMESTIC, STATED, Instrument, InstrumentKind, Party, Provision, RequestType
from treaties.policies import require_desk
from treaties.standing import FIRST_DAY, LAST_DAY, bounds, day_words

Row = Instrument | Party | Provision
ARTICLES_LIMIT = 30
_PARTIAL = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2]))?")
# One date may not come before another: (earlier, later, words).
_ORDERED = (
    ("signed_on", "in_force_on", gettext_lazy("生效日期不能早于签署日期 %(day)s。")),
    ("signed_on", "joined_on", gettext_lazy("批准、加入的日期不能早于签署日期 %(day)s。")),
    ("in_force_on", "terminated_on", gettext_lazy("终止日期不能早于生效日期 %(day)s。")),
)
_AFTER = [(then, words) for first, then, words in _ORDERED if first == "signed_on"]


# --- One value -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NewValue:
    """A value as an officer states it. `seen`: the id of the last change that his page showed, 0 for none."""

    field: str
    value: Any
    source: str
    as_of: date
    seen: int


def correctable(row: Row) -> tuple[str, ...]:
    """The fields whose values can be corrected; what a provision is about is its key."""
    return tuple(name for name in row.SOURCED if name != "family")


@transaction.atomic
def correct_value(*, actor: Actor, row: Row, new: NewValue) -> None:
    """State one value of the row with its source; the same value again confirms it.

    Raises NotPermitted (only the ministry's desk and approvers), NotVisible for no such row or field, Malformed for the
    value, the source or the day, StaleVersion when somebody has changed the value since the page was opened, Conflict when
    nothing would change.
    """
    require_desk(actor)
    held = type(row)._default_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if held is None or new.field not in correctable(row):
        raise NotVisible
    latest = FactChange.objects.filter(subject=held.subject, field=new.field).aggregate(models.Max("id"))["id__max"]
    if (latest or 0) != new.seen:
        raise StaleVersion(_("这个值刚刚被别人改过，你写的还没有保存。看过现在的值，再决定要不要按你的保存。"))
    value = _plain(new.value)
    found = list(value_faults(held, new.field, value))
    if found:
        raise Malformed(reasons=found)
    said: dict[str, Any] = {"source": new.source, "as_of": new.as_of, "country": _country_of(held)}
    facts.correct(actor=actor, row=held, field=new.field, value=value, **said)


def _country_of(row: Row) -> Country | None:
    """Whose ledger tells of the change: the partner's; nobody's for what is open to all, or ours alone."""
    if isinstance(row, Party):
        return row.country
    instrument = row.instrument if isinstance(row, Provision) else row
    if instrument.kind == InstrumentKind.MULTILATERAL:
        return None
    party = instrument.parties.select_related("country").first()
    return party.country if party else None


def _plain(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def value_faults(row: Row, name: str, value: Any) -> Iterator[Reason]:
    """Everything wrong with a value of the field."""
    said = _of_day(row, name, value) if isinstance(value, date) else _of_words(row, name, value)
    blank = facts.is_blank(value)
    yield from (
        Reason("bad_value", words, "/value") for words in ([_("写明这个值。查不到的，不用改。")] if blank else said)
    )


def _of_day(row: Row, name: str, day: date) -> Iterator[str]:
    if not FIRST_DAY <= day <= LAST_DAY:
        yield day_words()
    yield from _disorder(row, {name: day})


def _of_words(row: Row, name: str, value: Any) -> Iterator[str]:
    """A text, a choice, or the articles of a provision."""
    if isinstance(value, list):
        if len(value) > ARTICLES_LIMIT or not all(one and not facts.faults_of_words(name, one, 20) for one in value):
            yield _("条款用空格隔开，最多 %(n)s 条。") % {"n": ARTICLES_LIMIT}
    elif found := facts.faults_of_words(name, value, getattr(row._meta.get_field(name), "max_length", None) or 300):
        yield from (str(reason.words) for reason in found)
    elif name == "signed_partial" and not _PARTIAL.fullmatch(value):
        yield _("写年，或者年和月：2016 或 2016-05。")
    elif name == "signed_partial":
        yield from _disorder(row, {name: value})
    elif name == "stated" and value not in STATED:
        yield _("选一个。")


def _disorder(row: Any, changes: Mapping[str, Any]) -> Iterator[str]:
    """What dates of the row would be in the wrong order once these are changed."""

    def value(name: str) -> Any:
        return changes.get(name, getattr(row, name, None))

    for first, then, words in _ORDERED:
        if first in changes or then in changes:
            early, late = value(first), value(then)
            if early and late and early > late:
                yield words % {"day": early.isoformat()}
    partial = value("signed_partial")
    if partial and not value("signed_on"):
        yield from (words % {"day": partial} for then, words in _AFTER if _before(value(then), partial))


def _before(day: date | None, partial: str) -> bool:
    """Was it before the first day of what is only known by its year or month?"""
    return day is not None and day < bounds(partial)[0]


# --- A new instrument ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInstrument:
    """An instrument with another side. A convention names no country; its parties are added one by one."""

    kind: str
    country: Country | None
    title_zh: str
    title_en: str = ""
    signed_on: date | None = None
    in_force_on: date | None = None
    stated: str = ""
    reservation: str = ""
    families: Sequence[str] = ()
    source: str
    as_of: date

    def faults(self) -> Iterator[Reason]:
        """Everything wrong with what it says of itself."""
        if self.kind not in set(InstrumentKind.values) - set(DOMESTIC):
            yield Reason("bad_kind", _("选一个种类。"), "/kind")
        if (self.country is None) != (self.kind == InstrumentKind.MULTILATERAL):
            words = _("多边公约不选国家，录入以后逐个添加缔约方。") if self.country else _("选对方国家。")
            yield Reason("bad_country", words, "/country")
        if not fits(self.title_zh, 200):
            yield Reason("bad_title_zh", _("写明名称，最多 %(limit)s 个字。") % {"limit": 200}, "/title_zh")
        else:
            yield from facts.faults_of_words("title_zh", self.title_zh, 200)
        yield from _faults_of_details(self)
        if not (self.signed_on or self.in_force_on or self.stated):
            yield Reason("bad_stated", _("写签署日期、生效日期，或者选现在的状态：三样至少有一样。"), "/stated")
        if set(self.families) - families():
            yield Reason("bad_families", _("选明适用于哪些请求。"), "/families")


def _faults_of_details(new: NewInstrument | NewParty) -> Iterator[Reason]:
    """What instruments and parties have in common: dates in order, a statement that is one, words that fit."""
    for first, then, words in _ORDERED:
        early, late = getattr(new, first, None), getattr(new, then, None)
        if early and late and early > late:
            yield Reason(f"bad_{then}", words % {"day": early.isoformat()}, f"/{then}")
    for name in ("signed_on", "joined_on", "in_force_on"):
        day = getattr(new, name, None)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            yield Reason(f"bad_{name}", _("日期不对，写成 2026-01-31。"), f"/{name}")
    if new.stated not in ("", *STATED):
        yield Reason("bad_stated", _("选一个。"), "/stated")
    for name, limit in (("title_en", 240), ("reservation", 300), ("authority", 120), ("joined_by", 20)):
        yield from facts.faults_of_words(name, getattr(new, name, ""), limit)


def families() -> set[str]:
    """The families of request types that a provision may be about."""
    return set(RequestType.objects.values_list("family", flat=True))


@transaction.atomic
def add_instrument(*, actor: Actor, new: NewInstrument) -> Instrument:
    """Enter an instrument, its other side and what it covers, all from one source.

    Raises NotPermitted, Malformed for the values, Conflict when the country has one of that kind by that title.
    """
    require_desk(actor)
    _refuse(list(new.faults()), new.source)
    turns.wait(turns.Turn.REGISTRY)
    rivals = Instrument.objects.filter(kind=new.kind, title_zh=new.title_zh)
    if new.country is not None:
        rivals = rivals.filter(parties__country=new.country)
    if rival := rivals.first():
        words = _("已经有同名的：%(code)s。要补它的资料，打开它的页面更正。") % {"code": rival.code}
        if rival.withdrawn_at:
            words = _("已经有同名的，被撤下了：%(code)s。打开它的页面恢复。") % {"code": rival.code}
        raise Conflict(_("没有录入。"), reasons=[Reason("instrument_exists", words, "/title_zh")])
    names = ("kind", "title_zh", "title_en", "signed_on", "in_force_on", "stated", "reservation")
    instrument = Instrument(code=_free_code(new), **{name: getattr(new, name) for name in names})
    said: dict[str, Any] = {"source": new.source, "as_of": new.as_of, "country": new.country}
    facts.enter(actor=actor, row=instrument, **said)
    if new.country is not None:
        facts.enter(actor=actor, row=Party(instrument=instrument, country=new.country), **said)
    for family in new.families:
        facts.enter(actor=actor, row=Provision(instrument=instrument, family=family), **said)
    return instrument


def _free_code(new: NewInstrument) -> str:
    """EXTRADITION-TH, EXTRADITION-TH-2 …: the kind, the partner, a number from the second on."""
    stem = f"{new.kind}-{new.country.code}" if new.country else "convention"
    stem = stem.upper().replace("_", "-")
    taken = set(Instrument.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for n in range(1, len(taken) + 2) if (code := stem if n == 1 else f"{stem}-{n}") not in taken)


def _refuse(found: list[Reason], source: str) -> None:
    """With everything that is wrong at once; the source is then looked at again where it is entered."""
    if found and not source.strip():
        found.append(Reason("bad_source", _("写明出处。没有出处的不能录入。"), "/source"))
    if found:
        raise Malformed(reasons=found)


# --- A new provision -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProvision:
    """What an instrument covers, and what it demands in place of our statutes."""

    family: str
    articles: Sequence[str] = ()
    limited_to: str = ""
    language: str = ""
    channel: str = ""
    contents_zh: str = ""
    contents_en: str = ""
    attachments_zh: str = ""
    attachments_en: str = ""
    source: str
    as_of: date

    def faults(self) -> Iterator[Reason]:
        """Everything wrong with what it says."""
        if self.family not in families():
            yield Reason("bad_family", _("选明适用于哪些请求。"), "/family")
        row = Provision()
        for name in correctable(row):
            value = getattr(self, name)
            if not facts.is_blank(value):
                yield from (Reason(f"bad_{name}", words, f"/{name}") for words in _of_words(row, name, value))


@transaction.atomic
def add_provision(*, actor: Actor, instrument: Instrument, new: NewProvision) -> Provision:
    """Enter what an instrument covers, all from one source.

    Raises NotPermitted, GuardFailed for our own statutes, Malformed for the values, Conflict for a family that it covers
    already.
    """
    require_desk(actor)
    if instrument.kind in DOMESTIC:
        raise GuardFailed(_("国内法律适用于哪些请求，看请求类型的条文。"))
    _refuse(list(new.faults()), new.source)
    Instrument.objects.select_for_update().get(pk=instrument.pk)
    if Provision.objects.filter(instrument=instrument, family=new.family).exists():
        words = _("已经录入适用于这类请求。要改，在它那一行更正。")
        raise Conflict(_("没有录入。"), reasons=[Reason("provision_twice", words, "/family")])
    values = {name: getattr(new, name) for name in Provision.SOURCED} | {"articles": list(new.articles)}
    provision = Provision(instrument=instrument, **values)
    facts.enter(actor=actor, row=provision, source=new.source, as_of=new.as_of, country=_country_of(provision))
    return provision


# --- A new party -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NewParty:
    """A country's part in a convention."""

    country: Country
    signed_on: date | None = None
    joined_on: date | None = None
    joined_by: str = ""
    in_force_on: date | None = None
    stated: str = ""
    reservation: str = ""
    authority: str = ""
    source: str
    as_of: date

    def faults(self) -> Iterator[Reason]:
        """Everything wrong with what it says."""
        yield from _faults_of_details(self)
        if not (self.signed_on or self.joined_on or self.in_force_on or self.stated):
            yield Reason("bad_stated", _("写签署、批准或者生效的日期，或者选现在的状态：至少有一样。"), "/stated")


@transaction.atomic
def add_party(*, actor: Actor, instrument: Instrument, new: NewParty) -> Party:
    """Enter a country's part in a convention, with its source.

    Raises NotPermitted, GuardFailed for an instrument that is not open to all, Malformed for the values, Conflict for a
    country that is in it already.
    """
    require_desk(actor)
    if instrument.kind != InstrumentKind.MULTILATERAL:
        raise GuardFailed(_("只有多边公约可以添加缔约方。"))
    _refuse(list(new.faults()), new.source)
    Instrument.objects.select_for_update().get(pk=instrument.pk)
    if present := Party.objects.filter(instrument=instrument, country=new.country).first():
        words = _("%(country)s已经在里面，不能添加两次。要改它的资料，在它那一行更正。") % {"country": new.country.name}
        if present.withdrawn_at:
            words = _("%(country)s录入过，被撤下了。打开它的页面恢复。") % {"country": new.country.name}
        raise Conflict(_("没有录入。"), reasons=[Reason("party_twice", words, "/country")])
    names = ("signed_on", "joined_on", "joined_by", "in_force_on", "stated", "reservation", "authority")
    party = Party(instrument=instrument, country=new.country, **{name: getattr(new, name) for name in names})
    facts.enter(actor=actor, row=party, source=new.source, as_of=new.as_of, country=new.country)
    return party
