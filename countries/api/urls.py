from django.urls import path

from countries.api import partners

urlpatterns = [
    path("countries/", partners.Countries.as_view(), name="api-country-list"),
    path("countries/<slug:code>/", partners.CountryDetail.as_view(), name="api-country-detail"),
]
