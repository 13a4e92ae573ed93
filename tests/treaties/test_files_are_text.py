"""A name that looks like a formula is text in every file of the matrix. Only the loader writes names of countries."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.urls import reverse

from countries.models import Country
from tests.browsing import log_in
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("as_loader")


def test_a_name_that_looks_like_a_formula_stays_text(cast: Cast) -> None:
    Country.objects.filter(code="TH").update(name_zh="=HYPERLINK(1)")
    answer = log_in(cast, "kunshan.officer").get(reverse("instrument-matrix-sheet"))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer))).active
    (cell,) = (row[0] for row in sheet.iter_rows() if row[1].value == "TH")
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=HYPERLINK(1)", "s", True)

    Country.objects.filter(code="TH").update(name_zh="＝HYPERLINK(1)")
    answer = log_in(cast, "kunshan.officer").get(reverse("instrument-matrix-file"))
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert "'＝HYPERLINK(1)" in {row[0] for row in rows}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))]
