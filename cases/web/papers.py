"""Files and notes on a case, from the web: attach, take off, download; write a note.

`papers_of` gives the fragments cases/_files.html and cases/_notes.html what they show; any page of a case may include
them. A refusal is a page of its own that keeps what was typed, so that it does not matter where the form stood.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agencies.actors import Actor
from agencies.delegations import lenders
from agencies.doors.downloads import attached
from agencies.doors.uploads import oversize
from agencies.errors import Conflict, DomainError, GuardFailed, NotVisible, Reason, TooLarge
from agencies.language import english
from cases import files, notes, policies
from cases.file_kinds import ACCEPTED, KINDS
from cases.models import Attachment, Audience, Case, Leg, Note
from cases.web.sentences import named

# The parts of a case's page that say themselves what became of a form in them (components/messages.html).
PLACED = ("files", "notes")


def papers_of(actor: Actor, case: Case, leg: Leg | None) -> dict[str, Any]:
    """What cases/_files.html and cases/_notes.html need, as one dict to put into a page's context."""
    written = [note for note in notes.notes_of(actor, case) if note.event is None or note.event.kind == "note.add"]
    told = notes.mentioned_in(written)
    for_whom = lenders([note.event for note in written if note.event])
    return {
        "placed": PLACED,
        "files": files_shown(files.files_of(case)),
        "may_attach": files.may_attach(actor, case, leg),
        "may_remove": files.may_remove(actor, case, leg),
        "upload": upload_rules(),
        "notes": [
            {
                "note": note,
                "pieces": notes.pieces(note, told),
                "for_whom": for_whom.get(note.event.for_officer_id or 0) if note.event else None,
            }
            for note in written
        ],
        "may_note": actor.officer_id is not None and bool(actor.case_agency_id) and case.archived_at is None,
        "note_limit": notes.LIMIT,
        "audiences": audiences(actor, case),
    }


def files_shown(attachments: list[Attachment]) -> list[dict[str, Any]]:
    """Attachments as rows of the list: what it is, who brought it, where to get it."""
    return [
        {
            "file": row,
            "url": reverse("case-file", args=[row.case_id, row.pk]),
            "form": row.name.rpartition(".")[2].upper(),
            "reply": row.transmission is not None,
        }
        for row in attachments
    ]


