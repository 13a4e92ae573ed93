"""The inbox: one line for each event that concerns the officer, worded from the event and the case he may still see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies import account_notices
from agencies.doors import paging
from agencies.errors import Malformed
from agencies.roles import Role
from cases import reading
from cases.queries import inbox
from cases.web import notice_words, timeline_words
from cases.web.case import actor_of


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The officer's notices, newest first. Opening the case of a notice marks it read."""
    actor = actor_of(request)
    page = inbox.inbox(actor, before=_before(request.GET.get("before", "")))
    known = timeline_words.codes()
    context = {
        "lines": [_line(line, known) for line in page.lines],
        "older": paging.encode([page.older[0].isoformat(), str(page.older[1])]) if page.older else "",
        "unread": inbox.unread_count(actor.officer_id or 0),
    }
    reading.seen(actor, [line.notice for line in page.lines if line.agencies is not None])
    return render(request, "cases/notices.html", context)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything is read."""
    reading.read_all(actor_of(request))
    return redirect("notice-list")


def _before(text: str) -> inbox.Place | None:
    """The place in the URL; Malformed when it means none."""
    if not text:
        return None
    at, pk = paging.decode(text, 2)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not (pk.isascii() and pk.isdigit() and len(pk) < 18):
        raise Malformed(_("翻页的位置无效，请从第一页重新开始。"))
    return moment, int(pk)


def _line(line: inbox.Line, known: timeline_words.Codes) -> dict[str, Any]:
    """A notice about a case out of sight says nothing of it: not even what happened.

    Of two requests that look like one it gives the numbers: that is all its agency is told.
    """
    shown: dict[str, Any] = {"at": line.notice.created_at, "unread": line.notice.read_at is None, "case": line.case}
    if line.delegation is not None:
        return shown | {"delegation": line.delegation, "ended": line.notice.kind == "delegation.revoke"}
    if line.notice.kind in account_notices.WORDS:
        return shown | {"text": account_notices.WORDS[line.notice.kind], "advice": account_notices.ADVICE}
    if line.pair is not None:
        numbers = (line.pair.low_number, line.pair.high_number)
        return shown | {"pair": list(zip(numbers, line.of_pair, strict=True))}
    if line.agencies is not None:
        return shown | notice_words.words_of(line)
    if line.case is None:
        return shown
    entry, facts = line.entry, line.entry.event.facts
    mentioned = entry.step == "note.add"
    return shown | {
        "who": entry.who,
        "agency": entry.agency.name if entry.agency else "",
        "role": Role(entry.role).label if entry.role in Role.values else "",
        "text": _("在备注里提到你") if mentioned else timeline_words.line(entry, known),
        "revision": facts.get("content_version", 0) if facts.get("passed_over") else 0,
    }
