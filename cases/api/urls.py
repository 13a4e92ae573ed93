from django.urls import path

from cases.api import codes, detail, listing, papers, parts, printing, stats

CASE = "cases/<uuid:case_id>/"
urlpatterns = [
    path("cases/", listing.Cases.as_view(), name="api-case-list"),
    path(CASE, detail.CaseDetail.as_view(), name="api-case-detail"),
    path(f"{CASE}steps/<slug:step>/", detail.CaseStep.as_view(), name="api-case-step"),
    path(f"{CASE}events/", parts.Events.as_view(), name="api-case-events"),
    path(f"{CASE}legs/", parts.Legs.as_view(), name="api-case-legs"),
    path(f"{CASE}items/", parts.Items.as_view(), name="api-case-items"),
    path(f"{CASE}deadlines/", parts.Deadlines.as_view(), name="api-case-deadlines"),
    path(f"{CASE}duplicates/", parts.Duplicates.as_view(), name="api-case-duplicates"),
    path(f"{CASE}files/", papers.Files.as_view(), name="api-case-files"),
    path(f"{CASE}files/<uuid:file_id>/", papers.FileContent.as_view(), name="api-case-file"),
    path(f"{CASE}papers/<slug:paper>/", printing.PaperContent.as_view(), name="api-case-paper"),
    path("stats/", stats.Stats.as_view(), name="api-stats"),
    path("codes/", codes.Codes.as_view(), name="api-codes"),
]
