"""The advice that a drafter was given once, as it is kept with the case: the question, the channels, what they stood on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from agencies.actors import Actor
from agencies.doors import words
from agencies.language import english
from cases import kept_advice, reading
from cases.models import Case, Urgency
from cases.queries import choices
from cases.web import advice
from countries.ledger import topics_called
from countries.models import UNSETTLED, FactConfidence
from treaties.advice import ChannelCode, Figures, Purpose
from treaties.advice.options import ARTICLES
from treaties.models import Standing
from treaties.queries.registry import instruments_called

Facts = Mapping[str, Any]


@require_safe
def kept_page(request: HttpRequest, case_id: UUID, event_id: int) -> HttpResponse:
    """What was advised then, whatever has become of the facts since. Reading it is recorded as reading the case."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    case, kept = kept_advice.kept_advice(actor, case_id, event_id)
    reading.opened(actor, case)
    return render(request, "cases/advice_kept.html", {"case": case, **_shown(case, kept)})


def _shown(case: Case, kept: kept_advice.Kept) -> dict[str, Any]:
    facts: Facts = kept.event.facts
    return {
        "kept": kept,
        "chosen": ChannelCode(facts["way"]).label,
        "first": ChannelCode(facts["first"]).label,
        "same": facts["way"] == facts["first"],
        "asked": _asked(facts),
        "ways": [_way(row) for row in facts["options"]],
        "used": list(_used(facts, facts["country"])),
        "treaties": list(_treaties(facts)),
        "events": [_event(row) for row in facts.get("events", ())],
        "anew": f"{reverse('advice')}?country={facts['country']}&type={facts['request_type']}"
        f"&purpose={facts['purpose']}&urgency={facts['urgency']}&agency={case.origin.code}",
    }


def _asked(facts: Facts) -> list[tuple[str, Any]]:
    country = choices.countries().get(facts["country"])
    kind = choices.request_types().get(facts["request_type"])
    return [
        (pgettext("field", "国家"), country[1] if country else facts["country"]),
        (_("请求类型"), kind[1] if kind else facts["request_type"]),
        (_("用途"), Purpose(facts["purpose"]).label),
        (_("紧急程度"), Urgency(facts["urgency"]).label),
        (_("哪一天提出"), words.whole_day(date.fromisoformat(facts["on"]))),
    ]


def _way(row: Facts) -> dict[str, Any]:
    held = row.get("figures")
    expected = row.get("expected_by")
    return {
        "label": ChannelCode(row["way"]).label,
        "allowed": row["allowed"],
        "articles": _("、").join(advice.article_told(code, ARTICLES.get(code, "")) for code in row["articles"]),
        "figures": advice.figures(Figures(**held) if held else None),
        "expected": date.fromisoformat(expected) if expected else None,
    }


def _used(facts: Facts, country: str) -> Iterable[dict[str, Any]]:
    """The facts of the ledger, each with the page that has its history."""
    topics = topics_called(row["topic"] for row in facts["used"])
    for row in facts["used"]:
        topic = topics.get(row["topic"])
        if topic is not None:
            url = reverse("ledger-value", args=[country, topic.code])
            yield {
                "name": topic.name,
                "url": f"{url}?type={facts['request_type']}" if topic.per_type else url,
                "said": topic.choices[row["code"]][english()] if row["code"] in topic.choices else "",
                "as_of": row["as_of"],
                **_sure(row["confidence"]),
            }


def _treaties(facts: Facts) -> Iterable[dict[str, Any]]:
    known = instruments_called(row["code"] for row in facts["instruments"])
    for row in facts["instruments"]:
        instrument = known.get(row["code"])
        if instrument is not None:
            translated = english() and instrument.title_en
            yield {
                "title": instrument.title_en if translated else instrument.title_zh,
                "language": "en" if translated else "zh-CN",
                "url": reverse("instrument-detail", args=[instrument.code]),
                "standing": Standing(row["status"]).label,
                **_sure(row["confidence"]),
            }


def _sure(confidence: str) -> dict[str, Any]:
    known = confidence in FactConfidence.values
    return {"sure": FactConfidence(confidence).label if known else words.UNKNOWN, "check": confidence in UNSETTLED}


def _event(row: Facts) -> dict[str, str]:
    effects = {"suspended": _("合作已中止"), "limited": _("合作受限"), "noted": _("需关注")}
    kind, _colon, key = row["subject"].partition(":")
    return {
        "effect": effects[row["effect"]],
        "url": reverse("ledger-record", args=[key]) if kind == "ledgerrecord" else "",
    }
