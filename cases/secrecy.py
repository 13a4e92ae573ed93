"""State secrets stay out of this network: what carries a secrecy marking is refused at the door.

公安信息网 may not transmit, process or store state secrets; material marked 秘密, 机密 or 绝密 goes by the classified channel.
Only markings are looked for (GB/T 9704 puts them at the head of a paper, with ★ and a period), never words: 侵犯商业秘密案
is a title like any other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import gettext_lazy as _

from agencies import audit
from agencies.actors import Actor

CODE = "state_secret"
WORDS = _("这里带有国家秘密标志。国家秘密不得进入本网络，请走机要渠道；这一项没有保存。")
MARK_WORDS = _("本网络最高到「工作秘密」。国家秘密（秘密、机密、绝密）不得进入本网络，请走机要渠道。")

_LEVEL = "(?:绝密|机密|秘密)"
_STARRED = re.compile(rf"{_LEVEL}\s*(?:级\s*)?[★☆✩✪⭐*]")
_OPENING = r"[\s\[(<【〔《「『“\"'_\-—·.]*"
# At the head of a title or a file name, 机密 and 绝密 always mark; 秘密 only where nothing but a sign follows it.
_HEAD = re.compile(rf"^{_OPENING}(?:绝密|机密|秘密\s*(?:级|件)?\s*(?=[\])>】〕》」』”\"'_\-—:：.,，、;；]|\s|$))")
_BRACKETED = re.compile(rf"[\[(【〔]\s*{_LEVEL}\s*(?:级|件)?\s*[\])】〕]")
_TAIL = re.compile(rf"[_\-—.\s]{_LEVEL}\s*(?:级|件)?$")
_MARKS = frozenset({"secret", "confidential", "top_secret", "state_secret", "秘密", "机密", "绝密"})


def _plain(text: str) -> str:
    """As the eye reads it: full-width forms folded, invisible characters dropped, 机 密 written together."""
    folded = unicodedata.normalize("NFKC", text)
    seen = "".join(char for char in folded if unicodedata.category(char) != "Cf")
    return re.sub(r"(?<=[绝机秘])\s+(?=密)", "", seen).strip()


def marked(text: str) -> bool:
    """Does running text carry a starred marking (机密★10年) at the head of one of its lines?"""
    return any(_STARRED.match(line.lstrip(" 　[【(（")) for line in _plain(text).splitlines())


def marked_title(text: str) -> bool:
    """Does a title or a file name (without its extension) carry a secrecy marking where markings stand?"""
    plain = _plain(text)
    return any(pattern.search(plain) for pattern in (_STARRED, _HEAD, _BRACKETED, _TAIL))


def forbidden_mark(code: str) -> bool:
    """Is this a mark above the network's ceiling (工作秘密)?"""
    return code.strip().casefold() in _MARKS


_refused: ContextVar[set[str] | None] = ContextVar("refused", default=None)


@contextmanager
def watched() -> Iterator[set[str]]:
    """Collects where marked material was refused while a request was answered, whichever door it came in by."""
    places: set[str] = set()
    token = _refused.set(places)
    try:
        yield places
    finally:
        _refused.reset(token)


def note_refusal(pointer: str) -> None:
    """Called wherever marked material is refused; the request's `watched` set learns the place, never the words."""
    if (places := _refused.get()) is not None:
        places.add(pointer)


def report(actor: Actor, subject: str, places: Collection[str]) -> None:
    """Record that marked material was refused: where it was, never what it said."""
    audit.record(actor=actor, kind="case.secret_refused", subject=subject, facts={"places": sorted(set(places))})
