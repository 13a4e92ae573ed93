"""Which files may be attached, told by their content; the extension must agree.

Allowed are documents, pictures, text, mail, sound and film that carry no program of their own. Refused are web pages,
SVG, programs, scripts, macros, archives, and the old binary Office formats, in which macros hide.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

import puremagic
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.errors import Reason
from cases import office_packages
from cases.file_names import extensions

HEAD = 64 * 1024

Check = Callable[[IO[bytes], bytes], bool]


@dataclass(frozen=True, slots=True)
class FileKind:
    """One allowed kind: its extensions, the media type it is sent with, and the check of its content."""

    extensions: tuple[str, ...]
    media_type: str
    check: Check


def _starts(*signatures: bytes) -> Check:
    return lambda _stream, head: head.startswith(signatures)


def _pdf(_stream: IO[bytes], head: bytes) -> bool:
    """%PDF- near the start; scanners put a little junk before it, but no other format."""
    before, found, _after = head[:1024].partition(b"%PDF-")
    return bool(found) and b"<" not in before and not before.startswith((b"MZ", b"\x7fELF", b"PK", b"#!"))


def _riff_wave(_stream: IO[bytes], head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WAVE"


def _mp4(_stream: IO[bytes], head: bytes) -> bool:
    return head[4:8] == b"ftyp"


def _mp3(_stream: IO[bytes], head: bytes) -> bool:
    return head.startswith(b"ID3") or (len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2)


def _text_of(head: bytes) -> str | None:
    """The beginning as text in one of the encodings that offices use, or None."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in head:
        return None
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        for cut in range(4):  # the head may end within a character
            try:
                return head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None


_MARKUP = re.compile(
    r"^\s*(<!doctype|<\?|<!--|<[a-z][a-z0-9:-]*[\s>/]|#!|@echo|\{\\rtf)|<(script|svg|html|iframe)[\s>]", re.IGNORECASE
)


def _text(_stream: IO[bytes], head: bytes) -> bool:
    text = _text_of(head)
    if text is None or _MARKUP.search(text[:4096]):
        return False
    return not any(char < " " and char not in "\t\n\r\f\x1a" for char in text)


_HEADER = re.compile(r"^(from|to|date|subject|received|return-path|message-id|mime-version|x-[\w-]+):", re.I | re.M)


def _mail(_stream: IO[bytes], head: bytes) -> bool:
    if b"\x00" in head:
        return False
    lines = head[:8192].decode("latin-1").lstrip()
    return bool(re.match(r"[A-Za-z][\w-]*:", lines)) and len({m.group(1).lower() for m in _HEADER.finditer(lines)}) >= 2


def _package(extension: str) -> Check:
    return lambda stream, _head: office_packages.is_document(stream, extension)


def _ofd(stream: IO[bytes], _head: bytes) -> bool:
    return office_packages.is_ofd(stream)


