from django.urls import path

from treaties.web import periods

urlpatterns = [
    path("law/limits/", periods.limit_list, name="time-limit-list"),
    path("law/limits/overrides/new/", periods.override_new, name="time-limit-override"),
    path("law/limits/overrides/<int:override_id>/end/", periods.override_end, name="time-limit-override-end"),
]
