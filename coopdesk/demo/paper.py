"""A one-page PDF that says what it stands for, so that demo cases have something to open."""

from __future__ import annotations

_FONT = (
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>"
    "/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
    "/Ascent 880/Descent -120/CapHeight 880/StemV 93>>>>]>>"
)


def pdf(name: str) -> bytes:
    """The bytes of a PDF with one line: the file's name without its extension, and that it is a demo."""
    lines = (name.rpartition(".")[0], "演示文件，内容为虚构。")
    drawn = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -40 Td" for line in lines)
    stream = f"BT /F1 18 Tf 72 740 Td {drawn} ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>",
        _FONT,
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj{text}endobj\n".encode()
    entries = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    count = len(objects) + 1
    table = f"xref\n0 {count}\n0000000000 65535 f \n{entries}trailer<</Size {count}/Root 1 0 R>>"
    return body + f"{table}\nstartxref\n{len(body)}\n%%EOF\n".encode()
