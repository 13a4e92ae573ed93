"""A paper of a case as a PDF, from the case page."""

from __future__ import annotations

import io
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from agencies.doors.downloads import attached
from cases.paper.printing import print_paper
from cases.web.case import actor_of


@require_GET
def paper(request: HttpRequest, case_id: UUID, paper: str) -> HttpResponseBase:
    """The PDF, sent as a file; printing is recorded like every other reading."""
    printed = print_paper(actor=actor_of(request), case_id=case_id, paper=paper)
    return attached(io.BytesIO(printed.content), name=printed.name, media_type="application/pdf")
