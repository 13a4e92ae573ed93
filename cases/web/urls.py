"""The pages of the room, mounted at /."""

from django.urls import URLPattern, URLResolver, path

from cases.web import (
    archive,
    board,
    case,
    edit_case,
    handover,
    inbox,
    ledger,
    new_case,
    papers,
    printing,
    register,
    steps,
    workbench,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", workbench.workbench, name="workbench"),
    path("cases/", workbench.case_list, name="case-list"),
    path("cases/ledger/", ledger.ledger, name="case-ledger"),
    path("cases/new/", new_case.new_case, name="case-new"),
    path("cases/register/", register.register, name="case-register"),
    path("cases/<uuid:case_id>/", case.case_detail, name="case-detail"),
    path("cases/<uuid:case_id>/edit/", edit_case.edit_case, name="case-edit"),
    path("cases/<uuid:case_id>/autosave/", edit_case.autosave, name="case-autosave"),
    path("cases/<uuid:case_id>/discard/", edit_case.discard_case, name="case-discard"),
    path("cases/<uuid:case_id>/files/", papers.add_files, name="case-file-add"),
    path("cases/<uuid:case_id>/files/<uuid:file_id>/", papers.download, name="case-file"),
    path("cases/<uuid:case_id>/files/<uuid:file_id>/remove/", papers.remove_file, name="case-file-remove"),
    path("cases/<uuid:case_id>/papers/<slug:paper>/", printing.paper, name="case-paper"),
    path("cases/<uuid:case_id>/notes/", papers.add_note, name="case-note-add"),
    path("cases/<uuid:case_id>/steps/<str:step>/", steps.case_step, name="case-step"),
    path("cases/<uuid:case_id>/subjects/<uuid:subject_id>/unmask/", case.unmask, name="case-unmask"),
    path("cases/<uuid:case_id>/revisions/<int:number>/", case.revision, name="case-revision"),
    path("cases/<uuid:case_id>/copy/", case.copy, name="case-copy"),
    path("board/", board.board, name="board"),
    path("board/<slug:code>/", board.board, name="board-of"),
    path("archive/", archive.archive_list, name="archive-list"),
    path("archive/<slug:act>/", archive.archive_act, name="archive-act"),
    path("handover/", handover.hand_over, name="handover"),
    path("handover/<int:officer_id>/", handover.hand_over, name="handover-of"),
    path("unattended/", handover.unattended, name="unattended-list"),
    path("notices/", inbox.notices, name="notice-list"),
    path("notices/read/", inbox.read_all, name="notice-read-all"),
]
