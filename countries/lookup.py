"""Finding partner countries: by code, all of them, by what is typed."""

from __future__ import annotations

import unicodedata
from functools import reduce

from django.db.models import Case, QuerySet, Value, When

from countries.models import Country


def country_by_code(code: str) -> Country | None:
    """The partner country with this ISO 3166-1 alpha-2 code, or None; never China."""
    return Country.objects.filter(code=code, is_partner=True).first()


def partner_countries() -> QuerySet[Country]:
    """Every partner country, by code."""
    return Country.objects.filter(is_partner=True)


def search_countries(text: str, limit: int = 20) -> list[Country]:
    """Partner countries whose names, aliases, pinyin, initials or codes contain every word of `text`, likeliest first.

    Those of which it is a whole name or code are found alone. A code is written in capitals: "tg" may be initials as well.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    terms = typed.casefold().split()[:6]
    if not terms:
        return []
    if exact := _called(typed):
        return exact[:limit]
    found = reduce(lambda rows, term: rows.filter(search_text__contains=term), terms, partner_countries())
    likeliness = Case(
        When(code__iexact=terms[0], then=Value(0)),
        When(search_text__startswith=terms[0], then=Value(1)),
        When(search_text__contains=f"\n{terms[0]}", then=Value(2)),
        default=Value(3),
    )
    return list(found.annotate(likeliness=likeliness).order_by("likeliness", "code")[:limit])


def _called(typed: str) -> list[Country]:
    """The country with this code, in capitals, or those with this name, alias, spelling or code, the code first."""
    if typed.isupper() and (coded := country_by_code(typed)) is not None:
        return [coded]
    whole = " ".join(typed.casefold().split())
    rows = partner_countries().filter(search_text__contains=whole)
    named = [row for row in rows if whole in row.search_text.split("\n")]
    return sorted(named, key=lambda row: (row.code.casefold() != whole, row.code))


def sound(country: Country) -> str:
    """By what Chinese lists of countries are sorted: the syllables of the Chinese name."""
    return country.pinyin
