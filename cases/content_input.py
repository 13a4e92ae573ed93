"""From raw content (JSON or the draft form) to clean values. One parser for every door; it never looks at a case.

Content may be incomplete: completeness is asked for at `submit`, by the guards of the workflow table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from agencies.errors import Malformed, Reason
from cases import secrecy
from cases.models import BorderMatter, Direction, Mark, SubjectKind, Urgency
from cases.step_input import MAX_ROWS, Faults, clean_date, clean_id, clean_text
from countries.calendars import SHANGHAI
from countries.lookup import country_by_code, partner_countries
from treaties.codes import channel_by_code, request_type_by_code

_TEXTS = {"title": 200, "summary": 20_000, "purpose": 5_000}
_CHOICES = {"urgency": Urgency, "mark": Mark}
# What only a foreign request says (registration), and what only one of ours does.
_OF_FOREIGN = {"their_reference": 120, "requesting_authority": 200}
# What a letter may ask for at most; more is a slip of the pen.
_LONGEST = timedelta(days=3660)
ONLY_INCOMING = {*_OF_FOREIGN, "received_on", "received_via", "wanted_by"}
MASK = "•"  # stands for a hidden character where a number is shown
_SUBJECT_FIELDS = {"kind", "name", "role", "birth_date", "nationality", "document_number"}
# What stands in a row for a part that cannot be read; a row is no row without its other parts.
_EMPTY_PARTS = {"kind": SubjectKind.PERSON, "role": "", "birth_date": None, "nationality": "", "document_number": ""}
FIELDS = {"direction", "country", "request_type", "subjects", "items", "border_matter", "supplements"}
FIELDS |= {*_TEXTS, *_CHOICES, *ONLY_INCOMING}


def parse(raw: Mapping[str, Any], *, required: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Only the given fields, cleaned: codes become rows, lists become lists of dicts.

    Raises Malformed with every fault at once, among them unknown fields and missing `required` ones.
    """
    content, faults = _cleaned(raw, required)
    if faults.reasons:
        raise Malformed(reasons=faults.reasons)
    return content


def read(raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Reason]]:
    """What `parse` can make of a form that is still being written: everything readable, and what is wrong with the rest.

    A field that cannot be read is left out. In a list every row is kept that has what makes it a row (a name, a
    description); whatever else of it cannot be read is empty there, never the value of another row.
    """
    content, faults = _cleaned(raw, frozenset())
    wrong = {tuple(reason.pointer.split("/")[1:]) for reason in faults.reasons}
    for name in [name for name in content if (name,) in wrong]:
        del content[name]
    for name in content.keys() & {"subjects", "items"}:
        rows = enumerate(content[name])
        judged = (_readable(row, {part for *at, part in wrong if at == [name, str(n)]}) for n, row in rows)
        content[name] = list(filter(None, judged))
    return content, faults.reasons


def stands(wrong: Collection[str]) -> bool:
    """Is a row still one without the parts that cannot be read?"""
    return _EMPTY_PARTS.keys() >= set(wrong)


def _readable(row: dict[str, Any], wrong: set[str]) -> dict[str, Any]:
    """The row with its unreadable parts empty; nothing when it is no row without them."""
    return row | {part: _EMPTY_PARTS[part] for part in wrong} if stands(wrong) else {}


def _cleaned(raw: Mapping[str, Any], required: frozenset[str]) -> tuple[dict[str, Any], Faults]:
    faults = Faults()
    for name in raw.keys() - FIELDS:
        faults.add("unknown_field", _("不认识的字段。"), f"/{name}")
    for name in sorted(name for name in required if raw.get(name) in (None, "")):
        faults.add("required", _("这一项必须填写。"), f"/{name}")
    content: dict[str, Any] = {
        name: clean_text(raw[name], f"/{name}", limit, faults) for name, limit in _TEXTS.items() if name in raw
    }
    _require_open_title(content.get("title", ""), faults)
    for name, choices in _CHOICES.items():
        if name in raw:
            content[name] = _choice(raw[name], f"/{name}", choices.values, faults)
    _codes(raw, content, faults)
    _links(raw, content, faults)
    _foreign(raw, content, faults)
    if "subjects" in raw:
        content["subjects"] = _subjects(raw["subjects"], faults)
    if "items" in raw:
        content["items"] = [_item(row, p, faults) for row, p in _rows(raw["items"], "/items", faults)]
    return content, faults


