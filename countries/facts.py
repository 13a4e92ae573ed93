"""The one way by which values about the world outside are entered, corrected and confirmed, each with its source.

A seed says what somebody collected; an officer's word stands above it: what an officer has touched no loader changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies import audit
from agencies.actors import Actor
from agencies.case_numbers import names_a_case
from agencies.errors import Conflict, Malformed, Reason
from agencies.moments import clock
from agencies.plain_text import fits, says, visible
from agencies.seeding import Tally
from countries.calendars import day_of
from countries.models import UNSETTLED, Country, FactChange, FactConfidence, Sourced

R = TypeVar("R", bound=Sourced)
SOURCE_LIMIT = 500
NO_CASE_NUMBER = gettext_lazy("案件编号不进台账。去掉编号，也不要写案情。")
FIRST_DAY = date(1900, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a value comes from. `by` is the officer who vouches for it, None for what was collected."""

    source: str
    as_of: str
    confidence: str
    by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A value before and after."""

    field: str
    before: dict[str, Any]
    after: dict[str, Any]


def origin_of(row: Sourced, field: str) -> Origin | None:
    """Where the row's value comes from; None for a blank."""
    held = row.provenance.get(field)
    return Origin(**held) if held else None


def unsettled(row: Sourced) -> list[str]:
    """The fields of the row that show as 待核实."""
    return [name for name in row.SOURCED if (held := row.provenance.get(name)) and held["confidence"] in UNSETTLED]


def correct(
    *, actor: Actor, row: Sourced, field: str, value: Any, source: str, as_of: date, country: Country | None = None
) -> None:
    """An officer states a value with its source; the same value again confirms it. The caller has checked that he may
    and that `value` is one of the field, and holds the row locked.

    Raises Malformed for a source or a day that is none, Conflict when the row forbids the value (its constraints).
    """
    state(actor=actor, row=row, values={field: value}, source=source, as_of=as_of, country=country)


def state(
    *,
    actor: Actor,
    row: Sourced,
    values: Mapping[str, Any],
    source: str,
    as_of: date,
    country: Country | None = None,
) -> list[str]:
    """An officer states several values of a row at once, all from one source: those that differ are corrected; when none
    does, those that are there are confirmed. A row that is not stored yet is entered. Gives the fields that were stated.

    The caller has checked what `correct` asks of him. Raises Malformed and Conflict as `correct` does.
    """
    if row.pk is None:
        for name, value in values.items():
            setattr(row, name, value)
        return enter(actor=actor, row=row, source=source, as_of=as_of, country=country)
    source = " ".join(source.split())
    _refuse_bad_origin(source, as_of, day_of(clock()))
    differing = [name for name, value in values.items() if getattr(row, name) != value]
    stated = differing or [name for name, value in values.items() if not is_blank(value)]
    origin = Origin(
        source=source, as_of=as_of.isoformat(), confidence=FactConfidence.CONFIRMED.value, by=actor.person_id
    )
    changes = [change for name in stated if (change := _set(row, name, values[name], origin)) is not None]
    if not changes:
        raise Conflict(_("这个值已经这样记录，没有要改的。"))
    _save(row, [change.field for change in changes])
    _remember([(row, change) for change in changes], country, actor.person_id)
    for change in changes:
        facts = {"field": change.field, "confirmed": change.before.get("value") == change.after.get("value")}
        audit.record(actor=actor, kind="fact.correct", subject=row.subject, facts=facts)
    return [change.field for change in changes]


