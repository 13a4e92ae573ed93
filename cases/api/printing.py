"""`cases/{id}/papers/{paper}/`: a case on paper, as PDF/A in Chinese."""

from __future__ import annotations

import io
from uuid import UUID

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from agencies.doors.downloads import attached
from agencies.doors.schema import TEXT, doc
from cases.api.door import CaseDoor
from cases.api.papers import AnyNegotiation
from cases.paper.printing import print_paper


class PaperContent(CaseDoor):
    """approval_sheet, dossier_cover or leg_list; printing is recorded."""

    content_negotiation_class = AnyNegotiation

    @doc(_("打印文书"), {**TEXT, "format": "binary"}, media="application/pdf")
    def get(self, request: Request, case_id: UUID, paper: str) -> FileResponse:
        printed = print_paper(actor=self.actor, case_id=case_id, paper=paper)
        return attached(io.BytesIO(printed.content), name=printed.name, media_type="application/pdf")