def _links(raw: Mapping[str, Any], content: dict[str, Any], faults: Faults) -> None:
    """The border matter, and the request that this one adds to (an id; whether it may be seen is for the command)."""
    if "border_matter" in raw:
        matter = clean_text(raw["border_matter"], "/border_matter", 20, faults)
        if matter and matter not in BorderMatter.values:
            faults.add(
                "unknown_code", _("边境事项只有四类：执法会晤、人员往来、边境管控、情报信息交流。"), "/border_matter"
            )
        content["border_matter"] = matter
    if raw.get("supplements"):
        content["supplements"] = clean_id(raw["supplements"], "/supplements", faults)


def _foreign(raw: Mapping[str, Any], content: dict[str, Any], faults: Faults) -> None:
    """What a foreign request says of itself: their number, who asks, when and by which channel it came, until when it is wanted."""
    given = [name for name in sorted(ONLY_INCOMING) if name in raw]
    if given and content.get("direction") != Direction.INCOMING:
        for name in given:
            faults.add("not_of_this_direction", _("只有登记外方请求时填写这一项。"), f"/{name}")
        return
    texts = {name: limit for name, limit in _OF_FOREIGN.items() if name in raw}
    content |= {name: clean_text(raw[name], f"/{name}", limit, faults) for name, limit in texts.items()}
    if "received_on" in raw:
        content["received_on"] = _past_day(raw["received_on"], "/received_on", faults)
    if "wanted_by" in raw:
        content["wanted_by"] = _date(raw["wanted_by"], "/wanted_by", faults)
        _require_order(content.get("received_on"), content["wanted_by"], faults)
    if "received_via" in raw:
        code = clean_text(raw["received_via"], "/received_via", 60, faults)
        content["received_via"] = channel_by_code(code)
        if code and content["received_via"] is None:
            faults.add("unknown_code", _("没有这条渠道。"), "/received_via")


def _require_order(received: date | None, wanted: date | None, faults: Faults) -> None:
    """What the letter asks for (MPSR-379) is not over before the letter has come."""
    if received is None or wanted is None:
        return
    if wanted < received:
        faults.add("before_receipt", _("请求书所附的办理期限不能早于收到日期。"), "/wanted_by")
    elif wanted > received + _LONGEST:
        faults.add("due_day_far", _("请求书所附的办理期限须在收到后十年以内，请检查年份。"), "/wanted_by")


def _past_day(raw: object, pointer: str, faults: Faults) -> date | None:
    day = _date(raw, pointer, faults)
    if day is not None and day > datetime.now(SHANGHAI).date():
        faults.add("day_ahead", _("收到的日期不能晚于今天。"), pointer)
    return day


def _require_open_title(title: str, faults: Faults) -> None:
    """A title bears no secrecy marking (a starred one was found by clean_text already)."""
    if secrecy.marked_title(title) and not secrecy.marked(title):
        faults.add(secrecy.CODE, secrecy.WORDS, "/title")


def _choice(raw: object, pointer: str, known: list[str], faults: Faults) -> str:
    value = clean_text(raw, pointer, 20, faults)
    if pointer == "/mark" and secrecy.forbidden_mark(value):
        faults.add(secrecy.CODE, secrecy.MARK_WORDS, pointer)
    elif value not in known:
        faults.add("unknown_code", _("不在可选的范围内。"), pointer)
    return value