def upload_rules() -> dict[str, Any]:
    """The limit and the accepted kinds, for the upload field and the sentence beside it."""
    kinds = listed(sorted({extension.upper() for kind in KINDS for extension in kind.extensions[:1]}))
    hint = _("每份不超过 %(limit)s MB。接收 %(kinds)s；不接收压缩包、带宏的文档、网页和程序。")
    return {
        "limit": settings.ATTACHMENT_LIMIT,
        "hint": hint % {"limit": settings.ATTACHMENT_LIMIT // 1024**2, "kinds": kinds},
        "accept": ",".join(f".{extension}" for extension in ACCEPTED),
    }


def audiences(actor: Actor, case: Case) -> list[tuple[str, object]]:
    """Who may read a note, for the choice under its text: the route for those on it, who was invited where somebody is."""
    offered: list[tuple[str, object]] = [(Audience.AGENCY, _("只给本机关看"))]
    if policies.reads_route(actor, case):
        offered.append((Audience.ROUTE, _("沿线机关都能看")))
    if case.invited:
        offered.append((Audience.SHARED, _("沿线和会办机关都能看")))
    return offered


# --- Files ----------------------------------------------------------------------------------------------------------


@require_POST
def add_files(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Attach one or more files to a case; what is refused is listed, what was taken stays."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    case = policies.get_visible(actor, case_id)
    refusal = take_files(request, actor, case)
    if refusal is None:
        return redirect(f"{reverse('case-detail', args=[case.pk])}#files")
    context = {"case": case, "error": refusal, "upload": upload_rules()}
    return render(request, "cases/upload.html", context, status=refusal.status)


def take_files(request: HttpRequest, actor: Actor, case: Case) -> DomainError | None:
    """Attach the files of this request one by one. Gives the refusals as one error, None when all were taken.

    Whether he may attach at all is not a matter of one file: such an error is raised.
    """
    taken, refused = attach_all(request, actor, case)
    if taken:
        messages.success(request, uploaded(taken), "files")
    elif not refused:
        refused = [Reason("file_missing", _("先选择文件，再上传。"), "/file")]
    return refusal_of(refused, _("有文件没有上传。") if taken else "") if refused else None


def refusal_of(reasons: list[Reason], words: str = "") -> files.FileRefused:
    """One error for all the files that were refused."""
    error = files.FileRefused(words, reasons=reasons)
    error.status = 413 if any(reason.code == "file_too_large" for reason in reasons) else error.status
    return error


def attach_all(request: HttpRequest, actor: Actor, case: Case) -> tuple[list[str], list[Reason]]:
    """Attach the files of this request: the names of those taken, and why the others were not."""
    taken: list[str] = []
    refused = [_named(name, files.too_large().reasons) for name in oversize(request)]
    for upload in request.FILES.getlist("file"):
        name = upload.name or ""
        try:
            taken.append(files.attach(actor=actor, case_id=case.pk, name=name, content=upload).name)
        except (GuardFailed, TooLarge) as error:
            refused.append(_named(name, error.reasons))
    return taken, refused


def _named(name: str, reasons: list[Reason]) -> Reason:
    """The first reason, with the file's name before it."""
    words = format_html(_("「{name}」：{words}"), name=named(name), words=reasons[0].words)
    return Reason(reasons[0].code, words, "/file")


@require_GET
def download(request: HttpRequest, case_id: UUID, file_id: UUID) -> HttpResponseBase:
    """The file's bytes, never shown in the page's origin: attached, unsniffed, sandboxed, uncached."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    opened = files.open_file(actor=actor, case_id=case_id, file_id=file_id)
    if opened.stream is None:
        words = _("这份文件与登记时的内容不一致，没有给你下载，已经记录。请告诉系统管理员，并向上传的人要一份原件。")
        error = Conflict(words)  # shown, not raised: what was recorded must stay
        return render(request, "error.html", {"error": error, "status": error.status}, status=error.status)
    return attached(opened.stream, name=opened.attachment.name, media_type=opened.attachment.media_type)


@require_POST
def remove_file(request: HttpRequest, case_id: UUID, file_id: UUID) -> HttpResponse:
    """Take a file off a draft or a returned case."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    attachment = files.remove(actor=actor, case_id=case_id, file_id=file_id)
    messages.success(request, removed(attachment), "files")
    return redirect(f"{reverse('case-detail', args=[case_id])}#files")


def uploaded(names: Sequence[str]) -> SafeString:
    """What is said after files were attached."""
    return format_html(_("已上传 {names}。"), names=listed([named(name) for name in names]))


def removed(attachment: Attachment) -> SafeString:
    """What is said after a file was taken off."""
    return format_html(_("已去掉「{name}」。"), name=named(attachment.name))


# --- Notes ----------------------------------------------------------------------------------------------------------


@require_POST
def add_note(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write a note; a refused one comes back on a page of its own, as it was typed."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    text, audience = request.POST.get("text", ""), request.POST.get("audience", Audience.AGENCY)
    try:
        added = notes.add_note(actor=actor, case_id=case_id, text=text, audience=audience)
    except NotVisible:
        raise
    except DomainError as error:
        return _note_again(request, actor, case_id, error)
    _tell(request, added.note, added.unseen)
    return redirect(f"{reverse('case-detail', args=[case_id])}#notes")


def _note_again(request: HttpRequest, actor: Actor, case_id: UUID, error: DomainError) -> HttpResponse:
    case = policies.get_visible(actor, case_id)
    context = {
        "case": case,
        "error": error,
        "text": request.POST.get("text", ""),
        "audience": request.POST.get("audience", ""),
        "audiences": audiences(actor, case),
        "note_limit": notes.LIMIT,
    }
    return render(request, "cases/note.html", context, status=error.status)


def _tell(request: HttpRequest, note: Note, unseen: list[str]) -> None:
    said = {
        Audience.AGENCY: _("备注已保存，只有本机关能看到。"),
        Audience.ROUTE: _("备注已保存，沿线机关都能看到。"),
        Audience.SHARED: _("备注已保存，沿线和会办机关都能看到。"),
    }[Audience(note.audience)]
    messages.success(request, said, "notes")
    if unseen:
        internal = note.audience == Audience.AGENCY
        text = _("%(names)s 看不到这条备注，没有通知。") if internal else _("%(names)s 看不到这件案件，没有通知。")
        messages.warning(request, text % {"names": listed([f"@{number}" for number in unseen])}, "notes")


def listed(names: Sequence[str]) -> SafeString:
    """Names one after the other, as the page's language writes a list."""
    return format_html_join(", " if english() else "、", "{}", ((name,) for name in names))
