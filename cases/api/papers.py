"""`cases/{id}/files/`: list, upload (multipart, one `file`), download."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors.downloads import attached
from agencies.doors.idempotency import once
from agencies.doors.schema import TEXT, Json, closed, doc
from agencies.doors.uploads import oversize
from agencies.errors import Conflict, Malformed, Reason
from cases import files, policies
from cases.api import bodies, shapes
from cases.api.door import CaseDoor
from cases.api.parts import whole
from cases.models import Attachment

_BINARY: Json = {**TEXT, "format": "binary"}
_UPLOAD = {"multipart/form-data": closed({"file": _BINARY})}


class Damaged(Conflict):
    """What lies in the storage is not what was attached. The record of it stays."""

    code = "file_damaged"
    message = gettext_lazy("这份文件与登记时的内容不一致，没有给你下载，已经记录。")
    keeps_writes = True


class AnyNegotiation(BaseContentNegotiation):
    """Whatever the Accept header says: a file has one type only, and problems are JSON."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class Files(CaseDoor):
    parser_classes = (MultiPartParser,)

    @doc(gettext_lazy("案件的文件"), shapes.FILES)
    def get(self, request: Request, case_id: UUID) -> Response:
        return whole([_body(row) for row in files.files_of(policies.get_visible(self.actor, case_id))])

    @doc(gettext_lazy("上传文件"), shapes.FILE, status=201, body=_UPLOAD, headers="key")
    def post(self, request: Request, case_id: UUID) -> Response:
        return once(request, lambda: self._attach(request, case_id))

    def _attach(self, request: Request, case_id: UUID) -> Response:
        upload = _upload(request)
        row = files.attach(actor=self.actor, case_id=case_id, name=upload.name or "", content=upload)
        location = request.build_absolute_uri(f"{request.path}{row.pk}/")
        return Response(_body(row), status=201, headers={"Location": location})


class FileContent(CaseDoor):
    content_negotiation_class = AnyNegotiation

    @doc(gettext_lazy("下载文件"), _BINARY, media="*/*")
    def get(self, request: Request, case_id: UUID, file_id: UUID) -> FileResponse:
        opened = files.open_file(actor=self.actor, case_id=case_id, file_id=file_id)
        if opened.stream is None:
            raise Damaged
        return attached(opened.stream, name=opened.attachment.name, media_type=opened.attachment.media_type)


def _upload(request: Request) -> UploadedFile[Any]:
    data = request.data  # parses the form
    if oversize(request._request):
        raise files.too_large()
    unknown = sorted(name for name in data if name != "file")
    given: list[UploadedFile[Any]] = request.FILES.getlist("file")
    reasons = [Reason("unknown_field", _("不认识的字段。"), f"/{name}") for name in unknown]
    if len(given) != 1:
        reasons.append(Reason("required", _("在 file 字段里放一个文件。"), "/file"))
    if reasons:
        raise Malformed(reasons=reasons)
    return given[0]


def _body(row: Attachment) -> Json:
    return {
        "id": row.pk,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "transmission": row.transmission_id,
        "uploaded_by": bodies.officer(row.uploaded_by),
        "on_behalf_of": bodies.officer(row.for_officer),
        "agency": bodies.agency(row.agency),
        "created_at": row.created_at,
    }
