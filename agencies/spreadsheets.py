"""What every table for spreadsheets minds: text that users typed is never read as a formula, a number or a link."""

from __future__ import annotations

# What a spreadsheet takes for the beginning of a formula, the full-width forms included.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# XlsxWriter leaves text as it was typed.
AS_TYPED = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A4 = 9


def in_csv(text: str) -> str:
    """A cell of a CSV file, which has no types: an apostrophe before what begins like a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text
