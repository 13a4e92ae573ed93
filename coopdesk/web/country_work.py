"""What an officer of the ministry's desk has to do about the ledgers: overdue reviews, texts and proposals that wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coopdesk.web.countries import actor_of
from coopdesk.web.country_lists import tabs_of
from countries.models import SectionCare
from countries.policies import require_keeper
from countries.section_care import next_review
from countries.section_words import age_of
from countries.written import work_of


@dataclass(frozen=True, slots=True)
class Cared:
    """A section that somebody looks after, with the age of its last review."""

    care: SectionCare
    age: str
    late: bool


def cared(cares: Iterable[SectionCare]) -> list[Cared]:
    """Each section as a list shows it."""
    today = timezone.localdate()
    return [Cared(care, age_of(care.reviewed_on, today), next_review(care) <= today) for care in cares]


@require_safe
def work_page(request: HttpRequest) -> HttpResponse:
    """The sections that he looks after, what waits for his review, his drafts, the proposals that he decides."""
    actor = actor_of(request)
    require_keeper(actor)
    work = work_of(actor, timezone.localdate())
    context = {"tabs": tabs_of("ledger-work", desk=True), "work": work, "rows": cared(work.cares)}
    return render(request, "coopdesk/country_work.html", context)
