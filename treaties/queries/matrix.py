"""缔约一览: the partner countries against the kinds of instrument, or against the conventions, on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise

from countries.models import UNSETTLED, Country
from treaties.models import KEPT, PART_KEPT, Instrument, InstrumentKind, Party, Standing
from treaties.queries.registry import short_name
from treaties.standing import pair_on, strength

# The columns: the bilateral kinds, and all conventions in one.
KINDS: tuple[InstrumentKind, ...] = tuple(InstrumentKind)[:8]
BY_KIND, BY_CONVENTION = "kinds", "conventions"


@dataclass(frozen=True, slots=True)
class Column:
    """What stands at the head: the code of a kind or of a convention, and its name."""

    key: str
    name: str | Promise


@dataclass(frozen=True, slots=True)
class Cell:
    """How a country and we stand to what a column holds: the strongest standing, the instruments that have it, whether all
    of them rest on values that are 待核实. `recorded` False: nothing is recorded, so nobody here knows."""

    standing: Standing = Standing.UNKNOWN
    instruments: Sequence[Instrument] = ()
    unsettled: bool = False
    recorded: bool = False


UNRECORDED = Cell()


@dataclass(frozen=True, slots=True)
class Line:
    """A country and its cells, by the key of the column. `in_force` counts instruments in force over all columns."""

    country: Country
    cells: Mapping[str, Cell]
    in_force: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """The columns, and a line for every country."""

    columns: Sequence[Column]
    lines: Sequence[Line]


@dataclass(slots=True)
class _Held:
    """The standings found for one cell while the parties are gone through."""

    found: list[tuple[Standing, Instrument, bool]] = field(default_factory=list)

    def cell(self) -> Cell:
        best = max((standing for standing, _one, _open in self.found), key=strength)
        those = [(one, doubtful) for standing, one, doubtful in self.found if standing == best]
        return Cell(best, [one for one, _open in those], all(doubtful for _one, doubtful in those), recorded=True)


def matrix_on(countries: Iterable[Country], on: date, view: str = BY_KIND) -> Matrix:
    """The matrix of these countries: two queries, whatever their number."""
    by_convention = view == BY_CONVENTION
    known = _instruments(by_convention)
    held: dict[int, dict[str, _Held]] = {}
    for party in Party.objects.filter(PART_KEPT, instrument__in=known):
        one = known[party.instrument_id]
        pair = pair_on(one, party, on)
        key = one.code if by_convention else one.kind
        cell = held.setdefault(party.country_id, {}).setdefault(key, _Held())
        cell.found.append((pair.standing, one, pair.confidence in UNSETTLED))
    lines = [_line(country, held.get(country.pk, {})) for country in countries]
    return Matrix(_columns(by_convention, known, lines), lines)


def _instruments(by_convention: bool) -> dict[int, Instrument]:
    kinds = [InstrumentKind.MULTILATERAL] if by_convention else KINDS
    return Instrument.objects.filter(KEPT, kind__in=kinds).in_bulk()


def _line(country: Country, held: Mapping[str, _Held]) -> Line:
    cells = {key: one.cell() for key, one in held.items()}
    in_force = sum(len(cell.instruments) for cell in cells.values() if cell.standing == Standing.IN_FORCE)
    return Line(country, cells, in_force)


def _columns(by_convention: bool, known: Mapping[int, Instrument], lines: Sequence[Line]) -> list[Column]:
    """Every kind; of the conventions those for which a party is recorded."""
    if not by_convention:
        return [Column(kind.value, kind.label) for kind in KINDS]
    recorded = {key for line in lines for key in line.cells}
    ordered = sorted(known.values(), key=lambda one: (one.adopted_on or date.max, one.code))
    return [Column(one.code, short_name(one)) for one in ordered if one.code in recorded]


# --- Which lines, in which order -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Which lines: of a region (its Chinese name), with such a standing in a column or, without one named, anywhere."""

    region: str = ""
    column: str = ""
    standing: str = ""


def narrow(lines: Iterable[Line], to: Narrowed) -> list[Line]:
    """The lines that were asked for. A column alone: where anything is recorded in it."""
    return [line for line in lines if to.region in ("", line.country.region_zh) and _has(line, to)]


def _has(line: Line, to: Narrowed) -> bool:
    if not to.column:
        return not to.standing or any(cell.standing == to.standing for cell in line.cells.values())
    cell = line.cells.get(to.column, UNRECORDED)
    return cell.standing == to.standing if to.standing else cell.recorded


def order(lines: Iterable[Line], sort: str, name: Callable[[Country], str]) -> list[Line]:
    """By `name`, by `region` and name, or by `count` (what is in force, most first) and name."""
    keys: dict[str, Callable[[Line], tuple[object, ...]]] = {
        "name": lambda line: (name(line.country),),
        "region": lambda line: (line.country.region_zh, line.country.subregion_zh, name(line.country)),
        "count": lambda line: (-line.in_force, name(line.country)),
    }
    return sorted(lines, key=keys[sort])
