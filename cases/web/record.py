"""我们的记录: what became of all requests with one country, in numbers that every officer reads; and below them the open cases
that he may see himself."""

from __future__ import annotations

import io

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from agencies.actors import Actor
from agencies.doors.downloads import attached
from agencies.doors.reading import Query
from agencies.errors import NotVisible
from cases.paper.agenda import print_agenda
from cases.record import reading
from cases.web import record_rows
from countries.lookup import country_by_code


@require_safe
def country_record(request: HttpRequest, code: str) -> HttpResponse:
    """The record of the country in the address, narrowed to a request type, a channel or both."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    country = country_by_code(code.upper())
    if country is None:
        raise NotVisible
    given = request.GET.dict()
    query = Query({name: str(value) for name, value in given.items() if value})
    kind = query.one_of("type", record_rows.type_names())
    channel = query.one_of("channel", record_rows.channel_names())
    query.check()
    found = reading.read(country, actor, kind=kind, channel=channel, owed=reading.OWED)
    return render(request, "cases/record.html", {"record": record_rows.shown(found, whole=True), "country": country})


@require_GET
def country_agenda(request: HttpRequest, code: str) -> HttpResponseBase:
    """会谈议题: what is open with the country both ways, as a PDF."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    printed = print_agenda(actor=actor, code=code.upper())
    return attached(io.BytesIO(printed.content), name=printed.name, media_type="application/pdf")
