"""缔约一览 as XLSX: the lines of the page, text as text."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.urls import reverse

from tests.browsing import log_in
from tests.cast import Cast

pytestmark = pytest.mark.django_db
ASKED = {"region": "亚洲", "sort": "count"}


def test_the_sheet_says_what_the_csv_says(cast: Cast) -> None:
    client = log_in(cast, "kunshan.officer")
    answer = client.get(reverse("instrument-matrix-sheet"), ASKED)
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert ".xlsx" in answer["Content-Disposition"]
    rows = [
        ["" if cell is None else str(cell) for cell in row]
        for row in openpyxl.load_workbook(io.BytesIO(b"".join(answer))).active.iter_rows(values_only=True)
    ]
    file = b"".join(client.get(reverse("instrument-matrix-file"), ASKED)).decode("utf-8-sig")
    *lines, note = csv.reader(io.StringIO(file))
    assert rows[:-1] == lines
    assert rows[-1][0] == note[0]
    assert len(rows) > 40
