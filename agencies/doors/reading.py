"""The query of a GET, read strictly: every parameter is checked, every fault is said at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from agencies.errors import Malformed, Reason

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHOICES_TOLD = 40
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?", re.IGNORECASE)


class Query:
    """Take what is known, then `check()`."""

    def __init__(self, params: Mapping[str, str]) -> None:
        self._params = params
        self._reasons: list[Reason] = []

    def fault(self, code: str, words: str, name: str) -> None:
        self._reasons.append(Reason(code, words, f"/{name}"))

    def check(self) -> None:
        """Raise Malformed with everything that was wrong."""
        if self._reasons:
            raise Malformed(reasons=self._reasons)

    def given(self, name: str) -> bool:
        return name in self._params

    def text(self, name: str, limit: int = 100) -> str:
        """Trimmed text, "" when absent."""
        text = self._params.get(name, "").strip()
        if len(text) > limit:
            words = _("最多 %(limit)s 个字，现在有 %(n)s 个。") % {"limit": limit, "n": len(text)}
            self.fault("too_long", words, name)
            return ""
        return text

    def one_of(self, name: str, known: Collection[str]) -> str:
        """One code of `known`, "" when absent."""
        if name not in self._params:
            return ""
        value = self._params[name]
        if value not in known:
            self.unknown(name, known)
            return ""
        return value

    def some_of(self, name: str, known: Collection[str]) -> list[str]:
        """Codes of `known` parted by commas, [] when absent."""
        if name not in self._params:
            return []
        values = list(dict.fromkeys(self._params[name].split(",")))
        if any(value not in known for value in values):
            self.unknown(name, known)
        return values

    def unknown(self, name: str, known: Collection[str] = ()) -> None:
        """Nothing that can be asked for; says what can, where that is a short list."""
        words = _("不在可选的范围内。")
        if 0 < len(known) <= CHOICES_TOLD:
            words = _("不在可选的范围内，可以写：%(choices)s。") % {"choices": _("、").join(known)}
        self.fault("unknown_code", words, name)

    def moment(self, name: str) -> datetime | None:
        """A date (its beginning in Asia/Shanghai) or a moment in ISO 8601 (in Asia/Shanghai unless it says otherwise)."""
        if name not in self._params:
            return None
        text = self._params[name]
        try:
            if not text.isascii() or not _MOMENT.fullmatch(text):
                raise ValueError(name)
            moment = datetime.fromisoformat(text.upper())
            return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fault("bad_moment", _("写成 2026-01-31 或 2026-01-31T09:00:00+08:00（加号写作 %2B）。"), name)
            return None
