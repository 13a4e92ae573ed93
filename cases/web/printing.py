"""A paper of a case as a PDF, from the case page."""

from __future__ import annotations

import io
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from agencies.doors.downloads import attached
from cases.models import Case
from cases.paper.printing import Paper, print_paper
from cases.web.case import actor_of


@require_GET
def paper(request: HttpRequest, case_id: UUID, paper: str) -> HttpResponseBase:
    """The PDF, sent as a file; printing is recorded like every other reading."""
    printed = print_paper(actor=actor_of(request), case_id=case_id, paper=paper)
    return attached(io.BytesIO(printed.content), name=printed.name, media_type="application/pdf")


def papers_offered(case: Case) -> list[tuple[str, object]]:
    """The addresses and names of what can be printed of a case, for its menu."""
    return [(reverse("case-paper", args=[case.pk, code]), label) for code, label in Paper.choices]
