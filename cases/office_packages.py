"""Office Open XML and OFD packages without anything that runs, that is hidden, or that is fetched from elsewhere.

What a part is, its declared content type says, not its name: macros may lie under any name. So parts are let through by
a list of harmless types, relationships by what they are for, and embedded workbooks when they pass the same test. The
document must be what its extension says by type and by relationship.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from typing import IO
from urllib.parse import urlsplit
from xml.parsers import expat

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.errors import Reason
from cases import zip_shape

MACROS = _("文件里有宏或程序，不接收。请另存为不含宏的 docx、xlsx 或 pptx，或者转成 PDF。")
_WORDS: Mapping[str, Promise] = {
    "file_macro": MACROS,
    "file_bomb": _("文件解开后大得不合常理，不接收。请检查它是怎么做出来的。"),
    "file_odd": _(
        "文件的内部结构不合规范，不同的软件会看到不同的内容，不接收。请用 Office 或 WPS 打开，另存一份再上传。"
    ),
    "file_embedded": _("文件里嵌着别的文件或控件，不接收。请把它们另存出来单独上传，或者转成 PDF。"),
    "file_external": _("文件打开时要从外面取模板、图片或数据，不接收。请断开这些链接再上传，或者转成 PDF。"),
}

_OOXML = "application/vnd.openxmlformats-officedocument"
# Extension → the content type of its main part.
MAIN = {
    "docx": f"{_OOXML}.wordprocessingml.document.main+xml",
    "xlsx": f"{_OOXML}.spreadsheetml.sheet.main+xml",
    "pptx": f"{_OOXML}.presentationml.presentation.main+xml",
}
_EMBEDDED = {
    f"{_OOXML}.wordprocessingml.document": "docx",
    f"{_OOXML}.spreadsheetml.sheet": "xlsx",
    f"{_OOXML}.presentationml.presentation": "pptx",
}
_RELATIONSHIPS = "application/vnd.openxmlformats-package.relationships+xml"
_HARMLESS = ("image/", "audio/", "video/", f"{_OOXML}.", "application/vnd.openxmlformats-package.")
_VENDOR = tuple(f"application/vnd.ms-{name}." for name in ("word", "excel", "powerpoint", "office", "printing"))
_OTHERS = frozenset({"application/xml", "text/xml", "application/inkml+xml", "application/x-fontdata"})
_RUNS = ("macro", "vba", "activex", "dialogsheet", "toolbars", "keymap", "webextension", "customui")
# What a relationship is for: its last word. Some run, some bring other files in.
_RUNNING = (*_RUNS, "extensibility", "usercustomization")
_BRINGING = ("oleobject", "control", "afchunk", "subdocument")
_LINKS = frozenset({"", "http", "https", "mailto", "tel"})
_PROGRAM_NAMES = (".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".ps1", ".jar", ".hta", ".lnk", ".scr", ".com")
_PROGRAM_MARKS = (b"MZ\x90", b"\x7fELF")
_FILE_MARKS = (b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"%PDF-", b"Rar!", b"7z\xbc\xaf", b"ITSF")
_DEPTH = 2
_MAX_EMBEDDED = 50 * 1024**2
_MAX_XML = 8 * 1024**2

Element = tuple[str, dict[str, str]]


class Unfit(Exception):
    """The package is refused; `reason` says why and what to do."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.reason = Reason(code, _WORDS[code], "/file")


def is_document(stream: IO[bytes], extension: str, depth: int = 0) -> bool:
    """Is the stream an Office document of this extension? Raises Unfit for one that is not harmless."""
    package = _opened(stream)
    if package is None:
        return False
    with package:
        try:
            types = _types(package)
            main = _main(package, types)
            _judge(package, types, depth)  # the worse reasons first
            return types.get(main) == MAIN[extension]
        except (*zip_shape.UNREADABLE, LookupError, expat.ExpatError):
            return False


def is_ofd(stream: IO[bytes]) -> bool:
    """Is the stream an OFD package? Raises Unfit for one that is not harmless."""
    package = _opened(stream)
    if package is None:
        return False
    with package:
        try:
            for entry in package.infolist():
                _refuse_program(package, entry)
                if _head(package, entry).startswith(_FILE_MARKS):
                    raise Unfit("file_embedded")
            return "OFD.xml" in package.namelist()
        except zip_shape.UNREADABLE:
            return False


def _opened(stream: IO[bytes]) -> zipfile.ZipFile | None:
    """The package, none when it is no zip; Unfit when it is a bomb or no straight one."""
    stream.seek(0)
    if stream.read(4) != b"PK\x03\x04":
        return None
    try:
        package = zipfile.ZipFile(stream)
        if zip_shape.is_bomb(package):
            raise Unfit("file_bomb")
        if zip_shape.is_straight(package, stream):
            return package
    except zip_shape.UNREADABLE:
        return None
    raise Unfit("file_odd")


