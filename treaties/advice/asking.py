"""What advice is asked on: the request that is meant, and every fact that a rule may use. Nothing here reads the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from countries.models import UNSETTLED
from treaties.legal_basis import Basis
from treaties.models import RequestType


class ChannelCode(models.TextChoices):
    """The code of each channel that is weighed, in the order of the law's own lists.

    The first five are those of seeds/channels.csv, by which a case is sent. The others are advice only: a border organ
    works with its neighbour without sending (MPSR-376); a consulate is asked, or told, outside the case.
    """

    INTERPOL = "interpol", _("国际刑警组织渠道")
    LIAISON = "police_liaison", _("警务联络官")
    AGREED = "agreed", _("约定途径（警务合作协议）")
    AUTHORITY = "moj", _("司法部（对外联系机关）")
    DIPLOMATIC = "mfa", _("外交途径")
    CONSULAR = "consular", _("领事途径")
    BORDER = "border_liaison", _("边境联络（与相邻国家直接合作）")
    NETWORK = "multilateral", _("多边执法合作机制")


class Purpose(models.TextChoices):
    EVIDENCE = "evidence", pgettext_lazy("purpose", "作证据")
    LEAD = "lead", pgettext_lazy("purpose", "作线索")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A value of the country's ledger with its origin; `code` for one of choices, `text_zh` as it is kept in Chinese."""

    topic: str
    name: str
    value: str
    confidence: str
    source: str
    as_of: str
    code: str = ""
    text_zh: str = ""

    @property
    def unsettled(self) -> bool:
        """Does it show as 待核实?"""
        return self.confidence in UNSETTLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that affects cooperation. `effect` is suspended | limited | noted; `scope` is one of ways.TOUCHES. `subject`
    names the row that says so ("ledgerrecord:7")."""

    title: str
    effect: str
    source: str
    scope: str = "all"
    starts: date | None = None
    ends: date | None = None
    confidence: str = ""
    as_of: str = ""
    subject: str = ""

    def lasts(self, on: date) -> bool:
        """Does it last on this day? The last day is its own."""
        return (self.starts is None or self.starts <= on) and (self.ends is None or on <= self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Our own cases by one channel: how many were sent, answered (in whole or part) and refused; within how many days half
    were answered, None when fewer than half have been."""

    n: int
    answered: int
    refused: int
    median: int | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """Who has the request in hand on its way: an organ of ours by its code, or a body outside the tree without one."""

    code: str
    name: str
    tier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The organ that asks: where it stands, what it borders, and both ways up: to the last desk, and to the province."""

    code: str
    name: str
    tier: str
    is_border: bool
    border_countries: frozenset[str]
    route: tuple[Stop, ...]
    border_route: tuple[Stop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `law` is the entry of the type in the requirements; `facts` by topic; `figures` by channel."""

    country: str
    country_name: str
    kind: RequestType
    law: Mapping[str, Any]
    urgency: str
    purpose: str
    on: date
    origin: Origin
    bases: Sequence[Basis]
    # Police agreements with the country, whatever family the request is of.
    agreements: Sequence[Basis] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    events: Sequence[Event] = ()
    figures: Mapping[str, Figures] = field(default_factory=dict)

    @property
    def urgent(self) -> bool:
        return self.urgency != "normal"

    @property
    def as_evidence(self) -> bool:
        return self.purpose == Purpose.EVIDENCE

    def said(self, topic: str) -> str:
        """The code that the ledger has for a topic; "" when it has none."""
        fact = self.facts.get(topic)
        return fact.code if fact else ""
