"""How an article is cited in Chinese: IMLA-13.1.4 → 《国际刑事司法协助法》第十三条第一款第四项."""

from __future__ import annotations

import re
from collections.abc import Mapping

from treaties.models import DOMESTIC, Instrument
from treaties.queries.lists import entries
from treaties.type_law import laws_on

ARTICLE_LIMIT = 20
_CITE = re.compile(r"([A-Z]{2,8})-([1-9]\d{0,2}(?:\.[1-9]\d?){0,2})")
_DIGITS = "零一二三四五六七八九"
_PLACES = "条款项"


def article_names() -> dict[str, str]:
    """Every article that the law in force cites, by its code, and every statute or rule by its own."""
    cited = (entry for law in laws_on() for entry in entries(law.data) if entry.get("cite_zh"))
    found = {entry["cite"]: entry["cite_zh"] for entry in cited}
    statutes = Instrument.objects.filter(kind__in=DOMESTIC)
    return found | {one.code: f"《{one.short_zh or one.title_zh}》" for one in statutes}


def article_name(cite: str, names: Mapping[str, str]) -> str:
    """The name of an article, "" when that is no article of a statute that we know. `names`: as `article_names` gives them.

    Where an article has one paragraph only its items are cited without it (EXT-8.1.2: 第八条第二项); that is seen from
    others of the same paragraph.
    """
    if names.get(cite) and "-" in cite:
        return names[cite]
    parsed = _CITE.fullmatch(cite)
    if parsed is None or not names.get(parsed[1]):
        return ""
    parts = [f"第{numeral(int(n))}{place}" for n, place in zip(parsed[2].split("."), _PLACES, strict=False)]
    if len(parts) == 3 and _one_paragraph(cite, names):
        del parts[1]
    return names[parsed[1]] + "".join(parts)


def _one_paragraph(cite: str, names: Mapping[str, str]) -> bool:
    start = cite.rpartition(".")[0] + "."
    return any(name and "款" not in name.partition("》")[2] for one, name in names.items() if one.startswith(start))


def numeral(n: int) -> str:
    """1 to 999 as statutes number their articles: 三百七十四."""
    hundreds, tens, ones = n // 100, n // 10 % 10, n % 10
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += f"{'' if tens == 1 and not hundreds else _DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")
