"""The drafting form: posted fields to content and back. Whatever was typed comes back, right or wrong.

People write dates and countries in their own ways; here these become what cases.content_input reads. What it cannot
read is wrong at its own field, and does not keep the rest from being saved.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from agencies.errors import Reason
from cases import content_input
from cases.models import SubjectKind
from cases.step_input import MAX_ROWS
from countries.lookup import partner_countries

PLAIN = ("title", "urgency", "mark", "border_matter", "summary", "purpose")
CHOSEN = ("country", "request_type")
SUBJECT_FIELDS = ("kind", "name", "role", "birth_date", "nationality", "document_number")
_SUBJECT = re.compile(rf"subjects-(\d{{1,4}})-({'|'.join(SUBJECT_FIELDS)})")
_ITEM = re.compile(r"items-(\d{1,4})-description")
# 1990年5月1日, 1990-5-1, 1990/05/01, 1990.5.1, 19900501; full-width signs were narrowed before.
_DATE = re.compile(
    r"([0-9]{4})(?:\s*[-–—/.。年]\s*([0-9]{1,2})\s*[-–—/.。月]\s*([0-9]{1,2})\s*[日号]?|([0-9]{2})([0-9]{2}))"
)
_CHINA = {"cn", "chn", "中国", "中华人民共和国", "中国香港", "中国澳门", "中国台湾", "china"}


@dataclass(slots=True)
class Row:
    """One person, entity or item on the form: what was typed, what is wrong with it, its number on the page."""

    values: dict[str, str]
    number: int = -1
    errors: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Form:
    """The form as it stands: typed values, rows, and errors by field."""

    plain: dict[str, str]
    subjects: list[Row]
    items: list[Row]
    opinion: str = ""
    # A country and a type that were chosen and are not saved yet.
    chosen: dict[str, str] = field(default_factory=dict)
    # Never without these two: a template that asks a dict for a missing "items" gets the method of that name.
    errors: dict[str, object] = field(default_factory=lambda: {"items": "", "subjects": ""})
    reasons: list[Reason] = field(default_factory=list)

    def blame(self, reasons: list[Reason]) -> None:
        """Put every reason beside its field, and keep the list for the summary."""
        self.reasons = reasons
        for reason in reasons:
            name, _slash, rest = reason.pointer.lstrip("/").partition("/")
            index, _slash, part = rest.partition("/")
            rows = {"subjects": self.subjects, "items": self.items}.get(name, [])
            if index.isdigit() and int(index) < len(rows):
                rows[int(index)].errors.setdefault(part, reason.words)
            else:
                self.errors[name] = self.errors.get(name) or reason.words

    def on_page(self, reason: Reason) -> Reason:
        """The reason with its row as the page numbers it: there are blank rows between those that were read."""
        name, _slash, rest = reason.pointer.lstrip("/").partition("/")
        index, _slash, part = rest.partition("/")
        rows = {"subjects": self.subjects, "items": self.items}.get(name, [])
        if not (index.isdigit() and int(index) < len(rows)):
            return reason
        return Reason(reason.code, reason.words, f"/{name}/{rows[int(index)].number}/{part}")


def posted(post: QueryDict, names: Sequence[str] = PLAIN) -> Form:
    """What was posted. Blank rows are dropped; fields that were not sent are left alone by `parse`."""
    subjects: dict[int, dict[str, str]] = {}
    items: dict[int, str] = {}
    for name in post:
        if match := _SUBJECT.fullmatch(name):
            subjects.setdefault(int(match[1]), {})[match[2]] = post.get(name, "")
        elif match := _ITEM.fullmatch(name):
            items[int(match[1])] = post.get(name, "")
    return Form(
        plain={name: post.get(name, "") for name in names if name in post},
        subjects=[Row(row, number=n) for n, row in sorted(subjects.items()) if _typed(row)],
        items=[Row({"description": text}, number=n) for n, text in sorted(items.items()) if text.strip()],
        opinion=post.get("opinion", ""),
        chosen={name: post.get(name, "") for name in CHOSEN if name in post},
    )


def _typed(row: Mapping[str, str]) -> bool:
    return any(value.strip() for name, value in row.items() if name != "kind")


def stored(content: Mapping[str, Any]) -> Form:
    """The form of what is stored (drafts.content_of)."""
    names = country_names() if any(row["nationality"] for row in content["subjects"]) else {}
    return Form(
        plain={name: content[name] for name in PLAIN},
        subjects=[
            Row({**{k: v or "" for k, v in row.items()}, "nationality": names.get(row["nationality"], "")})
            for row in content["subjects"]
        ],
        items=[Row({"description": row["description"]}) for row in content["items"]],
    )


def parse(form: Form, *, lists: bool, more: Mapping[str, Any] | None = None) -> tuple[dict[str, Any], list[Reason]]:
    """The content that can be saved, and what is wrong with the rest. `lists` says that the rows were on the form;
    `more` is read with them."""
    raw: dict[str, Any] = {**form.plain, **(more or {})}
    unknown: list[Reason] = []
    if lists:
        raw["subjects"], unknown = _subjects(form)
        raw["items"] = [row.values for row in form.items]
    content, reasons = content_input.read(raw)
    return content, [*unknown, *reasons]


def _subjects(form: Form) -> tuple[list[dict[str, Any]], list[Reason]]:
    """The rows with nationalities as codes; names that mean no country are reasons."""
    rows, reasons, known = [], [], None
    for index, row in enumerate(form.subjects[: MAX_ROWS + 1]):
        typed = _narrow(row.values.get("nationality", ""))
        code = ""
        if typed:
            known = known or _codes_by_name()
            code = known.get(typed.casefold(), "")
        if typed and not code:
            words = _("没有找到这个国家。写中文名、英文名或两位代码，例如：泰国。")
            reasons.append(Reason("unknown_code", words, f"/subjects/{index}/nationality"))
        birth_date = iso_date(row.values.get("birth_date", ""))
        rows.append({"kind": SubjectKind.PERSON, **row.values, "nationality": code, "birth_date": birth_date})
    return rows, reasons


def _narrow(text: str) -> str:
    """Full-width letters, digits and signs as plain ones."""
    return unicodedata.normalize("NFKC", text).strip()


def iso_date(typed: str) -> str:
    """A date as people write it, as 1990-05-01; anything else as it was typed."""
    match = _DATE.fullmatch(_narrow(typed))
    if match is None:
        return typed
    year, *rest = filter(None, match.groups())
    return "-".join([year, *(part.zfill(2) for part in rest)])


def _codes_by_name() -> dict[str, str]:
    """Every way to write a country (both names, aliases, codes) → its code."""
    rows = partner_countries().values_list("code", "iso3", "name_zh", "name_en", "aliases")
    names = {name.casefold(): code for code, *fixed, aliases in rows for name in (code, *fixed, *aliases)}
    return names | dict.fromkeys(_CHINA, "CN")


def country_names() -> dict[str, str]:
    """Code → name in the language of the page, China first: what the nationality field offers."""
    return {"CN": _("中国"), **{country.code: country.name for country in partner_countries()}}
