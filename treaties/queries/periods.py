"""Which periods hold for a request type, a country and a day: the statute's, with what a treaty puts in their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from agencies.language import english
from countries.models import Country
from treaties import alarms
from treaties.law_terms import CONFIDENCE, UNITS
from treaties.models import ActorIs, PeriodOverride, RequestType, TimeLimit
from treaties.type_law import laws_on

_OF_OVERRIDE = {
    PeriodOverride.Confidence.CONFIRMED: "official",
    PeriodOverride.Confidence.SOURCED: "secondary",
    PeriodOverride.Confidence.RECOLLECTION: "unverified",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A period as it holds. `amount` is None where the text gives no number; `unit` is one of treaties.models.Unit.

    `confidence` is official | secondary | unverified (all but the first show as 待核实). `starts_on` is empty for a rule
    that never runs; `urgencies` is empty when any will do. `overridden_by` is the id of the override, None without one;
    then amount, unit, article, article_zh, confidence, source and alarms are the override's and the extension is gone: the
    statute's belongs to the statute's period. `warn_before` and `escalate_after` are as set; `alarms` says what holds.
    """

    request_type_id: int | None
    key: str
    name_zh: str
    name_en: str
    amount: int | None
    amount_max: int | None
    unit: str
    kind: str
    actor_zh: str
    actor_en: str
    trigger_zh: str
    trigger_en: str
    consequence_zh: str
    consequence_en: str
    article: str
    article_zh: str
    confidence: str
    extension_zh: str
    extension_en: str
    extension_kind: str
    extension_amount: int | None
    extension_unit: str
    extension_article: str
    note: str
    starts_on: tuple[str, ...]
    urgencies: tuple[str, ...]
    actor_is: str
    covers: str
    overlap: str
    detention: bool
    warn_before: int | None = None
    escalate_after: int | None = None
    source: str = ""
    overridden_by: int | None = None

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return _said(self.name_zh, self.name_en)

    @property
    def actor(self) -> str:
        """Who must act, in the language of the page; "" where the text does not say."""
        return _said(self.actor_zh, self.actor_en)

    @property
    def trigger(self) -> str:
        """From when it counts, in the language of the page."""
        return _said(self.trigger_zh, self.trigger_en)

    @property
    def consequence(self) -> str:
        """What follows when it passes, in the language of the page."""
        return _said(self.consequence_zh, self.consequence_en)

    @property
    def extension(self) -> str:
        """The words of the text on an extension, in the language of the page."""
        return _said(self.extension_zh, self.extension_en)

    def alarms(self, amount: int, unit: str) -> tuple[int, int]:
        """How long before the end a clock of this length warns, and after it goes to the agency above."""
        before, after = self.warn_before, self.escalate_after
        return (
            alarms.warn_before(amount, unit) if before is None else before,
            alarms.ESCALATE_AFTER if after is None else after,
        )

    @property
    def alarms_own(self) -> bool:
        """Did the ministry set them with its treaty period? Else they are Coopdesk's defaults."""
        return self.overridden_by is not None and (self.warn_before, self.escalate_after) != (None, None)

    def applies(self, *, starts_on: str, urgency: str) -> bool:
        """Does the clock run from this event (StartsOn), in a case of this urgency, over a known number?"""
        return self.amount is not None and starts_on in self.starts_on and urgency in (self.urgencies or (urgency,))


def _said(zh: str, en: str) -> str:
    return en if english() else zh


def time_limits(request_type_id: int, *, country_id: int | None, on: date) -> list[Limit]:
    """The periods of a request type as they hold for a country on a day, in the order of the data, and after them those
    of measures that any case may need (they only start when an officer records the measure); three queries."""
    wanted = Q(request_type=request_type_id) | Q(request_type=None)
    rows = TimeLimit.objects.filter(wanted)
    found = holding(rows, request_type_id=request_type_id, country_id=country_id, on=on)
    return sorted(found, key=lambda one: one.request_type_id is None)


def limit(request_type_id: int, key: str, *, country_id: int | None, on: date) -> Limit | None:
    """One of them by its key; None when the type has none of that key."""
    return next((row for row in time_limits(request_type_id, country_id=country_id, on=on) if row.key == key), None)


def time_limits_for(kind: RequestType | None, *, country_id: int | None, on: date) -> list[Limit]:
    """The same for one request type, or for all of them together."""
    if kind is not None:
        return time_limits(kind.pk, country_id=country_id, on=on)
    return list(holding(TimeLimit.objects.all(), request_type_id=None, country_id=country_id, on=on))


