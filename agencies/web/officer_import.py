"""Accounts from a CSV file: upload, look at every row, open all or none, take the one-time passwords along once.

Nothing is kept between the steps: the text of the file travels in the form and is read anew.
"""

from __future__ import annotations

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.commands import accounts, imports
from agencies.doors.forms import attach, sent
from agencies.errors import GuardFailed, Malformed
from agencies.roles import Role
from agencies.spreadsheets import in_csv
from agencies.web.forms import ImportForm

SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def officer_import(request: HttpRequest) -> HttpResponse:
    """Choose a file; then the same address shows it row by row, with what is wrong."""
    accounts.require(request.actor, Role.SYSTEM_ADMIN)  # type: ignore[attr-defined]
    form = ImportForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            text = imports.decode(upload.read(imports.BYTES_LIMIT + 1))
            return _preview(request, text)
        except Malformed as error:
            attach(form, error)
    return render(request, "agencies/officer_import.html", {"form": form}, status=400 if form.errors else 200)


def _preview(request: HttpRequest, text: str) -> HttpResponse:
    sheet = imports.read(text)
    shown = sheet.bad[:SHOWN] or sheet.rows[:SHOWN]
    context = {"sheet": sheet, "shown": shown, "hidden": len(sheet.bad or sheet.rows) - len(shown), "text": text}
    return render(request, "agencies/officer_import_preview.html", context, status=200 if sheet.good else 422)


@never_cache
@require_POST
def officer_import_confirm(request: HttpRequest) -> HttpResponse:
    """Open the accounts; the one-time passwords are on this answer and nowhere else."""
    text = request.POST.get("text", "")
    try:
        made = imports.import_officers(actor=request.actor, text=text)  # type: ignore[attr-defined]
    except GuardFailed:  # somebody took one of the numbers meanwhile
        return _preview(request, text)
    rows = [(officer.police_number, officer.name, password) for officer, password in made]
    context = {"rows": rows, "file": _table([(_("警号"), _("姓名"), _("一次性密码")), *rows])}
    return render(request, "agencies/officer_import_done.html", context, status=201)


@never_cache
@require_POST
def officer_import_file(request: HttpRequest) -> HttpResponse:
    """Hand the list on the page back as a file. The server knows the passwords no more; the page brought them."""
    accounts.require(request.actor, Role.SYSTEM_ADMIN)  # type: ignore[attr-defined]
    day = timezone.localdate().strftime("%Y%m%d")
    response = HttpResponse("\ufeff" + request.POST.get("file", ""), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="one-time-passwords-{day}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def officer_import_sample(request: HttpRequest) -> HttpResponse:
    """An example to fill in."""
    accounts.require(request.actor, Role.SYSTEM_ADMIN)  # type: ignore[attr-defined]
    text = _table([tuple(imports.COLUMNS), ("320583017", "陈示文", "name@example.cn")])
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="officers.csv"'
    return response


def _table(rows: list[tuple[str, ...]]) -> str:
    """CSV that no spreadsheet takes for formulas."""
    out = io.StringIO()
    for row in rows:
        csv.writer(out).writerow([in_csv(cell) for cell in row])
    return out.getvalue()