def enter(*, actor: Actor, row: Sourced, source: str, as_of: date, country: Country | None = None) -> list[str]:
    """An officer adds a row whose values all come from one source; gives the fields that he filled.

    The caller has checked that he may and what they are.

    Raises Malformed for a source or a day that is none, IntegrityError when the row's constraints forbid it.
    """
    source = " ".join(source.split())
    _refuse_bad_origin(source, as_of, day_of(clock()))
    confidence = FactConfidence.CONFIRMED.value
    origin = Origin(source=source, as_of=as_of.isoformat(), confidence=confidence, by=actor.person_id)
    _row, changes = _born(Collected(row, dict.fromkeys(row.SOURCED, origin)))
    row.save(force_insert=True)
    _remember([(row, change) for change in changes], country, actor.person_id)
    audit.record(actor=actor, kind="fact.enter", subject=row.subject, facts={"fields": [one.field for one in changes]})
    return [one.field for one in changes]


def adopt(
    *,
    actor: Actor,
    row: R,
    told: Mapping[str, tuple[Any, Origin]],
    country: Country | None = None,
) -> list[str]:
    """An officer takes over values that another office of ours has told, each with its own source, day and confidence. A
    row that is not stored yet is entered. Gives the fields that changed.

    The caller has checked that he may and what they are, and holds a stored row locked. No loader changes them after.
    Raises IntegrityError when the row's constraints forbid a value.
    """
    changes = _put(
        row, {name: value for name, (value, _) in told.items()}, {name: of for name, (_, of) in told.items()}
    )
    if row.pk is None:
        row.save(force_insert=True)
    elif changes:
        _save(row, [change.field for change in changes])
    else:
        return []
    _remember([(row, change) for change in changes], country, actor.person_id)
    fields = [change.field for change in changes]
    audit.record(actor=actor, kind="fact.adopt", subject=row.subject, facts={"fields": fields})
    return fields


def _refuse_bad_origin(source: str, as_of: date, today: date) -> None:
    found = faults_of_source(source)
    if not FIRST_DAY <= as_of <= today:
        found.append(Reason("bad_as_of", _("查证日期不能晚于今天。"), "/as_of"))
    if found:
        raise Malformed(reasons=found)


def faults_of_source(source: str) -> list[Reason]:
    """What forbids it as a source."""
    if not (fits(source, SOURCE_LIMIT) and visible(source) and says(source)):
        words = _("写明出处：从哪里查到的，最多 %(limit)s 个字。没有出处的不能录入。") % {"limit": SOURCE_LIMIT}
        return [Reason("bad_source", words, "/source")]
    return [Reason("case_number", NO_CASE_NUMBER, "/source")] if names_a_case(source) else []


def faults_of_words(name: str, text: str, limit: int) -> list[Reason]:
    """What forbids the words in a ledger, whoever brings them: too many, what does not show, the number of a case."""
    if len(text) > limit or not visible(text):
        return [Reason("too_long", _("最多 %(limit)s 个字，不含看不见的字符。") % {"limit": limit}, f"/{name}")]
    return [Reason("case_number", NO_CASE_NUMBER, f"/{name}")] if names_a_case(text) else []


# --- Loading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Collected(Generic[R]):
    """A row of a seed: what it is, and the origin of each of its values."""

    row: R
    origins: Mapping[str, Origin]


@transaction.atomic
def load(
    model: type[R],
    wanted: Iterable[Collected[R]],
    *,
    key: Callable[[R], Hashable],
    country: Callable[[R], int | None] = lambda _row: None,
) -> Tally:
    """Enter what was collected: rows that are missing by `key`, values that differ. What an officer has stated stays.

    The fields outside SOURCED (names of the thing, its place in lists) always follow the seed.
    """
    present = {key(row): row for row in model._default_manager.select_for_update(of=("self",))}
    emptied = _emptied(model)
    plain = [
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key
        and not field.generated
        and field.attname not in (*model.SOURCED, *model.OFFICERS, "provenance")
    ]
    created, changed, seen = [], [], set()
    history: list[tuple[R, Change]] = []
    for one in wanted:
        seen.add(key(one.row))
        old = present.get(key(one.row))
        row, found = _born(one) if old is None else _followed(old, one, emptied[old.subject])
        moved = [name for name in plain if old is not None and getattr(old, name) != getattr(one.row, name)]
        for name in moved:
            setattr(row, name, getattr(one.row, name))
        history += [(row, change) for change in found]
        if old is None:
            created.append(row)
        elif moved or found:
            changed.append(row)
    model._default_manager.bulk_create(created, batch_size=500)
    model._default_manager.bulk_update(changed, [*plain, *model.SOURCED, "provenance"], batch_size=200)
    for of, rows in _by_country(history, country).items():
        _remember(rows, of, None)
    unchanged = len(seen) - len(created) - len(changed)
    return Tally(model._meta.label, len(created), len(changed), unchanged, len(present.keys() - seen))


