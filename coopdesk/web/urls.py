"""The pages that belong to no room: the language switch and the living component page."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, path
from django.views.i18n import set_language

from coopdesk.web.components import components

urlpatterns: list[URLPattern | URLResolver] = [
    path("language/", login_not_required(set_language), name="set-language"),
    path("components/", components, name="components"),
]
