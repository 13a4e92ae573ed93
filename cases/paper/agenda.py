"""会谈议题: what is open with a country both ways, as a bilingual sheet for a meeting with its side.

It lists the cases that the officer sees himself, never a work secret, and of each only what the other side knows: the numbers,
the type, and since when. Titles and names stay at home.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import translation

from agencies import audit
from agencies.actors import Actor
from agencies.errors import NotPermitted, NotVisible
from agencies.models import Agency
from agencies.moments import clock
from cases.models import Mark, Phase, Receipt
from cases.paper import press
from cases.paper.printing import Printed
from cases.paper.sheets import dated, day, moment
from cases.record import reading
from cases.record.cells import ANSWERED
from cases.record.reading import Due, Record
from countries.calendars import SHANGHAI
from countries.lookup import country_by_code

# More than any meeting goes through.
MOST = 300
KIND = "record.agenda"


def print_agenda(*, actor: Actor, code: str) -> Printed:
    """The agenda with the country of this code; recorded with the hash of its bytes. Raises NotVisible (no partner country),
    NotPermitted (who sees no cases) and what press.pdf raises."""
    if actor.case_agency_id is None:
        raise NotPermitted
    country = country_by_code(code)
    if country is None:
        raise NotVisible
    theirs, ours = reading.open_with(country, actor, MOST, secrets=False)
    with translation.override("zh-hans"):
        content = press.pdf("agenda", _data(reading.read(country, actor), theirs, ours, actor))
    facts = {"cases": len(theirs.rows) + len(ours.rows), "sha256": hashlib.sha256(content).hexdigest()}
    audit.record(actor=actor, kind=KIND, subject=f"country:{country.code}", facts=facts)
    return Printed(f"会谈议题_{country.name_zh}.pdf", content)


def _data(record: Record, theirs: Due, ours: Due, actor: Actor) -> dict[str, Any]:
    now = clock()
    country, seat = record.country, Agency.objects.get(pk=actor.seat_id)
    references = _references(theirs, ours)
    return {
        "heading": f"与{country.name_zh}会谈议题",
        "heading_en": f"Agenda with {country.name_en}: open requests",
        "number": country.code,
        "marks": [str(Mark.INTERNAL.label)],
        "origin": seat.name,
        "date": dated(now),
        "scope_zh": f"{seat.name}经办的未结请求，时间长的在前，不含工作秘密。",
        "scope_en": "Open requests handled by this office, the oldest first.",
        "figures": _figures(record),
        "figures_note": f"全国累计，截至{day(record.as_of)}。 / National totals." if record.as_of else "",
        "sides": [
            _side("请对方答复", "Awaiting your answer", theirs, references, now),
            _side("待我方答复", "Awaiting our answer", ours, references, now),
        ],
        "as_of": f"按系统记录生成，{moment(now)}。 / As of {_english(now.astimezone(SHANGHAI).date())}.",
    }


def _figures(record: Record) -> list[dict[str, str]]:
    """The balance as a national number, where there are enough cases."""
    found: list[tuple[str, str, int]] = []
    if record.sent:
        found += [("我方发出", "Sent by us", record.sent.n), ("已全部答复", "Answered", record.sent.state(ANSWERED))]
        found.append(("在对方", "With you", record.sent.waiting))
    if record.received:
        found.append(("收到对方", "Received by us", record.received.n))
        found += [("已全部答复", "Answered", record.received.state(ANSWERED))]
        found.append(("在我方", "With us", record.received.waiting))
    return [{"zh": zh, "en": en, "n": f"{n:,}"} for zh, en, n in found]


def _side(zh: str, en: str, due: Due, references: Mapping[UUID, str], now: datetime) -> dict[str, Any]:
    today = now.astimezone(SHANGHAI).date()
    return {
        "title_zh": zh,
        "title_en": en,
        "rows": [_row(row, references, today) for row in due.rows],
        "more": due.more,
    }


def _row(row: Mapping[str, Any], references: Mapping[UUID, str], today: date) -> dict[str, Any]:
    since: date = row["owed_since"]
    return {
        "number": row["case__number"],
        "reference": row["case__their_reference"] or references.get(row["case_id"], ""),
        "type_zh": row["case__request_type__name_zh"],
        "type_en": row["case__request_type__name_en"],
        "question": row["phase"] in (Phase.QUERY, Phase.QUERY_REVIEW),
        "since_zh": day(since),
        "since_en": _english(since),
        "days": (today - since).days,
    }


def _english(at: date) -> str:
    return f"{at.day} {at:%b} {at.year}"


def _references(*sides: Due) -> dict[UUID, str]:
    """Their numbers of our requests, as their receipts name them; the latest one."""
    cases = [row["case_id"] for due in sides for row in due.rows]
    receipts = Receipt.objects.filter(case__in=cases).exclude(their_reference="").order_by("at")
    return dict(receipts.values_list("case_id", "their_reference"))
