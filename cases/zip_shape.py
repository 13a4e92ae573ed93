"""Is a zip what it seems to be, whichever program opens it?

Programs read a zip in different ways: from its directory at the end, or from the entries as they come; the first or the
last of two entries of one name. A package is taken only when all ways lead to the same content: entries stand end to
end from the first byte, the directory lists each of them once, and both say the same about them.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import IO

# What zipfile and zlib raise on damaged, encrypted or exotic packages.
UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, ValueError, struct.error)

MAX_ENTRIES = 10_000
MAX_UNPACKED = 1024**3
MAX_RATIO = 100
_BOMB_FLOOR = 100 * 1024**2  # small files may compress as well as they like

_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED, _STREAMED = 0x2041, 0x08
# After a streamed entry: checksum and sizes, in 32 or 64 bits, with or without a signature.
_DESCRIPTORS = frozenset({12, 16, 20, 24})
_SPELLED_OUT = 0xFFFFFFFF  # "see the extra field"


def is_bomb(package: zipfile.ZipFile) -> bool:
    """Does it unpack to more than anybody can mean?"""
    entries = package.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
        return True
    return unpacked > _BOMB_FLOOR and unpacked / packed > MAX_RATIO


def is_straight(package: zipfile.ZipFile, stream: IO[bytes]) -> bool:
    """Do the directory and the entries tell one story, with nothing before, between and after them?"""
    entries = sorted(package.infolist(), key=lambda entry: entry.header_offset)
    names = {entry.filename.casefold() for entry in entries}
    if len(names) != len(entries) or not all(map(_plain, entries)):
        return False
    start = _directory_start(stream, len(entries))
    place = 0
    for entry, following in zip(entries, [*(e.header_offset for e in entries[1:]), start], strict=True):
        end = _end_of(stream, entry) if entry.header_offset == place else None
        if end is None or not _meets(entry, following - end):
            return False
        place = following
    return place == start


def _plain(entry: zipfile.ZipInfo) -> bool:
    """An entry that every program can read, under a name that stays inside the package."""
    name = entry.filename
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return False
    if entry.orig_filename != name or "\\" in name or any(char < " " for char in name):
        return False
    return not name.startswith("/") and ".." not in name.split("/") and not name.casefold().endswith(".piece")


def _directory_start(stream: IO[bytes], count: int) -> int:
    """Where the directory begins, as the end record says; -1 unless that record is the last thing in the file."""
    size = stream.seek(0, 2)
    stream.seek(size - _END.size)
    mark, disk, first, here, total, length, offset, comment = _END.unpack(stream.read(_END.size))
    whole = (mark, disk, first, here, total, comment) == (b"PK\x05\x06", 0, 0, count, count, 0)
    return int(offset) if whole and offset + length == size - _END.size else -1


def _end_of(stream: IO[bytes], entry: zipfile.ZipInfo) -> int | None:
    """The end of the entry's data, when its own header says what the directory says; else None."""
    stream.seek(entry.header_offset)
    mark, _version, flags, method, _time, _date, crc, packed, unpacked, named, extra = _LOCAL.unpack(
        stream.read(_LOCAL.size)
    )
    encoding = "utf-8" if entry.flag_bits & 0x800 else "cp437"
    if mark != b"PK\x03\x04" or stream.read(named) != entry.filename.encode(encoding):
        return None
    if (flags, method) != (entry.flag_bits, entry.compress_type):
        return None
    said = {(crc, entry.CRC), (packed, entry.compress_size), (unpacked, entry.file_size)}
    ignored = (0, _SPELLED_OUT) if flags & _STREAMED else (_SPELLED_OUT,)
    if any(own != listed and own not in ignored for own, listed in said):
        return None
    return int(entry.header_offset + _LOCAL.size + named + extra + entry.compress_size)


def _meets(entry: zipfile.ZipInfo, gap: int) -> bool:
    """Does the next thing begin where the entry ends?"""
    return gap == 0 or (bool(entry.flag_bits & _STREAMED) and gap in _DESCRIPTORS)
