"""`manage.py catalog`: keep the English catalogues in step with the Chinese words of code and templates.

Each room has `<room>/locale/en/LC_MESSAGES/django.po` (sorted, without line numbers, so that two people's changes merge)
and the `.mo` made from it. Nothing is guessed: a new message stays empty until somebody translates it. A room may also
have `zh_Hans/…/django.po`, written by hand: better Chinese for the English messages of the libraries.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

ROOMS = ("coopdesk", "cases", "treaties", "countries", "agencies")
# Folders of templates/ that belong to another room than their name says; what is in no room's folder is coopdesk's.
TEMPLATES_OF = {"account": "agencies", "mfa": "agencies", "usersessions": "agencies", "allauth": "agencies"}
HAN = re.compile(r"[\u3400-\u9fff]")

_PLURAL, _CONTEXT, _BOTH = (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": _PLURAL,
    "ngettext_lazy": _PLURAL,
    "pgettext": _CONTEXT,
    "pgettext_lazy": _CONTEXT,
    "npgettext": _BOTH,
    "npgettext_lazy": _BOTH,
}
Key = tuple[str, str | None]


class RoomCatalog(Catalog):
    """A catalogue whose head holds only what a reader of it needs: no dates, no names, no tools."""

    def _headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale)),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]

    def _ignore(self, headers: Any) -> None:
        """What an older file said is not kept."""

    mime_headers = property(_headers, _ignore)


class Command(BaseCommand):
    help = "Extract, keep and compile the English catalogues; print what is missing."
    requires_system_checks: list[str] | tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("rooms", nargs="*", choices=[*ROOMS, []], help="only these rooms (default: all)")
        parser.add_argument("--check", action="store_true", help="change nothing; fail when anything is not in step")

    def handle(self, *, rooms: list[str], check: bool, **_options: Any) -> None:
        """Write (or check) the catalogues. Raises CommandError when `--check` finds something."""
        kept = {room: _read(_po(room)) for room in ROOMS}
        fresh = {room: _catalogue(room, kept) for room in ROOMS}
        problems = []
        for room in rooms or ROOMS:
            stale = {
                path: content
                for path, content in _targets(room, fresh[room])
                if not path.exists() or path.read_bytes() != content
            }
            if check:
                problems += [f"{room}: stale: {path.parts[-3]}/{path.name}" for path in stale]
            else:
                _write(stale)
            problems += _faults(room, fresh[room])
        problems += _contradictions(fresh)
        for problem in problems:
            self.stdout.write(problem)
        if check and problems:
            raise CommandError(f"{len(problems)} to mend; run manage.py catalog and translate what is empty.")
        total = sum(len(catalogue) for catalogue in fresh.values())
        self.stdout.write(f"{total} messages in {len(ROOMS)} catalogues, {len(problems)} to mend")


def _po(room: str, locale: str = "en") -> Path:
    return Path(settings.BASE_DIR, room, "locale", locale, "LC_MESSAGES", "django.po")


def _read(path: Path) -> Catalog:
    if not path.exists():
        return RoomCatalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def _write(files: dict[Path, bytes]) -> None:
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


# --- Extraction -----------------------------------------------------------------------------------------------------


def _files(room: str) -> Iterator[Path]:
    """The Python files of the room, and the templates that belong to it."""
    base = Path(settings.BASE_DIR)
    yield from sorted((base / room).rglob("*.py"))
    for path in sorted((base / "templates").rglob("*")):
        folder = path.relative_to(base / "templates").parts[0]
        owner = TEMPLATES_OF.get(folder, folder if folder in ROOMS else "coopdesk")
        if path.is_file() and owner == room:
            yield path


def _messages(path: Path) -> Iterator[tuple[Any, str | None]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # One bracketed expression: what templatize leaves of a page is not indented as Python would be.
        source = "(\n" + "\n".join(line.strip() for line in templatize(source).splitlines()) + "\n)"
    if not HAN.search(source):
        return
    for _line, message, _comments, context in extract(
        "python", io.BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        yield message, context


def _catalogue(room: str, kept: dict[str, Catalog]) -> Catalog:
    """Every message of the room, with the translation it has, else the one it has in another room."""
    catalogue = RoomCatalog(locale="en", fuzzy=False, header_comment="")
    catalogue.header_comment = (
        f"# English words of {room}. Written by manage.py catalog; only msgstr is edited by hand."
    )
    for path in _files(room):
        for message, context in _messages(path):
            first = message[0] if isinstance(message, tuple) else message
            found = next(
                (old for name in (room, *ROOMS) if (old := kept[name].get(first, context)) and old.string), None
            )
            string = found.string if found and _plural(found.id) == _plural(message) else ""
            catalogue.add(message, string or None, flags=found.flags if found else (), context=context)
    return catalogue


def _plural(message: Any) -> bool:
    return isinstance(message, tuple | list)


# --- Writing and checking ---------------------------------------------------------------------------------------------


def _targets(room: str, catalogue: Catalog) -> Iterator[tuple[Path, bytes]]:
    """The files of the room and what should be in them."""
    text = io.BytesIO()
    write_po(text, catalogue, width=120, no_location=True, sort_output=True, ignore_obsolete=True)
    yield _po(room), text.getvalue()
    yield _po(room).with_suffix(".mo"), _compiled(catalogue)
    by_hand = _po(room, "zh_Hans")
    if by_hand.exists():
        better = RoomCatalog(locale="zh_Hans", fuzzy=False)
        for message in _entries(_read(by_hand)):
            better.add(message.id, message.string, flags=message.flags, context=message.context)
        yield by_hand.with_suffix(".mo"), _compiled(better)


def _compiled(catalogue: Catalog) -> bytes:
    machine = io.BytesIO()
    write_mo(machine, catalogue)
    return machine.getvalue()


def _entries(catalogue: Catalog) -> Iterable[Message]:
    return (message for message in catalogue if message.id)


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)


def _name(message: Message) -> str:
    return str(message.id[0] if _plural(message.id) else message.id)


def _faults(room: str, catalogue: Catalog) -> list[str]:
    """What is missing, uncertain, still Chinese, or has other placeholders than its source."""
    faults = []
    for message in _entries(catalogue):
        strings = _strings(message)
        if not all(strings):
            faults.append(f"{room}: missing: {_name(message)!r}")
        elif message.fuzzy:
            faults.append(f"{room}: fuzzy: {_name(message)!r}")
        elif HAN.search("".join(strings)):
            faults.append(f"{room}: Chinese in the English: {_name(message)!r}")
        else:
            faults += [f"{room}: {fault}: {_name(message)!r}" for fault in message.check(catalogue)]
    return faults


def _contradictions(catalogues: dict[str, Catalog]) -> list[str]:
    """One message, one translation: of two only the first room's would ever show."""
    seen: dict[Key, tuple[str, Any]] = {}
    found = []
    for room, catalogue in catalogues.items():
        for message in _entries(catalogue):
            key = (_name(message), message.context)
            first, string = seen.setdefault(key, (room, message.string))
            if string and message.string and string != message.string:
                found.append(f"{room}: translated otherwise in {first}: {_name(message)!r}")
    return found
