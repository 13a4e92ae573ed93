"""What changed between two texts, marked for reading side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import zip_longest

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# A Chinese character is a word of its own; Latin words and numbers change as a whole.
_TOKEN = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
_LONGEST = 4000  # tokens; comparing is quadratic, beyond this the whole text counts as replaced

_LONGEST_LINE, _MOST_LINES = 2000, 400

Pair = tuple[SafeString, SafeString]


def side_by_side(before: str, after: str) -> list[Pair]:
    """Two texts line by line, each line of one beside its line of the other, with what differs marked; both escaped.

    Lines that only one has stand beside nothing. Texts of very many lines count as one line each.
    """
    old, new = before.splitlines(), after.splitlines()
    if max(len(old), len(new)) > _MOST_LINES:
        return [(_wrap("del", before), _wrap("ins", after))]
    found: list[Pair] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [(format_html("{}", line), format_html("{}", line)) for line in old[a:b]]
        else:
            found += [_line(*pair) for pair in zip_longest(old[a:b], new[c:d], fillvalue="")]
    return found


def _line(before: str, after: str) -> Pair:
    if max(len(before), len(after)) > _LONGEST_LINE:
        return _wrap("del", before), _wrap("ins", after)
    return marked(before, after)


def marked(before: str, after: str) -> tuple[SafeString, SafeString]:
    """`before` with what went away in `<del>`, `after` with what came in `<ins>`; both escaped."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) > _LONGEST or len(new) > _LONGEST:
        return _wrap("del", before), _wrap("ins", after)
    left, right = [], []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = "".join(old[a:b]), "".join(new[c:d])
        left.append(gone if kind == "equal" else _wrap("del", gone))
        right.append(came if kind == "equal" else _wrap("ins", came))
    return _joined(left), _joined(right)


def _wrap(element: str, text: str) -> SafeString:
    return format_html("<{0}>{1}</{0}>", element, text) if text else SafeString("")


def _joined(parts: Iterable[str]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