_OOXML = "application/vnd.openxmlformats-officedocument"
KINDS: tuple[FileKind, ...] = (
    FileKind(("pdf",), "application/pdf", _pdf),
    FileKind(("docx",), f"{_OOXML}.wordprocessingml.document", _package("docx")),
    FileKind(("xlsx",), f"{_OOXML}.spreadsheetml.sheet", _package("xlsx")),
    FileKind(("pptx",), f"{_OOXML}.presentationml.presentation", _package("pptx")),
    FileKind(("ofd",), "application/ofd", _ofd),
    FileKind(("png",), "image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    FileKind(("jpg", "jpeg"), "image/jpeg", _starts(b"\xff\xd8\xff")),
    FileKind(("tif", "tiff"), "image/tiff", _starts(b"II*\x00", b"MM\x00*")),
    FileKind(("txt",), "text/plain", _text),
    FileKind(("csv",), "text/csv", _text),
    FileKind(("eml",), "message/rfc822", _mail),
    FileKind(("mp3",), "audio/mpeg", _mp3),
    FileKind(("wav",), "audio/wav", _riff_wave),
    FileKind(("mp4",), "video/mp4", _mp4),
)
BY_EXTENSION = {extension: kind for kind in KINDS for extension in kind.extensions}
# For the `accept` attribute and the sentence on the page.
ACCEPTED = tuple(BY_EXTENSION)

_OLD_OFFICE = frozenset({"doc", "xls", "ppt", "dot", "wps", "et", "dps", "rtf"})
_MACRO_OFFICE = frozenset({"docm", "xlsm", "pptm", "dotm", "xltm", "potm", "ppsm", "xlsb", "xlam", "ppam"})
_ARCHIVES = frozenset({"zip", "rar", "7z", "gz", "tar", "tgz", "iso", "cab", "bz2", "xz"})
_PROGRAMS = frozenset(
    {
        "exe",
        "dll",
        "com",
        "scr",
        "msi",
        "bat",
        "cmd",
        "ps1",
        "vbs",
        "vbe",
        "js",
        "jse",
        "jar",
        "wsf",
        "hta",
        "lnk",
        "sh",
    }
    | {"py", "pl", "php", "html", "htm", "xhtml", "svg", "xml", "apk", "app", "chm"}
)
# What counts as a second extension; letters that as often end a word or an address do not.
_KNOWN = (frozenset(BY_EXTENSION) | _OLD_OFFICE | _MACRO_OFFICE | _ARCHIVES | _PROGRAMS) - {"com", "et", "app"}

NOT_ALLOWED = _("不接收这种文件。请转成页面上列出的格式再上传。")
_WHY: tuple[tuple[frozenset[str], str, Promise], ...] = (
    (_OLD_OFFICE, "file_old_office", _("旧格式里可能藏有宏，不接收。请另存为 docx、xlsx、pptx 或 PDF 再上传。")),
    (_MACRO_OFFICE, "file_macro", office_packages.MACROS),
    (_ARCHIVES, "file_archive", _("不接收压缩包。请解开后逐个上传，每份文件都能单独查看和核对。")),
)


def refuse_name(name: str) -> Reason | None:
    """Why a (cleaned) name is refused before its content is looked at; None when it may go on."""
    found = extensions(name)
    if not found or not found[-1]:
        return Reason("file_no_extension", _("文件名没有扩展名，看不出是什么文件。请补上扩展名再上传。"), "/file")
    inner = [extension for extension in found[:-1] if extension in _KNOWN]
    if inner:
        shown = ".".join([*inner, found[-1]])
        words = _("文件名里有不止一个扩展名（.%(shown)s）。请改成一个再上传。")
        return Reason("file_double_extension", words % {"shown": shown}, "/file")
    if found[-1] in BY_EXTENSION:
        return None
    for family, code, why in _WHY:
        if found[-1] in family:
            return Reason(code, why, "/file")
    return Reason("file_type", NOT_ALLOWED, "/file")


def inspect(name: str, stream: IO[bytes]) -> FileKind | Reason:
    """The kind of a file whose name passed `refuse_name`, or the reason why its content is refused."""
    kind = BY_EXTENSION[extensions(name)[-1]]
    stream.seek(0)
    head = stream.read(HEAD)
    try:
        agrees = kind.check(stream, head)
    except office_packages.Unfit as error:
        return error.reason
    if agrees and not _looks_dangerous(head):
        return kind
    words = _("文件内容与扩展名（.%(shown)s）不符。请确认文件没有损坏，也没有改过扩展名。")
    return Reason("file_mismatch", words % {"shown": kind.extensions[0]}, "/file")


def _looks_dangerous(head: bytes) -> bool:
    """A second opinion: does the content pass for a web page, a script or a program as well?

    Not of packages, which were looked through: one that was written as a stream begins like a program in Java.
    """
    if head.startswith(b"PK\x03\x04"):
        return False
    try:
        seen = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return False
    return any(match.confidence >= 0.5 and match.extension.lstrip(".") in _PROGRAMS for match in seen)
