"""The options of a list's selects as HTML, made once for each language: two hundred countries on every page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from cases.queries.choices import Offer

_OFFICIAL = ' lang="zh-CN" data-user'


def options(offers: Sequence[Offer], chosen: str, *, official: bool = False) -> SafeString:
    """`<option>`s in their groups with the chosen one selected; `official` names stay in their language."""
    html = _html(tuple(offers), official)
    if chosen:
        value = format_html('value="{}"', chosen)
        html = html.replace(value, f"{value} selected", 1)
    return mark_safe(html)  # noqa: S308 — escaped in _html


@lru_cache(maxsize=128)
def _html(offers: tuple[Offer, ...], official: bool) -> str:
    mark = _OFFICIAL if official else ""
    parts = []
    for group, members in groupby(offers, key=lambda offer: offer[2]):
        rows = "".join(
            f'<option value="{escape(code)}"{mark}>{escape(name)}</option>' for code, name, _group in members
        )
        parts.append(f'<optgroup label="{escape(group)}"{mark}>{rows}</optgroup>' if group else rows)
    return "".join(parts)
