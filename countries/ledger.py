"""Reading the ledgers: a country's values by section, how old they are, what awaits checking, what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, ExpressionWrapper, Max, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from agencies.language import english
from countries.calendars import add_months
from countries.models import (
    UNSETTLED,
    Country,
    FactChange,
    Frontier,
    LedgerChange,
    LedgerEntry,
    LedgerTopic,
    Section,
    Sourced,
)

# A value is looked at again after this many months; older ones are stale.
REVIEW_MONTHS = 12
# What officers did, and what loaders changed after they had loaded it first.
_AFTER_LOADING = Q(officer__isnull=False) | ~Q(before={})
Origins = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Value:
    """One topic of one country: what is shown of it, and where each part of that comes from. Without an entry blank."""

    topic: LedgerTopic
    entry: LedgerEntry | None = None

    @property
    def text(self) -> str:
        """What is shown first: the choice's word, or the text in the page's language where there is one."""
        return self.entry.value if self.entry is not None else ""

    @property
    def words(self) -> str:
        """What the source says beside a choice, where it says more."""
        if self.entry is None or not self.entry.code:
            return ""
        words = getattr(self.entry, _text_field(self.entry) or "code")
        return "" if words.casefold() in (self.text.casefold(), self.entry.code.casefold()) else words

    @property
    def shown(self) -> tuple[str, ...]:
        """The fields of the entry that are shown."""
        if self.entry is None or not self.text:
            return ()
        told = _text_field(self.entry)
        if not self.entry.code:
            return (told,) if told else ()
        return ("code", told) if self.words and told else ("code",)

    @property
    def origins(self) -> list[Origins]:
        """Where what is shown comes from, each origin once."""
        held = self.entry.provenance if self.entry is not None else {}
        found: list[Origins] = []
        for name in self.shown:
            if held[name] not in found:
                found.append(held[name])
        return found

    @property
    def unsettled(self) -> bool:
        """Does it show as 待核实?"""
        return any(origin["confidence"] in UNSETTLED for origin in self.origins)

    @property
    def language(self) -> str:
        """The language of what the source says, for the reader's machine."""
        return "en" if self.entry is not None and _text_field(self.entry) == "text_en" else "zh-CN"


def _text_field(entry: LedgerEntry) -> str:
    order = ("text_en", "text_zh") if english() else ("text_zh", "text_en")
    return next((name for name in order if getattr(entry, name)), "")


@dataclass(frozen=True, slots=True)
class Ledger:
    """A country's values: those of the country by section, those of request types by type and topic."""

    country: Country
    sections: dict[str, list[Value]]
    by_type: dict[str, dict[str, Value]]
    type_topics: list[LedgerTopic]
    frontiers: list[Frontier]

    @property
    def values(self) -> list[Value]:
        """All that are known."""
        whole = [value for values in self.sections.values() for value in values]
        each = [value for values in self.by_type.values() for value in values.values()]
        return [value for value in [*whole, *each] if value.text]

    @property
    def unsettled(self) -> list[Value]:
        """Those that await checking."""
        return [value for value in self.values if value.unsettled]

    def oldest(self, section: str) -> date | None:
        """The day of the section's value that was looked at longest ago."""
        values = [value for value in self.values if value.topic.section == section]
        days = [day for value in values for origin in value.origins if (day := day_of_origin(origin)) is not None]
        return min(days, default=None)


def ledger_of(country: Country) -> Ledger:
    """The country's ledger, in one query."""
    sections: dict[str, list[Value]] = {section: [] for section in Section.values}
    by_type: dict[str, dict[str, Value]] = {}
    topics, frontiers = _topics_with_entries(country)
    for topic, entries in topics:
        if not topic.per_type:
            sections[topic.section].append(Value(topic, next(iter(entries), None)))
        for entry in entries if topic.per_type else ():
            by_type.setdefault(entry.about, {})[topic.code] = Value(topic, entry)
    return Ledger(country, sections, by_type, [topic for topic, _entries in topics if topic.per_type], frontiers)


def _topics_with_entries(country: Country) -> tuple[list[tuple[LedgerTopic, list[LedgerEntry]]], list[Frontier]]:
    """Every topic with what is known of it; and the frontiers, which come with the topic that asks for a border."""
    held = LedgerEntry.objects.filter(topic=OuterRef("pk"), country=country).order_by("about")
    code = ExpressionWrapper(OuterRef("code"), output_field=CharField())
    divisions = Frontier.objects.alias(of=code).filter(of="borders_us", country=country)
    topics: list[Any] = list(
        LedgerTopic.objects.annotate(
            held=_rows(held, "id", "about", *LedgerEntry.SOURCED, "provenance"),
            frontiers=_rows(divisions.order_by("division_code"), *_FRONTIER),
        )
    )
    found = [(topic, [LedgerEntry(country=country, topic=topic, **row) for row in topic.held]) for topic in topics]
    return found, [Frontier(country=country, **row) for topic in topics for row in topic.frontiers]


