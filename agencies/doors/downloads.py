"""A stored file on its way out: attached, unsniffed, sandboxed, uncached, never shown in the page's origin."""

from __future__ import annotations

from typing import IO

from django.http import FileResponse


def attached(stream: IO[bytes], *, name: str, media_type: str) -> FileResponse:
    """The response that hands out `stream` under `name`; closes it when it is through."""
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=media_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
