from django.urls import path

from countries.api import calendar, ledgers, partners

urlpatterns = [
    path("countries/", partners.Countries.as_view(), name="api-country-list"),
    path("countries/<slug:code>/", partners.CountryDetail.as_view(), name="api-country-detail"),
    path("countries/<slug:code>/ledger/", ledgers.CountryLedger.as_view(), name="api-country-ledger"),
    path("calendar/add/", calendar.CalendarAdd.as_view(), name="api-calendar-add"),
    path("calendar/between/", calendar.CalendarBetween.as_view(), name="api-calendar-between"),
]
