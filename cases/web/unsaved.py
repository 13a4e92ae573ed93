"""What of a draft cannot be saved yet waits in the writer's session, and comes back where it was typed.

Only that is kept, and only for the version of the draft that it was typed into: rows have no other place. What bears
a secrecy marking is never kept.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from agencies.errors import Reason
from cases import content_input, secrecy
from cases.models import Case
from cases.web import draft_form
from cases.web.draft_form import Form, Row

_LIMIT = 100_000  # characters; a session is read with every page


def keep(session: SessionBase, case: Case, form: Form, reasons: list[Reason]) -> bool:
    """Keep what `reasons` are about, in place of what was kept before. False when something of it cannot be kept."""
    drop(session, case)
    if not reasons:
        return True
    secret = {reason.pointer for reason in reasons if reason.code == secrecy.CODE}
    wrong: dict[str, set[str]] = defaultdict(set)
    for reason in reasons:
        head, _slash, part = reason.pointer.lstrip("/").rpartition("/")
        wrong[head].add(part)
    plain = {name: form.plain[name] for name in wrong[""] & form.plain.keys() if f"/{name}" not in secret}
    kept = {
        "version": case.version,
        "plain": plain,
        "subjects": _rows("subjects", form.subjects, wrong, secret),
        "items": _rows("items", form.items, wrong, secret),
    }
    if _size(kept) > _LIMIT:
        return False
    session[_key(case)] = kept
    return not secret and wrong[""] <= form.plain.keys()


def _rows(
    name: str, rows: list[Row], wrong: dict[str, set[str]], secret: set[str]
) -> list[tuple[bool, dict[str, str]]]:
    """Each row: whether it is saved, and what of it is not."""
    kept: list[tuple[bool, dict[str, str]]] = []
    if name in wrong[""]:
        return kept
    for n, row in enumerate(rows):
        parts = wrong.get(f"{name}/{n}", set())
        saved = content_input.stands(parts)
        shown = {part for part in row.values if (part in parts or not saved) and f"/{name}/{n}/{part}" not in secret}
        kept.append((saved, {part: row.values[part] for part in shown}))
    return kept


def restore(session: SessionBase, case: Case, form: Form) -> None:
    """Put what was kept back into the form of what is stored, with what is wrong with it."""
    kept: dict[str, Any] = session.get(_key(case), {})
    if kept.get("version") != case.version:
        return
    form.plain |= kept["plain"]
    form.subjects = _woven(form.subjects, kept["subjects"])
    form.items = _woven(form.items, kept["items"])
    form.blame(draft_form.parse(form, lists=True)[1])


def _woven(stored: list[Row], kept: list[tuple[bool, dict[str, str]]]) -> list[Row]:
    rest = iter(stored)
    rows = [next(rest, Row({})) if saved else Row({}) for saved, _values in kept]
    for row, (_saved, values) in zip(rows, kept, strict=True):
        row.values |= values
    return [*rows, *rest]


def drop(session: SessionBase, case: Case) -> None:
    """Forget what was kept: it is saved, or the draft has gone on."""
    session.pop(_key(case), None)


def _size(kept: dict[str, Any]) -> int:
    texts = [*kept["plain"].values()]
    texts += [text for name in ("subjects", "items") for _saved, row in kept[name] for text in row.values()]
    return sum(map(len, texts))


def _key(case: Case) -> str:
    return f"unsaved:{case.pk}"
