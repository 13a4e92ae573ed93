from django.urls import path

from treaties.api import instruments, periods, types

urlpatterns = [
    path("request-types/", types.RequestTypes.as_view(), name="api-request-type-list"),
    path("request-types/<slug:code>/", types.RequestTypeDetail.as_view(), name="api-request-type-detail"),
    path("request-types/<slug:code>/versions/", types.RequestTypeVersions.as_view(), name="api-request-type-versions"),
    path("time-limits/", periods.TimeLimits.as_view(), name="api-time-limit-list"),
    path("instruments/", instruments.Instruments.as_view(), name="api-instrument-list"),
    path("instruments/<slug:code>/", instruments.InstrumentDetail.as_view(), name="api-instrument-detail"),
    path("countries/<slug:code>/legal-basis/", instruments.LegalBasis.as_view(), name="api-country-legal-basis"),
]
