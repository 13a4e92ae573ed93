"""What changed: between two versions of a case's content, and in a case since a page of it was opened. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from cases.models import Revision
from cases.queries.dossier import Dossier
from cases.queries.timeline import Entry, events_of, told

_PLAIN = ("country", "request_type", "urgency", "mark", "title", "summary", "purpose")
_SENTENCE = re.compile(r"[^。；！？\n]*[。；！？\n]?")
_WORD = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: `mark` is '' (kept), 'del' or 'ins'."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field, or one row of a list, before and after. `row` is the row's number, from 1; 0 for a plain field."""

    field: str
    row: int = 0
    before: Sequence[Piece]
    after: Sequence[Piece]


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What differs between two contents (as drafts.content_of gives them)."""
    changes = [
        Change(field=name, before=pair[0], after=pair[1])
        for name in _PLAIN
        if old.get(name) != new.get(name)
        for pair in [pieces(str(old.get(name) or ""), str(new.get(name) or ""))]
    ]
    for name, words in (("subjects", _subject), ("items", _item)):
        changes += _rows(name, [words(row) for row in old.get(name, ())], [words(row) for row in new.get(name, ())])
    return changes


def _rows(name: str, old: list[str], new: list[str]) -> list[Change]:
    padded = zip(old + [""] * (len(new) - len(old)), new + [""] * (len(old) - len(new)), strict=True)
    return [
        Change(field=name, row=row, before=pair[0], after=pair[1])
        for row, (before, after) in enumerate(padded, start=1)
        if before != after
        for pair in [pieces(before, after)]
    ]


def _item(row: Mapping[str, Any]) -> str:
    return str(row["description"])


def _subject(row: Mapping[str, Any]) -> str:
    """A person or entity in one line; the document number masked, as everywhere."""
    parts = (row["name"], row["role"], row["nationality"], row["birth_date"], masked(row["document_number"]))
    return "，".join(str(part) for part in parts if part)


def masked(number: str) -> str:
    """A document number of which two characters at each end can be read, and none of a short one."""
    if len(number) < 6:
        return "•" * len(number)
    return f"{number[:2]}{'•' * (len(number) - 4)}{number[-2:]}"


def pieces(old: str, new: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts cut into kept, deleted and inserted runs: sentence by sentence first, then word by word."""
    before: list[Piece] = []
    after: list[Piece] = []
    a, b = _SENTENCE.findall(old), _SENTENCE.findall(new)
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            _put(before, "", "".join(a[a1:a2]))
            _put(after, "", "".join(b[b1:b2]))
        else:
            _words("".join(a[a1:a2]), "".join(b[b1:b2]), before, after)
    return before, after


def _words(old: str, new: str, before: list[Piece], after: list[Piece]) -> None:
    a, b = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, a, b, autojunk=len(a) + len(b) > 2000)
    if matcher.quick_ratio() < 0.3:
        _put(before, "del", old)
        _put(after, "ins", new)
        return
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        same = tag == "equal"
        _put(before, "" if same else "del", "".join(a[a1:a2]))
        _put(after, "" if same else "ins", "".join(b[b1:b2]))


def _put(run: list[Piece], mark: str, text: str) -> None:
    if text:
        run.append(Piece(mark, text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What happened to a case after `version`: the entries, oldest first, and how it stood then."""

    entries: list[Entry]
    status: str
    holder_id: int | None
    content: list[Change]


def since(dossier: Dossier, version: int) -> Since:
    """The changes that a page opened at `version` does not know of."""
    entries = list(reversed(told(dossier, events_of(dossier.case))))
    known = [entry for entry in entries if entry.event.facts.get("version", 1) <= version]
    newer = [entry for entry in entries if entry.event.facts.get("version", 0) > version]
    facts = _latest(known)
    old = facts.get("content_version", 1)
    return Since(
        entries=newer,
        status=facts.get("status", dossier.case.status),
        holder_id=facts.get("to"),
        content=between(dossier, old, dossier.case.content_version) if old != dossier.case.content_version else [],
    )


def _latest(entries: list[Entry]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for entry in entries:
        facts |= entry.event.facts
    return facts


def between(dossier: Dossier, old: int, new: int) -> list[Change]:
    """What differs between two submitted contents; nothing when either was never submitted."""
    contents = dict(Revision.objects.filter(case=dossier.case, number__in=[old, new]).values_list("number", "content"))
    return compare(contents[old], contents[new]) if old in contents and new in contents else []