_FRONTIER = ("id", "division_code", "division_name", "level", "agency_id", "note", *Frontier.SOURCED, "provenance")


def _rows(rows: QuerySet[Any], *names: str) -> ArraySubquery:
    """Rows of another table with the row that they belong to, each as an object."""
    return ArraySubquery(rows.values(row=JSONObject(**{name: name for name in names})))


def months_between(earlier: date, later: date) -> int:
    """Whole months from one day to another."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)


def day_of_origin(origin: Origins) -> date | None:
    """The day for which it was found, the first of a month or a year where no more is said."""
    parts = [int(part) for part in str(origin["as_of"]).split("-") if part]
    year, month, day = [*parts, 1, 1, 1][:3]
    return date(year, month, day) if parts else None


def officers_in(origins: Iterable[Origins]) -> set[int]:
    """Who vouches for them, by id."""
    return {origin["by"] for origin in origins if origin["by"] is not None}


# --- Across countries ------------------------------------------------------------------------------------------------


def _any_field(lookup: str, wanted: Any) -> Q:
    found = Q()
    for name in LedgerEntry.SOURCED:
        found |= Q(**{f"provenance__{name}__{lookup}": wanted})
    return found


def unsettled_entries() -> QuerySet[LedgerEntry]:
    """Every value that awaits checking, country by country."""
    return _listed(_any_field("confidence__in", sorted(UNSETTLED)))


def unsettled_frontiers() -> QuerySet[Frontier]:
    """Every frontier whose length awaits checking."""
    rows = Frontier.objects.filter(provenance__approx_km__confidence__in=sorted(UNSETTLED), country__is_partner=True)
    return rows.select_related("country").order_by("country__code", "division_code")


def stale_entries(today: date) -> QuerySet[LedgerEntry]:
    """Every value that was looked at longer ago than the review interval."""
    return _listed(_any_field("as_of__lt", before_review(today).isoformat()))


def before_review(today: date) -> date:
    """The day before which what was looked at is stale."""
    return add_months(today, -REVIEW_MONTHS)


def _listed(wanted: Q) -> QuerySet[LedgerEntry]:
    rows = LedgerEntry.objects.filter(wanted, country__is_partner=True).select_related("country", "topic")
    return rows.order_by("country__code", "topic__position", "about")


def unsettled_by_country() -> Counter[int]:
    """How many values of each country await checking."""
    counts: Counter[int] = Counter()
    for rows in (unsettled_entries(), unsettled_frontiers()):
        counts.update(dict(rows.order_by().values_list("country").annotate(n=Count("pk"))))
    return counts


def last_changes() -> dict[int, datetime]:
    """When a value of each country last changed after its first loading."""
    rows = (
        FactChange.objects.filter(_AFTER_LOADING)
        .exclude(country=None)
        .order_by()
        .values_list("country")
        .annotate(at=Max("at"))
    )
    return dict(rows)


def changes_since(moment: datetime) -> QuerySet[FactChange]:
    """What officers entered, corrected or confirmed, and what loaders changed after their first loading."""
    rows = FactChange.objects.filter(_AFTER_LOADING, at__gte=moment)
    return rows.select_related("country", "officer")


def listed_after(number: int, limit: int) -> list[LedgerChange]:
    """What has changed after that number, in the order of the commits, at most so many; contacts are left out."""
    rows = LedgerChange.objects.filter(Q(fact=None) | ~Q(fact__field="contact"), pk__gt=number)
    of = ("fact__country", "text__country", "withdrawn__country")
    return list(rows.select_related(*of).defer("withdrawn__contact").order_by("pk")[:limit])


def entries_of(countries: Collection[Country], topics: Collection[LedgerTopic]) -> dict[tuple[int, int], LedgerEntry]:
    """The values of some countries as a whole, by country and topic."""
    rows = LedgerEntry.objects.filter(country__in=countries, topic__in=topics, about="").select_related("topic")
    return {(row.country_id, row.topic_id): row for row in rows}


def topics_called(codes: Iterable[str]) -> dict[str, LedgerTopic]:
    """Topics by their code."""
    return {topic.code: topic for topic in LedgerTopic.objects.filter(code__in=set(codes))}


def history_of(row: Sourced) -> list[FactChange]:
    """Every change of the row's values, newest first."""
    return list(FactChange.objects.filter(subject=row.subject).select_related("officer"))
