"""The API's own description: the OpenAPI 3.1 document and pages that show it. Public: it holds no data."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coopdesk.api.introduction import introduction


class Schema(APIView):
    """GET gives the document in the caller's language, as JSON."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(orjson.Fragment(_document(get_language() or "zh-hans")))


@lru_cache
def _document(language: str) -> bytes:
    """The document; nothing in it changes while the process lives."""
    generator: Any = SchemaGenerator  # untyped
    document = generator().get_schema(request=None, public=True)
    document["info"]["description"] = introduction()
    return orjson.dumps(document)


class Docs(SpectacularSwaggerSplitView):
    """Pages to read and try the API; scripts and styles are our own files (CSP)."""

    url_name = "api-schema"
    authentication_classes: Any = ()
    permission_classes = (AllowAny,)
    template_name = "coopdesk/api_docs.html"
