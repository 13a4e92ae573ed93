"""`cases/{id}/`: one case, its draft, and its steps."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from agencies import audit
from agencies.doors.idempotency import once
from agencies.doors.parsing import object_of
from agencies.doors.preconditions import etag, expected_version
from agencies.doors.schema import doc, json_body
from cases import content_input, drafts, policies
from cases.api import inputs, shapes
from cases.api.bodies import case_body
from cases.api.door import CaseDoor
from cases.commands import take_step
from cases.models import Case


class CaseDetail(CaseDoor):
    """GET reads a case, which is recorded; PATCH writes the given fields of a draft or a returned case."""

    @doc(_("看案件"), shapes.CASE)
    def get(self, request: Request, case_id: UUID) -> Response:
        case = policies.get_visible(self.actor, case_id)
        audit.record(actor=self.actor, kind="case.read", subject=f"case:{case.pk}", facts={"door": "api"})
        return self.answer(case)

    @doc(_("改草稿"), shapes.CASE, body=json_body(inputs.CASE_CHANGES), headers="version")
    def patch(self, request: Request, case_id: UUID) -> Response:
        content = content_input.parse(object_of(request))
        version = expected_version(request)
        return self.answer(drafts.save_draft(actor=self.actor, case_id=case_id, content=content, version=version))

    def answer(self, case: Case) -> Response:
        return Response(case_body(self.actor, case), headers={"ETag": etag(case.version)})


class CaseStep(CaseDoor):
    """POST takes one step of the workflow table; the answer is the case as it then is."""

    @doc(_("走一步"), shapes.CASE, body=json_body({"type": "object"}), headers="key version")
    def post(self, request: Request, case_id: UUID, step: str) -> Response:
        return once(request, lambda: self._take(request, case_id, step))

    def _take(self, request: Request, case_id: UUID, step: str) -> Response:
        data, version = object_of(request, optional=True), expected_version(request)
        case = take_step(actor=self.actor, case_id=case_id, step=step, data=data, version=version)
        return Response(case_body(self.actor, case), headers={"ETag": etag(case.version)})
