"""From raw input (JSON or a posted form) to the values of what is done to a clock; it never looks at a case or a clock.

Raises `Malformed` with every fault at once, each with a code and a JSON pointer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from agencies.errors import Malformed, NotVisible
from cases.models import PauseCategory
from cases.step_input import Faults, clean_date, clean_text
from countries.calendars import SHANGHAI

REASON_LIMIT = 1000
TEXT_LIMIT = 4000
TOLD_LIMIT = 200
MOST = 1000  # units of one extension

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?", re.IGNORECASE)
Raw = Mapping[str, Any]
Values = dict[str, Any]


def parse(act: str, raw: Raw) -> Values:
    """The values of pause, resume, extend, explain, finish or record, cleaned; NotVisible for anything else."""
    if act not in _PARSERS:
        raise NotVisible
    known, parser = _PARSERS[act]
    faults = Faults()
    for name in raw.keys() - known:
        faults.add("unknown_field", _("不认识的字段。"), f"/{name}")
    values = parser(raw, faults)
    if faults.reasons:
        raise Malformed(reasons=faults.reasons)
    return values


def _pause(raw: Raw, faults: Faults) -> Values:
    category = clean_text(raw.get("category"), "/category", 20, faults)
    if category not in PauseCategory.values:
        faults.add("unknown_code", _("选择为什么暂停。"), "/category")
    return {
        "category": category,
        "reason": _required(raw, "reason", REASON_LIMIT, _("写明暂停的理由。"), faults),
        "from": _moment(raw, "from", faults),
    }


def _dated(raw: Raw, faults: Faults) -> Values:
    return {"at": _moment(raw, "at", faults)}


def _extend(raw: Raw, faults: Faults) -> Values:
    return {
        "amount": _amount(raw.get("amount"), faults),
        "reason": _required(raw, "reason", REASON_LIMIT, _("写明延长的理由。"), faults),
    }


def _explain(raw: Raw, faults: Faults) -> Values:
    values: Values = {
        "text": _required(raw, "text", TEXT_LIMIT, _("写明为什么超期。"), faults),
        "told_to": _required(raw, "told_to", TOLD_LIMIT, _("写明告知了谁。"), faults),
    }
    told_on = _required(raw, "told_on", 10, _("写明哪一天告知的。"), faults)
    values["told_on"] = clean_date(told_on, "/told_on", faults) if told_on else None
    return values


def _record(raw: Raw, faults: Faults) -> Values:
    values: Values = {"limit": _required(raw, "limit", 60, _("选择哪一项期限。"), faults)}
    at = _moment(raw, "at", faults)
    if at is None and not any(reason.pointer == "/at" for reason in faults.reasons):
        faults.add("required", _("写明从什么时候起算。"), "/at")
    return values | {"at": at}


def _required(raw: Raw, name: str, limit: int, words: str, faults: Faults) -> str:
    before = len(faults.reasons)
    text = clean_text(raw.get(name), f"/{name}", limit, faults)
    if not text and len(faults.reasons) == before:
        faults.add("required", words, f"/{name}")
    return text


def _amount(raw: object, faults: Faults) -> int:
    """A whole number; a form sends it as text."""
    if isinstance(raw, str) and re.fullmatch("[0-9]{1,4}", raw.strip(), re.ASCII):
        raw = int(raw)
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)  # 3.0 is a whole number in JSON too
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= MOST:
        faults.add("bad_amount", _("写明延长多少，1 到 %(most)s 的整数。") % {"most": MOST}, "/amount")
        return 0
    return raw


def _moment(raw: Raw, name: str, faults: Faults) -> date | datetime | None:
    """A moment in ISO 8601 (in Asia/Shanghai unless it says otherwise), or a whole day; None when it is left out: now."""
    before = len(faults.reasons)
    text = clean_text(raw.get(name), f"/{name}", 40, faults)
    if not text:
        return None
    try:
        if not text.isascii() or not _MOMENT.fullmatch(text):
            raise ValueError(name)
        if len(text) == len("2026-01-31"):
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text.upper())
        return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except (ValueError, OverflowError):
        if len(faults.reasons) == before:
            faults.add("bad_moment", _("写成 2026-01-31 或 2026-01-31T09:00。"), f"/{name}")
        return None


_PARSERS: Mapping[str, tuple[frozenset[str], Callable[[Raw, Faults], Values]]] = {
    "pause": (frozenset({"category", "reason", "from"}), _pause),
    "resume": (frozenset({"at"}), _dated),
    "extend": (frozenset({"amount", "reason"}), _extend),
    "explain": (frozenset({"text", "told_to", "told_on"}), _explain),
    "finish": (frozenset({"at"}), _dated),
    "record": (frozenset({"limit", "at"}), _record),
}
