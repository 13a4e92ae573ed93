from django.urls import path

from treaties.api import types

urlpatterns = [
    path("request-types/", types.RequestTypes.as_view(), name="api-request-type-list"),
    path("request-types/<slug:code>/", types.RequestTypeDetail.as_view(), name="api-request-type-detail"),
]
