from django.urls import path

from treaties.api import periods, types

urlpatterns = [
    path("request-types/", types.RequestTypes.as_view(), name="api-request-type-list"),
    path("request-types/<slug:code>/", types.RequestTypeDetail.as_view(), name="api-request-type-detail"),
    path("time-limits/", periods.TimeLimits.as_view(), name="api-time-limit-list"),
]
