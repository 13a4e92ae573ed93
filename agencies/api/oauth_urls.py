from django.urls import path

from agencies.api import oauth

urlpatterns = [
    path("token/", oauth.Token.as_view(), name="oauth-token"),
    path("revoke/", oauth.Revoke.as_view(), name="oauth-revoke"),
]