def _born(one: Collected[R]) -> tuple[R, list[Change]]:
    values = {name: getattr(one.row, name) for name in one.row.SOURCED}
    blank = type(one.row)()
    for name in values:
        setattr(one.row, name, getattr(blank, name))
    return one.row, _put(one.row, values, one.origins)


def _emptied(model: type[Sourced]) -> dict[str, set[str]]:
    """Which fields officers have emptied, by subject; those that hold a value again have an origin."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = FactChange.objects.filter(subject__startswith=f"{model._meta.model_name}:", officer__isnull=False)
    for subject, name in rows.exclude(after__has_key="value").values_list("subject", "field"):
        found[subject].add(name)
    return found


def _followed(old: R, one: Collected[R], emptied: set[str]) -> tuple[R, list[Change]]:
    kept = {name for name, origin in old.provenance.items() if origin["by"] is not None}
    kept |= emptied - old.provenance.keys()
    values = {name: getattr(one.row, name) for name in old.SOURCED if name not in kept}
    return old, _put(old, values, one.origins)


def _put(row: Sourced, values: Mapping[str, Any], origins: Mapping[str, Origin]) -> list[Change]:
    changes = (_set(row, name, value, origins.get(name)) for name, value in values.items())
    return [change for change in changes if change is not None]


def _by_country(
    history: list[tuple[R, Change]], country: Callable[[R], int | None]
) -> dict[int | None, list[tuple[R, Change]]]:
    sorted_out: dict[int | None, list[tuple[R, Change]]] = {}
    for row, change in history:
        sorted_out.setdefault(country(row), []).append((row, change))
    return sorted_out


# --- Parts -----------------------------------------------------------------------------------------------------------


def _set(row: Sourced, name: str, value: Any, origin: Origin | None) -> Change | None:
    """Put the value and its origin; None when both were there."""
    blank = is_blank(value)
    before, said = _shown(row, name), asdict(origin) if origin is not None else {}
    held = {} if blank else said
    setattr(row, name, value)
    row.provenance = {key: said for key, said in row.provenance.items() if key != name} | ({name: held} if held else {})
    # That an officer emptied it is remembered with where he has it from.
    after = said if blank and before and said.get("by") is not None else _shown(row, name)
    return None if before == after else Change(field=name, before=before, after=after)


def is_blank(value: Any) -> bool:
    """Is this no value at all? False and 0 are values."""
    return value is None or value == "" or value == [] or value == {}


def _shown(row: Sourced, name: str) -> dict[str, Any]:
    value = getattr(row, name)
    plain = value.isoformat() if isinstance(value, date) else value
    return {} if is_blank(value) else {"value": plain, **row.provenance.get(name, {})}


def _save(row: Sourced, fields: list[str]) -> None:
    row.save(update_fields=[*fields, "provenance"])


def _remember(rows: Iterable[tuple[models.Model, Change]], country: Country | int | None, officer: int | None) -> None:
    country_id = country.pk if isinstance(country, Country) else country
    FactChange.objects.bulk_create(
        [
            FactChange(
                subject=f"{row._meta.model_name}:{row.pk}",
                country_id=country_id,
                field=change.field,
                before=change.before,
                after=change.after,
                officer_id=officer,
            )
            for row, change in rows
        ],
        batch_size=1000,
    )
