"""The drafting form: posted fields to content and back. Whatever was typed comes back, right or wrong.

Every part is parsed by itself, so that one bad date does not keep the rest from being saved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from agencies.errors import Malformed, Reason
from cases import content_input
from cases.models import SubjectKind
from cases.step_input import MAX_ROWS
from countries.lookup import partner_countries

PLAIN = ("title", "urgency", "mark", "summary", "purpose")
SUBJECT_FIELDS = ("kind", "name", "role", "birth_date", "nationality", "document_number")
_SUBJECT = re.compile(rf"subjects-(\d{{1,4}})-({'|'.join(SUBJECT_FIELDS)})")
_ITEM = re.compile(r"items-(\d{1,4})-description")
_CHINA = {"cn", "chn", "中国", "中华人民共和国", "中国香港", "中国澳门", "中国台湾", "china"}


@dataclass(slots=True)
class Row:
    """One person, entity or item on the form: what was typed and what is wrong with it."""

    values: dict[str, str]
    errors: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Form:
    """The form as it stands: typed values, rows, and errors by field."""

    plain: dict[str, str]
    subjects: list[Row]
    items: list[Row]
    opinion: str = ""
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


def posted(post: QueryDict) -> Form:
    """What was posted. Blank rows are dropped; fields that were not sent are left alone by `parse`."""
    subjects: dict[int, dict[str, str]] = {}
    items: dict[int, str] = {}
    for name in post:
        if match := _SUBJECT.fullmatch(name):
            subjects.setdefault(int(match[1]), {})[match[2]] = post.get(name, "")
        elif match := _ITEM.fullmatch(name):
            items[int(match[1])] = post.get(name, "")
    return Form(
        plain={name: post.get(name, "") for name in PLAIN if name in post},
        subjects=[Row(row) for _n, row in sorted(subjects.items()) if _typed(row)],
        items=[Row({"description": text}) for _n, text in sorted(items.items()) if text.strip()],
        opinion=post.get("opinion", ""),
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


def parse(form: Form, *, lists: bool) -> tuple[dict[str, Any], list[Reason]]:
    """The content that can be saved, and what is wrong with the rest. `lists` says that the rows were on the form."""
    raw: dict[str, Any] = dict(form.plain)
    reasons: list[Reason] = []
    if lists:
        raw["subjects"], reasons = _subjects(form)
        raw["items"] = [row.values for row in form.items]
        if reasons:
            del raw["subjects"]
    content: dict[str, Any] = {}
    for name, value in raw.items():
        try:
            content |= content_input.parse({name: value})
        except Malformed as error:
            reasons += error.reasons
    return content, reasons


def _subjects(form: Form) -> tuple[list[dict[str, Any]], list[Reason]]:
    """The rows with nationalities as codes; names that mean no country are reasons."""
    rows, reasons, known = [], [], None
    for index, row in enumerate(form.subjects[: MAX_ROWS + 1]):
        typed = row.values.get("nationality", "").strip()
        code = ""
        if typed:
            known = known or _codes_by_name()
            code = known.get(typed.casefold(), "")
        if typed and not code:
            words = _("没有找到这个国家。写中文名、英文名或两位代码，例如：泰国。")
            reasons.append(Reason("unknown_code", words, f"/subjects/{index}/nationality"))
        rows.append({"kind": SubjectKind.PERSON, **row.values, "nationality": code})
    return rows, reasons


def _codes_by_name() -> dict[str, str]:
    """Every way to write a country (both names, aliases, codes) → its code."""
    rows = partner_countries().values_list("code", "iso3", "name_zh", "name_en", "aliases")
    names = {name.casefold(): code for code, *fixed, aliases in rows for name in (code, *fixed, *aliases)}
    return names | dict.fromkeys(_CHINA, "CN")


def country_names() -> dict[str, str]:
    """Code → name in the language of the page, China first: what the nationality field offers."""
    return {"CN": _("中国"), **{country.code: country.name for country in partner_countries()}}
