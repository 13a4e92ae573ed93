"""What can be exported. A kind is one module that gives one `Kind`; registry.py lists them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.errors import Malformed, Reason
from agencies.models import Agency
from agencies.queries import agency_by_code

# Moments are written in Shanghai time; text stays text whatever it begins with; a float is a share, shown in percent; a
# Decimal is an amount with one place.
Cell = str | int | float | Decimal | date | datetime | None
Row = tuple[Cell, ...]
Params = Mapping[str, str]
Words = str | Promise
LONGEST_PARAM = 100


@dataclass(frozen=True, slots=True)
class Column:
    """A head and how wide it is, in characters. On paper: whether there is room for it, and whether it stays `whole`, on
    one line."""

    label: Words
    width: int
    printed: bool = True
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table with a name: a sheet of a workbook, a part of a PDF. `note` says what its numbers mean. `steps`: where the
    shades of a heat map begin to deepen (cases.board.numbers); its first column and its last are names and sums."""

    label: Words
    columns: Sequence[Column]
    note: Words = ""
    steps: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows, read in one transaction. `secret`: one of them is a work secret, so the file is. `section`: they begin this
    one. `as_of`: they hold as of then, not as of the beginning of the run."""

    rows: Sequence[Row]
    secret: bool = False
    section: Section | None = None
    as_of: datetime | None = None


def everybody(actor: Actor, params: Params) -> None:
    """Whoever works on cases may ask for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`read` checks what was asked for (Malformed names every fault) and gives it back without empty parts; `admit` refuses
    whoever has no business with it. `batches` is
    advanced one transaction at a time, each of which sees what the actor may see; so is `count`, which need not count
    beyond `limit`. `filters` puts what was asked for in words. A list is one table with these `columns`; a kind without any
    has batches that begin sections."""

    code: str
    label: Words
    read: Callable[[Params], dict[str, str]]
    count: Callable[[Actor, Params, datetime, int], int]
    batches: Callable[[Actor, Params, datetime], Iterator[Batch]]
    filters: Callable[[Params], list[tuple[str, str]]]
    columns: Sequence[Column] = ()
    admit: Callable[[Actor, Params], None] = everybody
    # What the numbers mean, where the heads do not say it.
    notes: Sequence[Words] = ()


@dataclass(slots=True)
class Asked:
    """Reads parameters: take what is known, then `found()`."""

    given: Params
    _found: dict[str, str] = field(default_factory=dict)
    _reasons: list[Reason] = field(default_factory=list)

    def one_of(self, name: str, known: Collection[str]) -> None:
        """One of these codes, or nothing."""
        if self.text(name) and self._found[name] not in known:
            self._fault(name, _("没有这个筛选条件。"))

    def agency(self, name: str) -> None:
        """The code of an agency, or nothing."""
        if self.text(name) and agency_at(self._found[name]) is None:
            self._fault(name, _("没有这个机关。"))

    def text(self, name: str) -> str:
        """Trimmed text, or nothing."""
        value = self.given.get(name) or ""
        if not isinstance(value, str) or len(value) > LONGEST_PARAM:
            self._fault(name, _("写成不超过 %(n)s 个字的文字。") % {"n": LONGEST_PARAM})
            return ""
        self._found[name] = value.strip()
        return self._found[name]

    def found(self) -> dict[str, str]:
        """What was asked for; Malformed with every fault, also for a name that the list does not know."""
        for name in self.given.keys() - self._found.keys():
            if not any(reason.pointer == f"/params/{name}" for reason in self._reasons):
                self._fault(name, _("没有这个筛选条件。"))
        if self._reasons:
            raise Malformed(reasons=self._reasons)
        return {name: value for name, value in self._found.items() if value}

    def _fault(self, name: str, words: str) -> None:
        self._reasons.append(Reason("bad_filter", words, f"/params/{name}"))


def agency_at(code: str) -> Agency | None:
    """The agency with this code."""
    return agency_by_code(code) if code.isascii() and code.isdigit() else None
