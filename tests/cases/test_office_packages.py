"""Office packages: what runs, hides, embeds or fetches is refused, by what it is and not by what it is called."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from agencies.errors import Reason
from cases import file_kinds
from tests.samples import EXCEL, EXE, OLE, PNG, SLIDES, WORD, office, package, relationships, zipped

DOC = "application/vnd.openxmlformats-officedocument"
MS = "application/vnd.ms-"
LINKS = "word/_rels/document.xml.rels"


def judge(content: bytes, name: str = "a.docx") -> str:
    verdict = file_kinds.inspect(name, io.BytesIO(content))
    return verdict.code if isinstance(verdict, Reason) else ""


def word(parts: dict[str, bytes] | None = None, types: dict[str, str] | None = None, **defaults: str) -> bytes:
    return zipped(office(WORD, parts, types, defaults))


CHART = {"xlsx": f"{DOC}.spreadsheetml.sheet"}
WORKBOOK = zipped(office(EXCEL))


@pytest.mark.parametrize(
    "content",
    [
        word(),
        zipped(office(("word/document2.xml", WORD[1]))),  # as Word on the web names it
        word({"word/media/image1.png": PNG, "docProps/app.xml": b"<x/>"}),
        word({LINKS: relationships(("hyperlink", "https://example.test/", "External"), ("image", "media/1.png", ""))}),
        word({LINKS: relationships(("hyperlink", "mailto:a@example.test", "External"))}),
        word({"word/embeddings/Microsoft_Excel_Sheet.xlsx": WORKBOOK}, **CHART),
        word({"word/people.xml": b"<x/>"}, {"word/people.xml": f"{DOC}.wordprocessingml.people+xml"}),
        word({"word/e.xml": b"<x/>"}, {"word/e.xml": f"{MS}word.stylesWithEffects+xml"}),
    ],
)
def test_ordinary_documents_are_taken(content):
    assert judge(content) == ""


def test_a_package_that_was_written_as_a_stream_is_taken():
    class Stream(io.RawIOBase):
        written = b""

        def writable(self) -> bool:
            return True

        def write(self, data) -> int:
            self.written += bytes(data)
            return len(data)

    out = Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in office(WORD).items():
            archive.writestr(name, content)
    assert judge(out.written) == ""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        # Macros by type, under another name, by the extension's default, by relationship alone.
        (word({"word/media/x.xml": b"x"}, {"word/media/x.xml": f"{MS}office.vbaProject"}), "file_macro"),
        (word({"word/settings2.dat": b"x"}, dat=f"{MS}office.vbaProject"), "file_macro"),
        (word({"word/X.XML": b"x"}, {"WORD/x.xml": f"{MS}word.VBADATA+xml"}), "file_macro"),
        (word({LINKS: relationships(("vbaProject", "media/a.xml", ""))}), "file_macro"),
        (word({LINKS: relationships(("attachedToolbars", "a.xml", ""))}), "file_macro"),
        (word({"word/ax.xml": b"x"}, {"word/ax.xml": f"{MS}office.activeX+xml"}), "file_macro"),
        (word({"_rels/other.rels": relationships(("ui/extensibility", "customUI.xml", ""))}), "file_macro"),
        (word({"word/media/a.exe": b"x"}, exe="image/png"), "file_macro"),
        (word({"word/media/a.png": EXE}), "file_macro"),
        (
            word({"word/webextensions/t.xml": b"x"}, {"word/webextensions/t.xml": f"{MS}office.webextension+xml"}),
            "file_macro",
        ),
        # Embedded things.
        (word({"word/embeddings/oleObject1.bin": OLE}, bin=f"{DOC}.oleObject"), "file_embedded"),
        (word({"word/media/a.png": OLE}), "file_embedded"),
        (word({"word/media/a.png": package("a.txt")}), "file_embedded"),
        (word({LINKS: relationships(("oleObject", "media/a.png", ""))}), "file_embedded"),
        (word({LINKS: relationships(("aFChunk", "a.html", ""))}), "file_embedded"),
        (word({LINKS: relationships(("control", "activeX1.xml", ""))}), "file_embedded"),
        (word({"word/a.html": b"<html/>"}, html="text/html"), "file_embedded"),
        (word({"word/a.bin": b"x"}, bin="application/octet-stream"), "file_embedded"),
        (word({"word/a.xlsx": b"not a workbook"}, **CHART), "file_embedded"),
        # Fetched from elsewhere.
        (
            word({LINKS: relationships(("attachedTemplate", "https://example.test/a.dotm", "External"))}),
            "file_external",
        ),
        (word({LINKS: relationships(("image", "https://example.test/a.png", "External"))}), "file_external"),
        (word({LINKS: relationships(("hyperlink", "javascript:x()", "External"))}), "file_external"),
        (word({LINKS: relationships(("hyperlink", "file://host/a", "External"))}), "file_external"),
        (word({LINKS: relationships(("hyperlink", "\\\\host\\a", "External"))}), "file_external"),
        # Not what the standard says.
        (word({"word/untyped": b"x"}), "file_odd"),
        (word({"word/a.xml": b"x", "word/A.XML": b"y"}), "file_odd"),
        (word({"../outside.xml": b"x"}), "file_odd"),
        (word({"word\\a.xml": b"x"}), "file_odd"),
        (word({"[Content_Types].xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><Types/>"}), "file_odd"),
        (
            word(
                {"[Content_Types].xml": "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE x><Types/>".encode("utf-16")}
            ),
            "file_odd",
        ),
        (word({"[Content_Types].xml": b"<Types"}), "file_mismatch"),
        (zipped(office((WORD[0], f"{DOC}.wordprocessingml.template.main+xml"))), "file_mismatch"),
        (zipped(office(SLIDES)), "file_mismatch"),
        (word({"_rels/.rels": relationships(("officeDocument", "word/other.xml", ""))}), "file_mismatch"),
    ],
)
def test_what_runs_embeds_fetches_or_hides_is_refused(content, code):
    assert judge(content) == code


def test_an_embedded_workbook_is_judged_like_the_document():
    bad = zipped(office(EXCEL, {"xl/a.bin": b"x"}, {"xl/a.bin": f"{MS}office.vbaProject"}))
    assert judge(word({"word/embeddings/a.xlsx": bad}, **CHART)) == "file_macro"
    deep = WORKBOOK
    for _ in range(3):
        deep = zipped(office(EXCEL, {"xl/embeddings/a.xlsx": deep}, None, CHART))
    assert judge(deep, "a.xlsx") == "file_embedded"


@pytest.mark.parametrize("kind", ["xl/macrosheets/s.xml", "xl/sheets/innocent.xml"])
def test_the_old_ways_of_excel_are_refused(kind):
    sheet = zipped(office(EXCEL, {kind: b"x"}, {kind: f"{MS}excel.macrosheet+xml"}))
    assert judge(sheet, "a.xlsx") == "file_macro"
    dialog = zipped(office(EXCEL, {kind: b"x"}, {kind: f"{DOC}.spreadsheetml.dialogsheet+xml"}))
    assert judge(dialog, "a.xlsx") == "file_macro"
    link = zipped(office(EXCEL, {kind: b"x"}, {kind: f"{DOC}.spreadsheetml.externalLink+xml"}))
    assert judge(link, "a.xlsx") == "file_external"


def test_a_bomb_is_refused():
    parts = {f"word/media/{n}.png": b"\x00" * 60 * 1024**2 for n in range(3)}
    assert judge(word(parts)) == "file_bomb"


class TestOneStory:
    """Directory and entries must say the same, and there must be nothing else."""

    def test_two_entries_of_one_name(self):
        out = io.BytesIO(word())
        with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("word/document.xml", b"<other/>")
        assert judge(out.getvalue()) == "file_odd"

    def test_an_entry_that_the_directory_does_not_list(self):
        whole = word({"word/hidden.xml": b"x"})
        start = whole.rindex(b"PK\x01\x02")  # the last row of the directory is the hidden part's
        end = bytearray(whole[whole.rindex(b"PK\x05\x06") :])
        rows = struct.unpack("<H", end[10:12])[0] - 1
        length, offset = struct.unpack("<2L", end[12:20])
        end[8:20] = struct.pack("<2H2L", rows, rows, length - (len(whole) - len(end) - start), offset)
        assert judge(whole[:start] + bytes(end)) == "file_odd"

    @pytest.mark.parametrize("where", ["before", "after", "comment"])
    def test_bytes_that_belong_to_nothing(self, where):
        whole = word()
        other = zipped({"word/document.xml": b"<other/>"})[:60]
        if where == "before":
            content = other + whole
        elif where == "after":
            content = whole + b"\x00" * 30
        else:
            content = whole[:-2] + struct.pack("<H", 4) + b"PK\x03\x04"
        assert judge(content) in ("file_odd", "file_mismatch")

    @pytest.mark.parametrize(("field", "value"), [(6, 1), (8, 99), (14, 7), (22, 3)])
    def test_a_header_that_contradicts_the_directory(self, field, value):
        """Flags (encrypted), method, checksum and size, changed in the entry alone."""
        whole = bytearray(word())
        whole[field] = value if whole[field] != value else value + 1
        assert judge(bytes(whole)) == "file_odd"

    def test_another_name_in_the_entry(self):
        whole = word().replace(b"word/document.xml", b"word/documenX.xml", 1)
        first = whole.index(b"word/documenX.xml")
        assert first < whole.index(b"PK\x01\x02")
        assert judge(whole) in ("file_odd", "file_mismatch")

    def test_content_that_is_not_what_its_checksum_says(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for name, content in office(WORD).items():
                archive.writestr(name, content)
        whole = out.getvalue().replace(b"<Override", b"<0verride", 1)
        assert judge(whole) == "file_mismatch"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"OFD.xml": b"<x/>", "Doc_0/Res/图.png": PNG}, ""),
        ({"OFD.xml": b"<x/>", "Doc_0/Attachs/a.dat": OLE}, "file_embedded"),
        ({"OFD.xml": b"<x/>", "Doc_0/Attachs/a.dat": package("a.txt")}, "file_embedded"),
        ({"OFD.xml": b"<x/>", "Doc_0/Attachs/a.js": b"x"}, "file_macro"),
        ({"OFD.xml": b"<x/>", "Doc_0/Attachs/a.dat": EXE}, "file_macro"),
        ({"Other.xml": b"<x/>"}, "file_mismatch"),
    ],
)
def test_ofd(parts, code):
    assert judge(zipped(parts), "a.ofd") == code
