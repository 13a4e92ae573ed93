"""Every door, mounted. tests/architecture/test_urls.py declares who may use which."""

from django.urls import include, path

from coopdesk.web import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("coopdesk.web.urls")),
    path("", include("agencies.web.urls")),
    path("", include("countries.web.urls")),
    path("", include("treaties.web.urls")),
    path("", include("cases.web.urls")),
    path("account/", include("agencies.web.account_urls")),
    path("oauth/", include("agencies.api.oauth_urls")),
    path("api/v1/", include("coopdesk.api_urls")),
]

handler400 = "coopdesk.errors.bad_request"
handler403 = "coopdesk.errors.permission_denied"
handler404 = "coopdesk.errors.not_found"
handler500 = "coopdesk.errors.server_error"
