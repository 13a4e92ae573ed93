"""缔约一览: the matrix as a page, and as files that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import xlsxwriter
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from agencies.doors.downloads import attached
from agencies.language import english
from agencies.spreadsheets import A4, AS_TYPED, FORMULAS, XLSX, in_csv
from countries.lookup import partner_countries
from countries.models import Country
from treaties.models import Instrument, InstrumentKind, Standing
from treaties.queries.matrix import (
    BY_CONVENTION,
    BY_KIND,
    UNRECORDED,
    Cell,
    Line,
    Matrix,
    Narrowed,
    matrix_on,
    narrow,
    order,
)
from treaties.web.fact_words import SHAPES
from treaties.web.instrument_forms import MatrixFilter
from treaties.web.instruments import by_name, regions_of

_TAB = 31  # the longest name of a sheet


@dataclass(frozen=True, slots=True)
class _Asked:
    """The matrix of a request, narrowed and in order."""

    form: MatrixFilter
    on: date
    view: str
    matrix: Matrix
    lines: Sequence[Line]


def _asked(request: HttpRequest) -> _Asked:
    view = BY_CONVENTION if request.GET.get("view") == BY_CONVENTION else BY_KIND
    countries = list(partner_countries())
    regions = regions_of(countries)
    on = MatrixFilter(request.GET, regions).day()
    matrix = matrix_on(countries, on, view)
    conventions = [(column.key, column.name) for column in matrix.columns] if view == BY_CONVENTION else None
    form = MatrixFilter(request.GET, regions, conventions)
    form.full_clean()
    found = form.cleaned_data
    to = Narrowed(**{name: found.get(name) or "" for name in ("region", "column", "standing")})
    lines = order(narrow(matrix.lines, to), found.get("sort") or "name", by_name)
    return _Asked(form, on, view, matrix, lines)


@require_safe
def matrix_page(request: HttpRequest) -> HttpResponse:
    """Every partner country against the kinds of instrument or the conventions, on a day."""
    asked = _asked(request)
    context = {
        "form": asked.form,
        "on": asked.on,
        "view": asked.view,
        "by_convention": asked.view == BY_CONVENTION,
        "columns": asked.matrix.columns,
        "lines": [(line, _region(line.country), _cells(line, asked)) for line in asked.lines],
        "total": len(asked.matrix.lines),
        "tabs": _tabs(asked),
        "sort": asked.form.cleaned_data.get("sort") or "name",
        "sums": _sums(asked),
        "legend": [(SHAPES[standing], standing.label) for standing in Standing],
        "narrowed": asked.form.narrowed(),
        "file": f"{reverse('instrument-matrix-file')}?{request.GET.urlencode()}",
        "sheet": f"{reverse('instrument-matrix-sheet')}?{request.GET.urlencode()}",
    }
    return render(request, "treaties/instrument_matrix.html", context, status=400 if asked.form.errors else 200)


@require_safe
def matrix_file(request: HttpRequest) -> FileResponse:
    """The same lines as a CSV file (UTF-8 with its mark, so that spreadsheets read the characters)."""
    asked = _asked(request)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([in_csv(cell) for cell in row] for row in _rows(asked))
    name = f"{_('缔约一览')}-{asked.on.isoformat()}.csv"
    return attached(io.BytesIO(text.getvalue().encode("utf-8-sig")), name=name, media_type="text/csv; charset=utf-8")


@require_safe
def matrix_sheet(request: HttpRequest) -> FileResponse:
    """The same lines as XLSX, whose cells know that they are text."""
    asked, target = _asked(request), io.BytesIO()
    heads, *lines, note = _rows(asked)
    book = xlsxwriter.Workbook(target, {**AS_TYPED, "in_memory": True})
    sheet = book.add_worksheet(_("缔约一览")[:_TAB])
    head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#E8ECF1", "bottom": 1, "valign": "vcenter"})
    text, quoted = book.add_format(), book.add_format({"quote_prefix": True})
    for n, cell in enumerate(heads):
        sheet.write_string(0, n, cell, head)
    for row, line in enumerate([*lines, note], 1):
        for n, cell in enumerate(line):
            if cell:
                sheet.write_string(row, n, cell, quoted if cell.startswith(FORMULAS) else text)
    for row, counted in enumerate(asked.lines, 1):
        sheet.write_number(row, len(heads) - 1, counted.in_force)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, len(heads) - 1, 12)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(lines), len(heads) - 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    target.seek(0)
    return attached(target, name=f"{_('缔约一览')}-{asked.on.isoformat()}.xlsx", media_type=XLSX)


def _rows(asked: _Asked) -> Iterator[list[str]]:
    yield [_("国家"), _("代码"), _("地区"), *(str(column.name) for column in asked.matrix.columns), _("生效数")]
    for line in asked.lines:
        country = line.country
        cells = [_in_file(line.cells.get(column.key, UNRECORDED)) for column in asked.matrix.columns]
        yield [country.name, country.code, _region(country), *cells, str(line.in_force)]
    yield [_("状态日期 %(day)s。“未收录”是没有查到，不等于没有。") % {"day": asked.on.isoformat()}]


def _in_file(cell: Cell) -> str:
    word = str(_word(cell))
    return _("%(standing)s（待核实）") % {"standing": word} if cell.unsettled and cell.recorded else word


def _word(cell: Cell) -> str | Promise:
    """How it stands; how many, where there are several."""
    if not cell.recorded:
        return _("未收录")
    n = len(cell.instruments)
    if n == 1:
        return cell.standing.label
    return ngettext("%(n)s 项%(standing)s", "%(n)s 项%(standing)s", n) % {"n": n, "standing": cell.standing.label}


def _region(country: Country) -> str:
    return country.region_en if english() else country.region_zh


def _cells(line: Line, asked: _Asked) -> list[dict[str, Any]]:
    cells = ((column.key, line.cells.get(column.key, UNRECORDED)) for column in asked.matrix.columns)
    return [_shown(line.country, key, cell, asked) for key, cell in cells]


def _shown(country: Country, key: str, cell: Cell, asked: _Asked) -> dict[str, Any]:
    """A cell of the page: shape, word, and the page that says more."""
    return {
        "shape": SHAPES[cell.standing],
        "word": _word(cell),
        "check": cell.unsettled,
        "recorded": cell.recorded,
        "url": _more(country, key, cell.instruments, asked.on),
    }


def _more(country: Country, key: str, those: Sequence[Instrument], on: date) -> str:
    """The page of the only instrument (of a convention that of the country's part), else the list of them."""
    if not those:
        return ""
    if len(those) > 1:
        asked = {"country": country.code, "kind": key, "on": on.isoformat()}
        return f"{reverse('instrument-list')}?{urlencode(asked)}"
    (one,) = those
    if one.kind == InstrumentKind.MULTILATERAL:
        page = reverse("instrument-party", kwargs={"code": one.code, "country": country.code})
    else:
        page = reverse("instrument-detail", kwargs={"code": one.code})
    return f"{page}?{urlencode({'on': on.isoformat()})}"


def _tabs(asked: _Asked) -> list[dict[str, Any]]:
    names = ((BY_KIND, _("双边条约和公约")), (BY_CONVENTION, _("逐个公约")))
    day = {"on": asked.on.isoformat()} if "on" in asked.form.given else {}
    return [
        {"url": f"?{urlencode({**day, 'view': view})}", "label": name, "current": view == asked.view}
        for view, name in names
    ]


def _sums(asked: _Asked) -> list[int]:
    """In how many of the lines each column is in force."""
    return [
        sum(line.cells.get(column.key, UNRECORDED).standing == Standing.IN_FORCE for line in asked.lines)
        for column in asked.matrix.columns
    ]