def _codes(raw: Mapping[str, Any], content: dict[str, Any], faults: Faults) -> None:
    direction = _choice(raw["direction"], "/direction", Direction.values, faults) if "direction" in raw else ""
    if direction:
        content["direction"] = direction
    if "country" in raw:
        code = clean_text(raw["country"], "/country", 2, faults).upper()
        content["country"] = country_by_code(code)
        if code and content["country"] is None:
            faults.add("unknown_code", _("没有这个国家代码；填 ISO 3166-1 的两位代码，不能是中国。"), "/country")
    if "request_type" in raw:
        code = clean_text(raw["request_type"], "/request_type", 60, faults)
        kind = content["request_type"] = request_type_by_code(code)
        if code and kind is None:
            faults.add("unknown_code", _("没有这种请求类型。"), "/request_type")
        elif kind is not None and direction and kind.direction not in (direction, "both"):
            faults.add("direction_contradicts_type", _("这种请求类型与请求方向不符。"), "/request_type")


def _rows(raw: object, pointer: str, faults: Faults) -> list[tuple[Mapping[str, Any], str]]:
    if not isinstance(raw, list):
        faults.add("not_a_list", _("这里要填一个列表。"), pointer)
        return []
    if len(raw) > MAX_ROWS:
        faults.add("too_many", _("最多 %(n)s 行。") % {"n": MAX_ROWS}, pointer)
        return []
    rows = []
    for index, row in enumerate(raw):
        if isinstance(row, Mapping):
            rows.append((row, f"{pointer}/{index}"))
        else:
            faults.add("not_an_object", _("这里要填一个对象。"), f"{pointer}/{index}")
    return rows


def _only(row: Mapping[str, Any], known: set[str], pointer: str, faults: Faults) -> None:
    for name in row.keys() - known:
        faults.add("unknown_field", _("不认识的字段。"), f"{pointer}/{name}")


def _subjects(raw: object, faults: Faults) -> list[dict[str, Any]]:
    """The rows, with one look at the list of countries however many nationalities they name."""
    rows = _rows(raw, "/subjects", faults)
    named = any(row.get("nationality") for row, _pointer in rows)
    codes = {"CN", *partner_countries().values_list("code", flat=True)} if named else set()
    return [_subject(row, pointer, codes, faults) for row, pointer in rows]


def _subject(row: Mapping[str, Any], pointer: str, countries: set[str], faults: Faults) -> dict[str, Any]:
    _only(row, _SUBJECT_FIELDS, pointer, faults)
    name = clean_text(row.get("name"), f"{pointer}/name", 120, faults)
    if not name:
        faults.add("required", _("写明姓名或名称。"), f"{pointer}/name")
    number = clean_text(row.get("document_number"), f"{pointer}/document_number", 60, faults)
    if MASK in number:
        faults.add("masked", _("这是遮住的号码；写完整的号码。"), f"{pointer}/document_number")
    return {
        "kind": _choice(row.get("kind", "person"), f"{pointer}/kind", SubjectKind.values, faults),
        "name": name,
        "role": clean_text(row.get("role"), f"{pointer}/role", 40, faults),
        "birth_date": _date(row.get("birth_date"), f"{pointer}/birth_date", faults),
        "nationality": _nationality(row.get("nationality"), f"{pointer}/nationality", countries, faults),
        "document_number": number,
    }


def _nationality(raw: object, pointer: str, countries: set[str], faults: Faults) -> str:
    code = clean_text(raw, pointer, 2, faults).upper()
    if code and code not in countries:
        faults.add("unknown_code", _("没有这个国家代码；填 ISO 3166-1 的两位代码。"), pointer)
    return code


def _date(raw: object, pointer: str, faults: Faults) -> date | None:
    text = clean_text(raw, pointer, 20, faults)
    return clean_date(text, pointer, faults) if text else None


def _item(row: Mapping[str, Any], pointer: str, faults: Faults) -> dict[str, Any]:
    _only(row, {"description"}, pointer, faults)
    description = clean_text(row.get("description"), f"{pointer}/description", 5_000, faults)
    if not description:
        faults.add("required", _("写明请求事项，一项只写一件事。"), f"{pointer}/description")
    return {"description": description}
