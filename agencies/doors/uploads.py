"""Uploads that are too big: the file is dropped while it arrives, everything else on the form stays.

First of FILE_UPLOAD_HANDLERS. A view asks `oversize(request)` for the names of the files that were dropped.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest


class LimitHandler(FileUploadHandler):
    """Skips a file once it passes ATTACHMENT_LIMIT; refuses a body that nobody could mean before reading it."""

    received = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:
        if content_length > settings.UPLOAD_BODY_LIMIT:
            raise RequestDataTooBig

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.ATTACHMENT_LIMIT:
            if self.request is not None:
                dropped: list[str] = self.request.META.setdefault("coopdesk.oversize", [])
                dropped.append(self.file_name or "")
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        return None


def oversize(request: HttpRequest) -> list[str]:
    """The names of the files of this request that were too big and were dropped."""
    found: list[str] = request.META.get("coopdesk.oversize", [])
    return found
