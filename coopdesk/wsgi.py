"""The door for the web server. In production it stays shut while a system check finds an error."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coopdesk.settings")
_django = get_wsgi_application()

from coopdesk.checks import refuse_unsafe  # noqa: E402 (needs the applications, which the line above sets up)

refuse_unsafe()


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Django, behind one refusal: it stumbles over extended parameters (RFC 2231) of Content-Type before any
    middleware runs, and no door of ours takes them."""
    if "*=" in environ.get("CONTENT_TYPE", ""):
        start_response(
            "400 Bad Request", [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
        )
        return ["Content-Type: 不接受带星号的参数。 Parameters with an asterisk are not accepted.\n".encode()]
    return _django(environ, start_response)
