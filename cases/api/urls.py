from django.urls import path

from cases.api import (
    codes,
    deadlines,
    detail,
    exports,
    internal_limits,
    listing,
    papers,
    parts,
    printing,
    stats,
    supervisions,
)

CASE = "cases/<uuid:case_id>/"
SUPERVISION = "supervisions/<uuid:supervision_id>/"
urlpatterns = [
    path("cases/", listing.Cases.as_view(), name="api-case-list"),
    path(CASE, detail.CaseDetail.as_view(), name="api-case-detail"),
    path(f"{CASE}steps/<slug:step>/", detail.CaseStep.as_view(), name="api-case-step"),
    path(f"{CASE}events/", parts.Events.as_view(), name="api-case-events"),
    path(f"{CASE}legs/", parts.Legs.as_view(), name="api-case-legs"),
    path(f"{CASE}items/", parts.Items.as_view(), name="api-case-items"),
    path(f"{CASE}deadlines/", deadlines.OfCase.as_view(), name="api-case-deadlines"),
    path(f"{CASE}deadlines/<uuid:deadline_id>/pause/", deadlines.Pause.as_view(), name="api-deadline-pause"),
    path(f"{CASE}deadlines/<uuid:deadline_id>/resume/", deadlines.Resume.as_view(), name="api-deadline-resume"),
    path(f"{CASE}deadlines/<uuid:deadline_id>/extend/", deadlines.Extend.as_view(), name="api-deadline-extend"),
    path(f"{CASE}deadlines/<uuid:deadline_id>/explain/", deadlines.Explain.as_view(), name="api-deadline-explain"),
    path(f"{CASE}deadlines/<uuid:deadline_id>/finish/", deadlines.Finish.as_view(), name="api-deadline-finish"),
    path("deadlines/", deadlines.Deadlines.as_view(), name="api-deadline-list"),
    path(f"{CASE}duplicates/", parts.Duplicates.as_view(), name="api-case-duplicates"),
    path(f"{CASE}files/", papers.Files.as_view(), name="api-case-files"),
    path(f"{CASE}files/<uuid:file_id>/", papers.FileContent.as_view(), name="api-case-file"),
    path(f"{CASE}papers/<slug:paper>/", printing.PaperContent.as_view(), name="api-case-paper"),
    path("exports/", exports.Exports.as_view(), name="api-export-list"),
    path("exports/<uuid:export_id>/", exports.ExportDetail.as_view(), name="api-export-detail"),
    path("exports/<uuid:export_id>/cancel/", exports.ExportCancel.as_view(), name="api-export-cancel"),
    path("exports/<uuid:export_id>/file/", exports.ExportFile.as_view(), name="api-export-file"),
    path("supervisions/", supervisions.Supervisions.as_view(), name="api-supervision-list"),
    path(f"{SUPERVISION}answer/", supervisions.Answer.as_view(), name="api-supervision-answer"),
    path(f"{SUPERVISION}close/", supervisions.Close.as_view(), name="api-supervision-close"),
    path(f"{SUPERVISION}escalate/", supervisions.Escalate.as_view(), name="api-supervision-escalate"),
    path("internal-limits/", internal_limits.InternalLimits.as_view(), name="api-internal-limits"),
    path("stats/", stats.Stats.as_view(), name="api-stats"),
    path("codes/", codes.Codes.as_view(), name="api-codes"),
]