def overrides(country: Country | None) -> QuerySet[PeriodOverride]:
    """Every override on record, of one country or of all; by country and period, the newest first."""
    rows = PeriodOverride.objects.select_related("country", "request_type", "entered_by", "ended_by")
    return rows.filter(country=country) if country else rows


def holding(
    rows: QuerySet[TimeLimit], *, request_type_id: int | None, country_id: int | None, on: date
) -> Iterator[Limit]:
    """Each row as it holds for a country on a day; without a country the statute's own. `request_type_id`: whose rows
    these are; without it every type's."""
    overrides = list(in_force(on).filter(country=country_id)) if country_id else []
    for kind, found in _as_written(rows.select_related("request_type"), request_type_id, on):
        override = _nearest(overrides, kind, found.key)
        yield _overridden(found, override) if override else found


def _as_written(
    rows: Iterable[TimeLimit], request_type_id: int | None, on: date
) -> Iterator[tuple[RequestType | None, Limit]]:
    """The statute's own periods, as the ministry's version of the law of a type has them where there is one: what it took
    out is gone, what it changed says what it says, what it added is a rule that never runs."""
    laws = laws_on(on).filter(number__gt=1).select_related("request_type")
    laws = laws.filter(request_type=request_type_id) if request_type_id else laws
    held = {law.request_type_id: law for law in laws}
    written = {pk: {entry["key"]: entry for entry in law.data.get("time_limits", ())} for pk, law in held.items()}
    for row in rows:
        of = written.get(row.request_type_id or 0)
        if of is None:
            yield row.request_type, limit_of(row)
        elif (entry := of.pop(row.key, None)) is not None:
            yield row.request_type, rewritten(limit_of(row), entry) if "source" in entry else limit_of(row)
    for pk, added in written.items():
        for entry in added.values():
            yield held[pk].request_type, rewritten(_unknown(pk, entry["key"]), entry)


def _unknown(request_type_id: int, key: str) -> Limit:
    """A period that nothing starts and that nobody is named for."""
    return limit_of(TimeLimit(request_type_id=request_type_id, key=key, actor_is=ActorIs.OTHER))


def rewritten(found: Limit, entry: Mapping[str, Any]) -> Limit:
    """A period as the ministry wrote it; what it has no word on stays: who acts, what starts it, its extension."""
    amount, unit = entry.get("value"), UNITS[entry["unit"]]
    early = amount is not None and alarms.warns_too_early(found.warn_before or 0, amount, unit)
    same = entry["trigger_zh"] == found.trigger_zh
    return replace(
        found,
        name_zh=entry["zh"],
        name_en=entry.get("en") or (found.name_en if entry["zh"] == found.name_zh else entry["zh"]),
        amount=amount,
        amount_max=entry.get("value_max"),
        unit=unit,
        kind=entry["kind"],
        trigger_zh=entry["trigger_zh"],
        trigger_en=found.trigger_en if same else entry["trigger_zh"],
        article=entry["cite"],
        article_zh=entry.get("cite_zh", ""),
        confidence=CONFIDENCE[entry.get("verified")],
        source=entry["source"],
        warn_before=None if early else found.warn_before,
    )


def in_force(on: date) -> QuerySet[PeriodOverride]:
    """Overrides that hold on a day."""
    return PeriodOverride.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)


def limit_of(row: TimeLimit) -> Limit:
    """The statute's own period."""
    values = {name: getattr(row, name) for name in Limit.__slots__ if hasattr(row, name)}
    return Limit(**{**values, "starts_on": tuple(row.starts_on), "urgencies": tuple(row.urgencies)})


def _nearest(overrides: list[PeriodOverride], kind: RequestType | None, key: str) -> PeriodOverride | None:
    """The override that says most about this type: one for it, else for its family, else for every type."""
    reach: list[int | str] = [kind.pk, kind.family, ""] if kind else [""]
    near = {row.request_type_id or row.family: row for row in overrides if row.key == key}
    return next((near[scope] for scope in reach if scope in near), None)


def _overridden(found: Limit, override: PeriodOverride) -> Limit:
    return replace(
        found,
        amount=override.amount,
        amount_max=None,
        unit=override.unit,
        warn_before=override.warn_before,
        escalate_after=override.escalate_after,
        article=override.article,
        article_zh=override.article,
        confidence=_OF_OVERRIDE[PeriodOverride.Confidence(override.confidence)],
        extension_zh="",
        extension_en="",
        extension_kind="",
        extension_amount=None,
        extension_unit="",
        extension_article="",
        source=override.source,
        overridden_by=override.pk,
    )
