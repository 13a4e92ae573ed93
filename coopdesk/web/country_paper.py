"""The 国别台账 as a PDF, in Chinese or English whatever the language of the page."""

from __future__ import annotations

import io

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from agencies.doors.downloads import attached
from coopdesk.paper.ledger import print_ledger
from coopdesk.web.countries import actor_of, country_or_404

_LANGUAGES = {"zh": "zh-hans", "en": "en"}


@require_GET
def country_paper(request: HttpRequest, code: str) -> HttpResponseBase:
    """The paper, in English when it is asked for with `?language=en`."""
    language = _LANGUAGES.get(request.GET.get("language", ""), "zh-hans")
    printed = print_ledger(actor=actor_of(request), country=country_or_404(code), language=language)
    return attached(io.BytesIO(printed.content), name=printed.name, media_type="application/pdf")
