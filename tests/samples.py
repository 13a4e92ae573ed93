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


def package(*names: str, types: str = "", content: bytes = b"<x/>") -> bytes:
    """A zip with these parts, as Office Open XML and OFD are."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f"<Types>{types}</Types>")
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


DOCX = package("_rels/.rels", "word/document.xml")
XLSX = package("_rels/.rels", "xl/workbook.xml")
PPTX = package("_rels/.rels", "ppt/presentation.xml")
OFD = package("OFD.xml", "Doc_0/Document.xml")
MACRO = package("_rels/.rels", "word/document.xml", "word/vbaProject.bin")
MACRO_BY_TYPE = package("word/document.xml", types="application/vnd.ms-word.document.macroEnabled.main+xml")
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
