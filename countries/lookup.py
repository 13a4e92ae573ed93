"""Finding a partner country by its code."""

from __future__ import annotations

from countries.models import Country


def country_by_code(code: str) -> Country | None:
    """The partner country with this ISO 3166-1 alpha-2 code, or None; never China."""
    return Country.objects.filter(code=code, is_partner=True).first()
