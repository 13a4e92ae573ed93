"""The pages of the room, mounted at /."""

from django.urls import URLPattern, URLResolver, path

from cases.web import case, inbox, steps, workbench

urlpatterns: list[URLPattern | URLResolver] = [
    path("", workbench.workbench, name="workbench"),
    path("cases/", workbench.case_list, name="case-list"),
    path("cases/<uuid:case_id>/", case.case_detail, name="case-detail"),
    path("cases/<uuid:case_id>/steps/<str:step>/", steps.case_step, name="case-step"),
    path("cases/<uuid:case_id>/subjects/<uuid:subject_id>/unmask/", case.unmask, name="case-unmask"),
    path("cases/<uuid:case_id>/revisions/<int:number>/", case.revision, name="case-revision"),
    path("cases/<uuid:case_id>/copy/", case.copy, name="case-copy"),
    path("notices/", inbox.notices, name="notice-list"),
    path("notices/read/", inbox.read_all, name="notice-read-all"),
]