# --- Parts and their types --------------------------------------------------------------------------------------------


def _parts(package: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    found = [entry for entry in package.infolist() if not (entry.is_dir() and entry.file_size == 0)]
    return [entry for entry in found if entry.filename.casefold() != "[content_types].xml"]


def _types(package: zipfile.ZipFile) -> dict[str, str]:
    """The content type of every part by its name in lower case; '' for a part that has none."""
    own: dict[str, str] = {}
    by_extension: dict[str, str] = {}
    for tag, given in _elements(package, "[Content_Types].xml"):
        kind = given.get("ContentType", "").strip().casefold()
        if tag == "Override":
            own[given.get("PartName", "").lstrip("/").casefold()] = kind
        elif tag == "Default":
            by_extension[given.get("Extension", "").casefold()] = kind
    names = [entry.filename.casefold() for entry in _parts(package)]
    return {name: own.get(name, by_extension.get(name.rpartition(".")[2], "")) for name in names}


def _main(package: zipfile.ZipFile, types: Mapping[str, str]) -> str:
    """The part that the package's own relationships call the document; '' unless there is exactly one."""
    targets = [
        posixpath.normpath(given.get("Target", "").lstrip("/")).casefold()
        for tag, given in (_elements(package, "_rels/.rels") if "_rels/.rels" in types else ())
        if tag == "Relationship" and given.get("Type", "").endswith("/officeDocument")
    ]
    return targets[0] if len(targets) == 1 else ""


def _judge(package: zipfile.ZipFile, types: Mapping[str, str], depth: int) -> None:
    """Unfit for the first part that runs, embeds, fetches, or does not say what it is."""
    for entry in _parts(package):
        name = entry.filename.casefold()
        kind = types[name]
        _refuse_program(package, entry)
        if any(word in kind for word in _RUNS):
            raise Unfit("file_macro")
        if "externallink" in kind:
            raise Unfit("file_external")
        if kind == _RELATIONSHIPS or name.endswith(".rels"):
            _judge_relationships(package, entry.filename)
        elif kind in _EMBEDDED:
            _judge_embedded(package, entry, _EMBEDDED[kind], depth)
        elif not _harmless(kind) or _head(package, entry).startswith(_FILE_MARKS):
            raise Unfit("file_embedded" if kind else "file_odd")


def _harmless(kind: str) -> bool:
    if kind.startswith(_VENDOR):
        return kind.endswith("+xml")
    return (kind.startswith(_HARMLESS) and "oleobject" not in kind) or kind in _OTHERS


def _refuse_program(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    if entry.filename.casefold().endswith(_PROGRAM_NAMES) or _head(package, entry).startswith(_PROGRAM_MARKS):
        raise Unfit("file_macro")


def _judge_embedded(package: zipfile.ZipFile, entry: zipfile.ZipInfo, extension: str, depth: int) -> None:
    """A workbook behind a chart, say: as harmless as the document itself."""
    if depth >= _DEPTH or entry.file_size > _MAX_EMBEDDED:
        raise Unfit("file_embedded")
    inner = io.BytesIO(package.read(entry))
    if not is_document(inner, extension, depth + 1):
        raise Unfit("file_embedded")


def _judge_relationships(package: zipfile.ZipFile, name: str) -> None:
    for tag, given in _elements(package, name):
        if tag != "Relationship":
            continue
        purpose = given.get("Type", "").rpartition("/")[2].casefold()
        if any(word in purpose for word in _RUNNING):
            raise Unfit("file_macro")
        if purpose.startswith(_BRINGING):
            raise Unfit("file_embedded")
        if given.get("TargetMode", "").casefold() == "external" and not _is_link(purpose, given.get("Target", "")):
            raise Unfit("file_external")


def _is_link(purpose: str, target: str) -> bool:
    """A link that somebody may click; anything else is fetched when the document is opened."""
    if purpose != "hyperlink" or target.strip().startswith(("\\\\", "//")):
        return False
    try:
        return urlsplit(target.strip()).scheme.casefold() in _LINKS
    except ValueError:
        return False


# --- Reading ----------------------------------------------------------------------------------------------------------


def _head(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with package.open(entry) as part:
        return part.read(8)


def _elements(package: zipfile.ZipFile, name: str) -> Iterator[Element]:
    """The elements of a part of the package's own machinery: (name without namespace, attributes).

    A document type is refused, and so are entities: nothing that writes packages uses them, and they hide things.
    """
    found: list[Element] = []
    with package.open(name) as part:
        raw = part.read(_MAX_XML + 1)
    if len(raw) > _MAX_XML:
        raise Unfit("file_odd")

    def doctype(*_given: object) -> None:
        raise Unfit("file_odd")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = lambda tag, given: found.append((tag.rpartition(" ")[2], given))
    parser.Parse(raw, True)
    yield from found
