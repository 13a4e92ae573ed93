"""`/api/v1/`: every room's doors for other systems."""

from django.urls import include, path

urlpatterns = [
    path("", include("cases.api.urls")),
]
