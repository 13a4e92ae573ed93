"""`exports/`: ask for a list as XLSX or PDF, see how far it is, take it back, fetch the file. For officers, not machines."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.doors.downloads import attached
from agencies.doors.idempotency import once
from agencies.doors.parsing import object_of
from agencies.doors.schema import MOMENT, NUMBER, TEXT, Json, closed, doc, json_body, nullable, one_of, page_of, shape
from agencies.doors.schema import UUID as UUID_TEXT
from agencies.errors import Malformed, NotPermitted, Reason
from agencies.roles import CASE_ROLES
from cases.api.door import CaseDoor
from cases.api.papers import AnyNegotiation, Damaged
from cases.api.parts import whole
from cases.exports import jobs
from cases.exports.registry import KINDS
from cases.models import Export, ExportFormat, ExportState

SHOWN = 100
_PARAMS: Json = {"type": "object", "additionalProperties": TEXT}
EXPORT = shape(
    "Export",
    closed(
        {
            "id": UUID_TEXT,
            "kind": one_of(list(KINDS)),
            "format": one_of(ExportFormat.values),
            "params": _PARAMS,
            "state": one_of(ExportState.values),
            "done": NUMBER,
            "total": nullable(NUMBER),
            "failure": TEXT,
            "size": nullable(NUMBER),
            "created_at": MOMENT,
            "started_at": nullable(MOMENT),
            "finished_at": nullable(MOMENT),
            "expires_at": nullable(MOMENT),
        }
    ),
)
EXPORTS = shape("ExportPage", page_of(EXPORT))
_NEW = shape(
    "NewExport",
    closed(
        {"kind": one_of(list(KINDS)), "format": one_of(ExportFormat.values), "params": _PARAMS},
        required=("kind", "format"),
    ),
)
_BINARY: Json = {**TEXT, "format": "binary"}


class ExportDoor(CaseDoor):
    def admit(self) -> None:
        if self.actor.role not in CASE_ROLES or self.actor.service:
            raise NotPermitted(_("只有办理案件的民警可以导出。"))


class Exports(ExportDoor):
    """GET lists the newest hundred that the officer asked for under this appointment."""

    @doc(gettext_lazy("我的导出"), EXPORTS)
    def get(self, request: Request) -> Response:
        return whole([_body(job) for job in jobs.own(self.actor)[:SHOWN]])

    @doc(gettext_lazy("申请导出"), EXPORT, status=201, body=json_body(_NEW), headers="key")
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._start(request))

    def _start(self, request: Request) -> Response:
        kind, file_format, params = _asked(object_of(request))
        job = jobs.start(actor=self.actor, kind=kind, file_format=file_format, params=params)
        job.refresh_from_db()
        location = request.build_absolute_uri(f"{request.path}{job.pk}/")
        return Response(_body(job), status=201, headers={"Location": location})


class ExportDetail(ExportDoor):
    @doc(gettext_lazy("一份导出做到哪里了"), EXPORT)
    def get(self, request: Request, export_id: UUID) -> Response:
        return Response(_body(jobs.get_own(self.actor, export_id)))


class ExportCancel(ExportDoor):
    @doc(gettext_lazy("取消导出"), EXPORT, headers="key")
    def post(self, request: Request, export_id: UUID) -> Response:
        return once(request, lambda: Response(_body(jobs.cancel(actor=self.actor, export_id=export_id))))


class ExportFile(ExportDoor):
    content_negotiation_class = AnyNegotiation

    @doc(gettext_lazy("下载导出文件"), _BINARY, media="*/*")
    def get(self, request: Request, export_id: UUID) -> FileResponse:
        opened = jobs.open_file(actor=self.actor, export_id=export_id)
        if opened.stream is None:
            raise Damaged
        media_type = jobs.MEDIA_TYPES[ExportFormat(opened.job.format)]
        return attached(opened.stream, name=jobs.name_of(opened.job), media_type=media_type)


def _asked(raw: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Kind, format and params; what they may be is for the command to say."""
    reasons = [
        Reason("unknown_field", _("不认识的字段。"), f"/{name}")
        for name in raw
        if name not in ("kind", "format", "params")
    ]
    for name in ("kind", "format"):
        if not isinstance(raw.get(name), str):
            reasons.append(Reason("required", _("这一项要写文字。"), f"/{name}"))
    params = raw.get("params", {})
    if not isinstance(params, dict):
        reasons.append(Reason("not_an_object", _("内容要是一个 JSON 对象。"), "/params"))
    if reasons:
        raise Malformed(reasons=reasons)
    return raw["kind"], raw["format"], params


def _body(job: Export) -> Json:
    return {
        "id": job.pk,
        "kind": job.kind,
        "format": job.format,
        "params": job.params,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "failure": job.failure,
        "size": job.size,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "expires_at": job.expires_at,
    }
