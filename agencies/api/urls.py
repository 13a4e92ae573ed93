from django.urls import path

from agencies.api import me, tree

urlpatterns = [
    path("me/", me.Me.as_view(), name="api-me"),
    path("agencies/", tree.Agencies.as_view(), name="api-agency-list"),
    path("agencies/<slug:code>/", tree.AgencyDetail.as_view(), name="api-agency-detail"),
]
