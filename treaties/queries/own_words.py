"""What a line of the law says in our own words. Sentences of the law are not shown: the official text decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext

from agencies.language import english
from agencies.seeding import rows_of

# A label of ours is short and no sentence.
LABEL_LIMIT = 24
_SENTENCE = re.compile(r"[。；，：]|应当|不得|可以")


def own_words(entry: Mapping[str, Any]) -> str:
    """Our short description of the line in the language of the page; "" where there is none.

    Of a line that the ministry wrote (it carries its `source`) the ministry's own words.
    """
    if english():
        return str(entry.get("en") or entry.get("effect") or _in_english(said_zh(entry)) or written(entry))
    return written(entry) or short_zh(entry)


def written(entry: Mapping[str, Any]) -> str:
    """The Chinese words of a line that the ministry wrote, else ""."""
    return said_zh(entry) if "source" in entry else ""


def short_zh(entry: Mapping[str, Any]) -> str:
    """Our own Chinese words for a line of the seeds, else ""."""
    zh = said_zh(entry)
    own = _short().get((entry.get("key", ""), entry.get("cite", "")))
    if own is not None:
        return own
    return zh if len(zh) <= LABEL_LIMIT and not _SENTENCE.search(zh) else ""


def said_zh(entry: Mapping[str, Any]) -> str:
    """What the data calls the line: its words, or what is done or approved."""
    return str(entry.get("zh") or entry.get("action_zh") or entry.get("what") or "")


def translated(zh: str) -> str:
    """A name of the data (who acts, approves or promises) in the language of the page."""
    return (_in_english(zh) or gettext(zh)) if english() and zh else zh


def _in_english(zh: str) -> str:
    if not zh:
        return ""
    own = _english().get(zh)
    said = own if own is not None else gettext(zh)
    return said if said != zh else ""


@lru_cache(maxsize=1)
def _short() -> Mapping[tuple[str, str], str]:
    grounds = {(row["key"], row["article"]): row["name_zh"] for row in rows_of("refusal_grounds.csv") if row["key"]}
    return grounds | {(row["key"], row["article"]): row["zh"] for row in rows_of("rule_words.csv")}


@lru_cache(maxsize=1)
def _english() -> Mapping[str, str]:
    return {row["zh"]: row["en"] for row in rows_of("law_words.csv")}
