"""The living component page: every component in every state, with fictional data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coopdesk.web.specimens import specimens


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Any officer who has logged in may look; axe and the screenshots of the tests run here."""
    return render(request, "coopdesk/components.html", specimens(timezone.now()))
