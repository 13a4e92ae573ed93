"""Reading the written parts of a ledger: what holds of each section, who looks after it, what waits for an officer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from agencies.actors import Actor
from agencies.language import english
from countries import proposals, sections
from countries.calendars import add_months, day_of
from countries.models import Country, LedgerProposal, SectionCare, SectionText, TextState
from countries.section_care import cares_by_age, overdue


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What is written of one section: the version that holds (number 0: none does) and who looks after it."""

    section: str
    number: int = 0
    text_zh: str = ""
    text_en: str = ""
    sources: str = ""
    published_on: date | None = None
    owner: str = ""
    owner_id: int | None = None
    every_months: int = 0
    reviewed_on: date | None = None

    @property
    def text(self) -> str:
        """The text in the language of the page, where it has one."""
        return self.text_en if self.language == "en" else self.text_zh

    @property
    def language(self) -> str:
        """The language of `text`, for the reader's machine."""
        return "en" if self.text_en and english() else "zh-CN"

    @property
    def next_review(self) -> date | None:
        """The day by which its owner comes back to it; None where nobody looks after it."""
        return add_months(self.reviewed_on, self.every_months) if self.reviewed_on and self.every_months else None

    def late(self, today: date) -> bool:
        """Should it have been reviewed by now?"""
        return self.next_review is not None and self.next_review <= today


def country_and_written(code: str) -> tuple[Country, dict[str, Written]] | None:
    """The partner country with this code and its sections of which something is written or after which somebody looks,
    in one query; None for any other code."""
    texts = SectionText.objects.filter(country=OuterRef("pk"), state=TextState.PUBLISHED).order_by()
    cares = SectionCare.objects.filter(country=OuterRef("pk")).order_by()
    names = ("section", "number", "text_zh", "text_en", "sources", "decided_at")
    cared = {name: name for name in ("section", "owner_id", "every_months", "reviewed_on")}
    country = (
        Country.objects.filter(code=code, is_partner=True)
        .annotate(
            texts=ArraySubquery(texts.values(row=JSONObject(**{name: name for name in names}))),
            cares=ArraySubquery(cares.values(row=JSONObject(owner="owner__name", **cared))),
        )
        .first()
    )
    return (country, _by_section(country.texts, country.cares)) if country is not None else None


def written_of(country: Country) -> dict[str, Written]:
    """The same of a country that is at hand."""
    found = country_and_written(country.code)
    return found[1] if found is not None else {}


def _by_section(texts: list[dict[str, Any]], cares: list[dict[str, Any]]) -> dict[str, Written]:
    parts: dict[str, dict[str, Any]] = {}
    for row in texts:
        published = day_of(datetime.fromisoformat(row.pop("decided_at")))
        parts[row["section"]] = row | {"published_on": published, "reviewed_on": published}
    for row in cares:
        row["reviewed_on"] = date.fromisoformat(row["reviewed_on"])
        parts[row["section"]] = parts.get(row["section"], {}) | row
    return {section: Written(**part) for section, part in parts.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What an officer of the ministry's desk has to do about the ledgers."""

    cares: list[SectionCare]
    lapsed: list[SectionCare]
    reviews: list[SectionText]
    drafts: list[SectionText]
    proposals: list[LedgerProposal]

    @property
    def waiting(self) -> Mapping[str, int]:
        """How much of each kind waits for him."""
        return {"lapsed": len(self.lapsed), "reviews": len(self.reviews), "proposals": len(self.proposals)}


def work_of(actor: Actor, today: date) -> Work:
    """His work: for an officer of the ministry's desk (countries.policies.keeps_facts)."""
    cares = list(cares_by_age().filter(owner__in=actor.hands))
    drafts = SectionText.objects.filter(author=actor.person_id, state__in=sections.AT_WORK)
    return Work(
        cares=cares,
        lapsed=overdue(today, cares),
        reviews=list(sections.under_review(actor)),
        drafts=list(drafts.select_related("country").order_by("-written_at", "pk")),
        proposals=list(proposals.waiting_for(actor)),
    )
