"""我的导出: the page of an officer's exports, and what is done to them. A list's own page asks for one (_export.html)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.actors import Actor
from agencies.doors import words
from agencies.doors.downloads import attached
from agencies.errors import Conflict, GuardFailed, NotPermitted
from agencies.roles import CASE_ROLES
from cases.exports import jobs
from cases.exports.registry import KINDS
from cases.exports.running import KEPT
from cases.models import Export, ExportFormat, ExportState
from cases.web.case import actor_of

# The newest; older ones have lost their files long since.
SHOWN = 50
# Parameters of a list stand in its form behind this prefix, away from the form's own fields.
PREFIX = "list-"
_SHAPES = {
    ExportState.WAITING: "draft",
    ExportState.RUNNING: "in_review",
    ExportState.DONE: "closed",
    ExportState.FAILED: "declined",
    ExportState.CANCELLED: "withdrawn",
    ExportState.EXPIRED: "withdrawn",
}


@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: HttpRequest) -> HttpResponse:
    """Show them; a POST from a list asks for a new one."""
    actor = _actor(request)
    if request.method != "POST":
        return render(request, "cases/exports.html", _context(actor))
    params = {name.removeprefix(PREFIX): value for name, value in request.POST.items() if name.startswith(PREFIX)}
    kind, file_format = request.POST.get("kind", ""), request.POST.get("format", "")
    try:
        jobs.start(actor=actor, kind=kind, file_format=file_format, params=params)
    except GuardFailed as refusal:
        messages.error(request, str(refusal.reasons[0].words))
    else:
        messages.success(request, _("已经开始导出。你可以离开这一页，做好后回到这里下载。"))
    return redirect("export-list")


@require_safe
def export_rows(request: HttpRequest) -> HttpResponse:
    """The same rows as a fragment, which asks again while one is being made."""
    return render(request, "cases/_export_rows.html", _context(_actor(request)))


@require_POST
def export_cancel(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Take one back."""
    try:
        jobs.cancel(actor=_actor(request), export_id=export_id)
    except Conflict as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("已取消，没有生成文件。"))
    return redirect("export-list")


@require_safe
def export_file(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """The file, never shown in the page's origin. One that is no longer what was made is not given out."""
    opened = jobs.open_file(actor=_actor(request), export_id=export_id)
    if opened.stream is None:
        messages.error(request, _("文件与生成时的内容不一致，没有给你下载，已经记录。请重新导出。"))
        return redirect("export-list")
    media_type = jobs.MEDIA_TYPES[ExportFormat(opened.job.format)]
    return attached(opened.stream, name=jobs.name_of(opened.job), media_type=media_type)


def _actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor.role not in CASE_ROLES:
        raise NotPermitted(_("只有办理案件的民警可以导出。"))
    return actor


def _context(actor: Actor) -> dict[str, Any]:
    rows = list(jobs.own(actor)[:SHOWN])
    return {
        "rows": [_row(job) for job in rows],
        "busy": any(job.busy for job in rows),
        "kept_days": KEPT.days,
    }


def _row(job: Export) -> dict[str, Any]:
    kind = KINDS.get(job.kind)
    return {
        "job": job,
        "label": kind.label if kind else job.kind,
        "filters": _("，").join(value for _label, value in kind.filters(job.params)) if kind else "",
        "shape": _SHAPES[ExportState(job.state)],
        "progress": _progress(job),
        "size": words.size(job.size) if job.size else "",
    }


def _progress(job: Export) -> str:
    """How far it is, in rows."""
    if job.state == ExportState.DONE:
        return ngettext("%(n)s 行", "%(n)s 行", job.done) % {"n": words.grouped(job.done)}
    if job.state == ExportState.RUNNING and job.total:
        return _("%(done)s / %(total)s 行") % {"done": words.grouped(job.done), "total": words.grouped(job.total)}
    return ""
