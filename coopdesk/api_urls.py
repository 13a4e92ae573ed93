"""`/api/v1/`: every room's doors for other systems."""

from django.urls import include, path

from coopdesk.api import changes, docs

urlpatterns = [
    path("", include("agencies.api.urls")),
    path("", include("countries.api.urls")),
    path("", include("treaties.api.urls")),
    path("", include("cases.api.urls")),
    path("ledger-changes/", changes.LedgerChanges.as_view(), name="api-ledger-changes"),
    path("schema/", docs.Schema.as_view(), name="api-schema"),
    path("docs/", docs.Docs.as_view(), name="api-docs"),
]
