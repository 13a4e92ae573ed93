"""The door for the web server. In production it stays shut while a system check finds an error."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coopdesk.settings")
application = get_wsgi_application()

from coopdesk.checks import refuse_unsafe  # noqa: E402 (needs the applications, which the line above sets up)

refuse_unsafe()
