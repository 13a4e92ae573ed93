"""What the drafting page shows beside the content: types on offer, what the law wants, what is missing, what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor
from agencies.delegations import doer
from agencies.errors import Reason
from agencies.language import english
from agencies.models import Agency, AuditEvent
from cases.guards import COMPLETE
from cases.models import Case, Direction, Note
from cases.policies import visible_to
from countries.models import Country
from treaties.models import Course, RequestType, ReturnReason
from treaties.queries import grouped_request_types
from treaties.type_law import law_of, laws_on

Group = tuple[Promise, list[RequestType]]

_OURS = "MPSR"  # 公安机关办理刑事案件程序规定: what every police officer works by
# How the laws are called in running text; the whole name stands in the popover.
_SHORT_LAWS = {
    "CPL": "刑事诉讼法",
    "CTL": "反恐怖主义法",
    "EEAL": "出境入境管理法",
    "EXT": "引渡法",
    "FRL": "对外关系法",
    "IMLA": "协助法",
    "IMLAP": "协助法实施规定",
    "MPSA": "行政案件规定",
    "MPSR": "程序规定",
    "NCL": "禁毒法",
    "SPCI": "刑诉法解释",
}


def types_on_offer(agency: Agency, country: Country | None) -> list[Group]:
    """Outgoing types that this agency may open towards the country, under the names of their groups.

    Types that courts decide are recorded elsewhere; border cooperation is for border agencies and their neighbours.
    """

    def offered(kind: RequestType) -> bool:
        if kind.course == Course.BORDER:
            return agency.is_border and country is not None and country.code in agency.border_countries
        return kind.course == Course.ROUTE

    groups = [
        (words, list(filter(offered, kinds))) for words, kinds in grouped_request_types(Direction.OUTGOING, agency.tier)
    ]
    return [(words, kinds) for words, kinds in groups if kinds]


def basis_of(groups: list[Group]) -> dict[int, list[str]]:
    """The articles on which each offered type rests, in short, by the type's id."""
    ids = [kind.pk for _words, kinds in groups for kind in kinds]
    laws = laws_on().filter(request_type_id__in=ids).values_list("request_type_id", "data__legal_basis")
    return {pk: _basis(entries or []) for pk, entries in laws}


def _basis(entries: list[Mapping[str, Any]]) -> list[str]:
    """An article of each law, at most two laws, the rules of our own procedure first: 程序规定 第三百八十条.

    The articles of a law come in the order in which they matter to the type (treaties.seed).
    """
    first: dict[str, str] = {}
    for entry in entries:
        requirement = _requirement({"key": "", **entry})
        first.setdefault(requirement.cite.partition("-")[0], requirement.article)
    return [first[law] for law in sorted(first, key=lambda law: law != _OURS)][:2]


def recent_countries(actor: Actor, limit: int = 6) -> list[Country]:
    """The countries of this officer's latest requests, the latest first."""
    latest = visible_to(actor).filter(drafter_id__in=actor.hands, country__isnull=False).select_related("country")
    found = {case.country_id: case.country for case in latest.order_by("-id")[:40]}
    return [country for country in list(found.values())[:limit] if country is not None]


def missing(case: Case) -> list[Reason]:
    """What `submit` would refuse for: the very guards of the workflow table."""
    return [reason for guard in COMPLETE for reason in guard(case, {})]


# --- What the law wants -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Strength:
    """How strongly the law wants it: the kind of its tag, the word on it, and what the word means."""

    tag: str
    word: Promise
    meaning: Promise


# What the law says of a part of the request. What must be there to submit it is for the guards (COMPLETE).
STRENGTHS = {
    "mandatory": Strength("must", _("应当"), _("应当：规定要求写明或者附上")),
    "as_needed": Strength("need", _("视情"), _("视情：与本案有关就写")),
    "by_reference": Strength("ref", _("参照"), _("参照：条约没有规定时参照填写")),
}


@dataclass(frozen=True)
class Requirement:
    """One thing that a request of a type must contain or bring along, with its strength and article."""

    key: str
    zh: str
    en: str
    level: str  # mandatory | as_needed | by_reference
    cite: str
    cite_zh: str
    verified: bool

    @property
    def strength(self) -> Strength:
        return STRENGTHS[self.level]

    @property
    def words(self) -> str:
        return self.en if english() and self.en else self.zh

    @cached_property
    def article(self) -> str:
        """The article in short: 协助法 第十三条第一款第二项; in English its code, IMLA 13.1.2."""
        law, _dash, number = self.cite.partition("-")
        if english():
            return f"{law} {number}"
        _book, closing, place = self.cite_zh.partition("》")
        return f"{_SHORT_LAWS[law]} {place}" if closing and law in _SHORT_LAWS else self.cite_zh


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the law says of a type's request: contents and attachments."""

    contents: list[Requirement]
    attachments: list[Requirement]


def wanted(kind: RequestType | None) -> Wanted:
    """The contents and attachments of a type, in the order of the law; nothing where the data gives nothing."""
    data = law_of(kind) if kind else {}
    return Wanted(
        contents=[_requirement(entry) for entry in data.get("required_contents", ())],
        attachments=[_requirement(entry) for entry in data.get("required_attachments", ())],
    )


def _requirement(entry: Mapping[str, Any]) -> Requirement:
    return Requirement(
        key=entry["key"],
        zh=entry.get("zh", ""),
        en=entry.get("en", ""),
        level=entry.get("level", "by_reference"),
        cite=entry.get("cite", ""),
        cite_zh=entry.get("cite_zh", ""),
        verified=entry.get("verified") is None,
    )


# --- What happened to the draft -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Why a case came back: coded reasons, the words said, who and when."""

    reasons: list[ReturnReason]
    words: str
    who: str
    agency: Agency | None
    at: datetime


def correction(case: Case) -> Correction | None:
    """The latest return of a (visible) case."""
    event = _latest(case, ["case.return_for_correction"])
    if event is None:
        return None
    note = Note.objects.filter(case=case, event=event).first()
    return Correction(
        reasons=list(ReturnReason.objects.filter(code__in=event.facts.get("reasons", ()))),
        words=note.text if note else "",
        who=doer(event),
        agency=event.agency,
        at=event.at,
    )


def last_save(case: Case) -> AuditEvent | None:
    """Who wrote the content last, and when."""
    return _latest(case, ["case.edit", "case.create"])


def _latest(case: Case, kinds: list[str]) -> AuditEvent | None:
    events = AuditEvent.objects.filter(subject=f"case:{case.pk}", kind__in=kinds)
    return events.select_related("officer", "agency").order_by("-id").first()
