"""`/feeds/<token>/deadlines.ics`: an officer's deadlines for his calendar (RFC 5545). The token is the only key."""

from __future__ import annotations

import hashlib
from datetime import UTC, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_safe
from icalendar import Calendar, Event

from agencies.commands import feeds
from agencies.doors.throttle import WINDOW, address_of, too_often
from agencies.errors import NotVisible
from agencies.models import Officer
from cases.queries.feed import Entry, entries_of

# A minute, for one token, and for all wrong ones from one address.
REQUESTS = 30
FRESH = 300  # seconds


@login_not_required
@require_safe
def deadlines(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar; 404 for a token that is unknown or was taken back, and for an officer who is not active."""
    officer = feeds.officer_of(token)
    if too_often("calendar-feed", token if officer else address_of(request), REQUESTS):
        return HttpResponse(status=429, headers={"Retry-After": str(WINDOW)})
    if officer is None:
        raise NotVisible
    feeds.note_reading(officer)
    with translation.override(officer.language):
        content = _calendar(request, officer).to_ical()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return _answer(request, content, tag)


def _answer(request: HttpRequest, content: bytes, tag: str) -> HttpResponse:
    @condition(etag_func=lambda _request: tag)
    def answer(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(content, content_type="text/calendar; charset=utf-8")

    response: HttpResponse = answer(request)
    patch_cache_control(response, private=True, max_age=FRESH)
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    return response


def _calendar(request: HttpRequest, officer: Officer) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Coopdesk//Deadlines//CN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Coopdesk 时限"))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for entry in entries_of(officer):
        calendar.add_component(_event(request, entry))
    return calendar


def _event(request: HttpRequest, entry: Entry) -> Event:
    """Kind and number, when due, where to look; the same UID as long as the clock is the same."""
    event, deadline = Event(), entry.deadline
    changed = entry.changed_at.astimezone(UTC).replace(microsecond=0)
    event.add("uid", f"{deadline.pk}@coopdesk")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("dtstart", deadline.due_at.astimezone(UTC).replace(microsecond=0))
    event.add("summary", f"{entry.name} {deadline.case.number}")
    path = reverse("case-detail", args=[deadline.case_id])
    event.add("url", f"{settings.ORIGIN}{path}" if settings.ORIGIN else request.build_absolute_uri(path))
    event.add("status", "TENTATIVE" if deadline.provisional else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "CONFIDENTIAL")
    return event
