"""Small files of every kind, made here, so that the tests carry no binary."""

from __future__ import annotations

import io
import zipfile

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 40
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + b"\x00" * 40 + b"\xff\xd9"
TIF = b"II*\x00\x08\x00\x00\x00" + b"\x00" * 40
MP3 = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\x00" * 64
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\x00" * 40
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 40
EML = b"From: a@example.test\r\nTo: b@example.test\r\nSubject: reply\r\nDate: Wed, 25 Nov 2026 10:00:00 +0800\r\n\r\nHello\r\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
EXE = b"MZ\x90\x00" + b"\x00" * 100
ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 100
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


_FORMATS = "application/vnd.openxmlformats-officedocument"
_PACKAGE = "application/vnd.openxmlformats-package"
WORD = ("word/document.xml", f"{_FORMATS}.wordprocessingml.document.main+xml")
EXCEL = ("xl/workbook.xml", f"{_FORMATS}.spreadsheetml.sheet.main+xml")
SLIDES = ("ppt/presentation.xml", f"{_FORMATS}.presentationml.presentation.main+xml")


def package(*names: str, content: bytes = b"<x/>") -> bytes:
    """A zip with these parts."""
    return zipped(dict.fromkeys(names, content))


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip with this content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def relationships(*given: tuple[str, str, str]) -> bytes:
    """A part of relationships: (what for, target, 'External' or '')."""
    rows = "".join(
        f'<Relationship Id="r{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{what}"'
        f' Target="{target}" TargetMode="{mode or "Internal"}"/>'
        for n, (what, target, mode) in enumerate(given)
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{space}">{rows}</Relationships>'.encode()


def office(
    main: tuple[str, str],
    parts: dict[str, bytes] | None = None,
    types: dict[str, str] | None = None,
    defaults: dict[str, str] | None = None,
) -> dict[str, bytes]:
    """The parts of an Office Open XML document: `parts` beside the main one, `types` and `defaults` declared for them."""
    name, kind = main
    by_name = {name: kind, **(types or {})}
    by_extension = {"rels": f"{_PACKAGE}.relationships+xml", "xml": "application/xml", "png": "image/png"} | (
        defaults or {}
    )
    rows = [f'<Default Extension="{extension}" ContentType="{given}"/>' for extension, given in by_extension.items()]
    rows += [f'<Override PartName="/{part}" ContentType="{given}"/>' for part, given in by_name.items()]
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    declared = f'<?xml version="1.0"?><Types xmlns="{space}">{chr(10).join(rows)}</Types>'.encode()
    start = relationships(("officeDocument", name, ""))
    return {"[Content_Types].xml": declared, "_rels/.rels": start, name: b"<x/>", **(parts or {})}


DOCX = zipped(office(WORD))
XLSX = zipped(office(EXCEL))
PPTX = zipped(office(SLIDES))
OFD = package("OFD.xml", "Doc_0/Document.xml")
_VBA = {"word/vbaProject.bin": "application/vnd.ms-office.vbaProject"}
MACRO = zipped(office(WORD, {"word/vbaProject.bin": b"x"}, _VBA))
MACRO_BY_TYPE = zipped(office((WORD[0], "application/vnd.ms-word.document.macroEnabled.main+xml")))
ZIP = package("a.txt")

GOOD = {
    "请求书.pdf": PDF,
    "请求书.docx": DOCX,
    "账户.xlsx": XLSX,
    "图示.pptx": PPTX,
    "公文.ofd": OFD,
    "照片.PNG": PNG,
    "照片.jpg": JPG,
    "照片.jpeg": JPG,
    "扫描.tif": TIF,
    "扫描.tiff": TIF,
    "说明.txt": "资金去向说明".encode(),
    "说明gbk.txt": "资金去向说明".encode("gb18030"),
    "明细.csv": "账号,金额\nZZ00,1\n".encode(),
    "邮件.eml": EML,
    "录音.mp3": MP3,
    "录音.wav": WAV,
    "录像.mp4": MP4,
    "2026.11.25 报告.pdf": PDF,
}
BAD = {
    "页面.html": (HTML, "file_type"),
    "图.svg": (SVG, "file_type"),
    "程序.exe": (EXE, "file_type"),
    "脚本.js": (b"alert(1)", "file_type"),
    "旧.doc": (OLE, "file_old_office"),
    "宏.docm": (MACRO, "file_macro"),
    "包.zip": (ZIP, "file_archive"),
    "没有扩展名": (PDF, "file_no_extension"),
    "页面.pdf": (HTML, "file_mismatch"),
    "图.png": (SVG, "file_mismatch"),
    "程序.pdf": (EXE, "file_mismatch"),
    "程序.txt": (ELF, "file_mismatch"),
    "页面.txt": (HTML, "file_mismatch"),
    "图.txt": (SVG, "file_mismatch"),
    "脚本.txt": (b"#!/bin/sh\nrm -rf /\n", "file_mismatch"),
    "旧.docx": (OLE, "file_mismatch"),
    "包.docx": (ZIP, "file_mismatch"),
    "表.docx": (XLSX, "file_mismatch"),
    "坏.docx": (b"PK\x03\x04" + b"\x00" * 50, "file_mismatch"),
    "宏.docx": (MACRO, "file_macro"),
    "宏型.docx": (MACRO_BY_TYPE, "file_macro"),
    "空.pdf": (b"", "file_empty"),
    "发票.pdf.exe": (EXE, "file_double_extension"),
    "发票.exe.pdf": (PDF, "file_double_extension"),
    "发票.docx.pdf": (PDF, "file_double_extension"),
    "发票\u202efdp.exe": (EXE, "file_type"),
    "机密★10年 报告.pdf": (PDF, "state_secret"),
    "报告（绝密）.pdf": (PDF, "state_secret"),
}
