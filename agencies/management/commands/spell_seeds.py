"""Development only: write the pinyin columns of the seeds, so that nothing needs pypinyin at run time.

Run it after editing a name in seeds/. seeds/place_pinyin.csv holds the readings that pypinyin gets wrong in place names
(乐清, 大城, 涡阳 …); the longest text wins.
"""

from __future__ import annotations

import csv
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from pypinyin import lazy_pinyin

from agencies.seeding import rows_of

# file → name column → pinyin column
COLUMNS = {
    "agencies.csv": {"name": "pinyin", "alt_name": "alt_pinyin", "short_name": "short_pinyin"},
    "countries.csv": {"name_zh": "pinyin", "aliases": "alias_pinyin"},
}


class Command(BaseCommand):
    help = "Write the pinyin columns of the seed files (development only)."

    def handle(self, *args: Any, **options: Any) -> None:
        readings = sorted(
            ((row["text"], row["pinyin"].split()) for row in rows_of("place_pinyin.csv")),
            key=lambda reading: len(reading[0]),
        )
        for file, columns in COLUMNS.items():
            rows = rows_of(file)
            for row in rows:
                for name, pinyin in columns.items():
                    row[pinyin] = spell(row[name], readings)
            with (settings.BASE_DIR / "seeds" / file).open("w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
            self.stdout.write(f"{file}: {len(rows)} rows spelled")


def spell(text: str, readings: list[tuple[str, list[str]]]) -> str:
    """The syllables of `text`, one for each Chinese character; other characters are left out.

    `readings` go from the shortest text to the longest: the last one that matches wins.
    """
    text = "".join(char for char in text if "\u4e00" <= char <= "\u9fff")
    syllables = lazy_pinyin(text)
    for part, pinyin in readings:
        at = text.find(part)
        while at >= 0:
            syllables[at : at + len(part)] = pinyin
            at = text.find(part, at + 1)
    return " ".join(syllables)
