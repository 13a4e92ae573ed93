from django.urls import URLPattern, URLResolver, path

from agencies.web import tree

urlpatterns: list[URLPattern | URLResolver] = [
    path("agencies/", tree.agency_list, name="agency-list"),
    path("agencies/search/", tree.agency_search, name="agency-search"),
    path("agencies/<str:code>/", tree.agency_detail, name="agency-detail"),
]
