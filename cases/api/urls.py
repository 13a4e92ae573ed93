from django.urls import path

from cases.api import detail, listing

urlpatterns = [
    path("cases/", listing.Cases.as_view(), name="api-case-list"),
    path("cases/<uuid:case_id>/", detail.CaseDetail.as_view(), name="api-case-detail"),
    path("cases/<uuid:case_id>/steps/<slug:step>/", detail.CaseStep.as_view(), name="api-case-step"),
]
