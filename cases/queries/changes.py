"""What changed: between two versions of a case's content, and in a case since a page of it was opened. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cases.models import Revision
from cases.queries.dossier import Dossier
from cases.queries.timeline import Entry, events_of, told

_PLAIN = ("country", "request_type", "border_matter", "urgency", "mark", "title", "summary", "purpose")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field, or one row of a list, before and after. `row` is the row's number, from 1; 0 for a plain field."""

    field: str
    row: int = 0
    before: str
    after: str


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What differs between two contents (as drafts.content_of gives them, or as they were submitted)."""
    changes = [
        Change(field=name, before=str(old.get(name) or ""), after=str(new.get(name) or ""))
        for name in _PLAIN
        if old.get(name) != new.get(name)
    ]
    for name, words in (("subjects", _subject), ("items", _item)):
        before, after = list(old.get(name, ())), list(new.get(name, ()))
        size = max(len(before), len(after))
        pairs = zip(before + [None] * (size - len(before)), after + [None] * (size - len(after)), strict=True)
        changes += [
            Change(field=name, row=row, before=words(a) if a else "", after=words(b) if b else "")
            for row, (a, b) in enumerate(pairs, start=1)
            if a != b
        ]
    # Only submitted contents name their files, and only those of releases that know of it.
    return changes + (_files(old["files"], new["files"]) if "files" in old and "files" in new else [])


def _files(old: Sequence[Mapping[str, str]], new: Sequence[Mapping[str, str]]) -> list[Change]:
    """Files that went, came, or have other content under the same name (told by the beginning of their fingerprints)."""
    before, after = ({(row["name"], row["sha256"]): row["id"] for row in rows} for rows in (old, new))
    gone, come = ([key for key in one if key not in other] for one, other in ((before, after), (after, before)))
    changes = []
    for name, digest in gone:
        other = next((key for key in come if key[0] == name), None)
        if other is None:
            changes.append(Change(field="files", before=name, after=""))
        else:
            come.remove(other)
            changes.append(Change(field="files", before=f"{name}（{digest[:8]}）", after=f"{name}（{other[1][:8]}）"))
    return changes + [Change(field="files", before="", after=name) for name, _digest in come]


def _item(row: Mapping[str, Any]) -> str:
    return str(row["description"])


def _subject(row: Mapping[str, Any]) -> str:
    """A person or entity in one line; birth date and document number masked, as everywhere."""
    year = str(row["birth_date"] or "")[:4]
    parts = (row["name"], row["role"], row["nationality"], year, masked(row["document_number"]))
    return "，".join(str(part) for part in parts if part)


def masked(number: str) -> str:
    """A document number of which two characters at each end can be read, and none of a short one."""
    if len(number) < 6:
        return "•" * len(number)
    return f"{number[:2]}{'•' * (len(number) - 4)}{number[-2:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What happened to a case after a version: the entries, oldest first, and how it stood then."""

    entries: Sequence[Entry]
    status: str
    holder_id: int | None
    content: Sequence[Change]


def since(dossier: Dossier, version: int) -> Since:
    """The changes that a page opened at `version` does not know of."""
    entries = list(reversed(told(dossier, events_of(dossier.actor, dossier.case))))
    facts: dict[str, Any] = {}
    for entry in entries:
        if entry.event.facts.get("version", 1) <= version:
            facts |= entry.event.facts
    old = facts.get("content_version", 1)
    return Since(
        entries=[entry for entry in entries if entry.event.facts.get("version", 0) > version],
        status=facts.get("status", dossier.case.status),
        holder_id=facts.get("to"),
        content=between(dossier, old, dossier.case.content_version),
    )


def between(dossier: Dossier, old: int, new: int) -> list[Change]:
    """What differs between two submitted contents; nothing when either was never submitted."""
    found = Revision.objects.filter(case=dossier.case, number__in={old, new})
    contents = dict(found.values_list("number", "content"))
    return compare(contents[old], contents[new]) if old in contents and new in contents else []
