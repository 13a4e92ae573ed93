"""Reading seeds/ and making tables equal to them. Every loader built on this is idempotent and says what it changed."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from django.conf import settings
from django.db import models, transaction


@dataclass(frozen=True, slots=True)
class Tally:
    """What a loader did to one table. `absent` rows are in the table but no longer in the seed; they are left alone."""

    table: str
    created: int
    changed: int
    unchanged: int
    absent: int

    def __str__(self) -> str:
        text = f"{self.table}: {self.created} created, {self.changed} changed, {self.unchanged} unchanged"
        return f"{text}, {self.absent} not in the seed (left alone)" if self.absent else text


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of seeds/<name>, a CSV file with a header; every value is text."""
    with (settings.BASE_DIR / "seeds" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def yaml_of(name: str) -> Any:
    """The content of seeds/<name>, a YAML file."""
    text = (settings.BASE_DIR / "seeds" / name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CSafeLoader)


def searchable(names: Iterable[str], spellings: Iterable[str], codes: Iterable[str]) -> str:
    """What typing finds: names, pinyin and its initials (given as "kun shan shi"), codes; one a line, lower case."""
    lines = [*names]
    for spelling in spellings:
        syllables = spelling.split()
        lines += ["".join(syllables), "".join(syllable[0] for syllable in syllables)]
    return "\n".join(dict.fromkeys(line.casefold() for line in (*lines, *codes) if line))


@transaction.atomic
def upsert(model: type[models.Model], wanted: Sequence[models.Model], *, key: str, keep: Sequence[str] = ()) -> Tally:
    """Insert what is missing by `key`, update what differs; the fields in `keep` are only set at birth."""
    names = [
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated and field.attname not in keep
    ]
    present = {getattr(row, key): row for row in model._default_manager.all()}
    created = [row for row in wanted if getattr(row, key) not in present]
    changed = []
    for row in wanted:
        old = present.get(getattr(row, key))
        if old is not None and any(getattr(row, name) != getattr(old, name) for name in names):
            row.pk = old.pk
            changed.append(row)
    model._default_manager.bulk_create(created, batch_size=1000)
    if changed:
        model._default_manager.bulk_update(changed, names, batch_size=200)
    return Tally(
        table=model._meta.label,
        created=len(created),
        changed=len(changed),
        unchanged=len(wanted) - len(created) - len(changed),
        absent=len(present.keys() - {getattr(row, key) for row in wanted}),
    )
