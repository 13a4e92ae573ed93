"""Set-up for the ledgers, through their commands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.utils import timezone

from agencies.actors import Actor
from agencies.scope import acting
from countries import section_care, sections
from countries.models import Country, LedgerProposal, LedgerRecord, SectionCare, SectionText
from countries.proposals import NewProposal, propose
from countries.records import state_record
from tests.cast import Cast

_BLANK = {"name_zh": "", "name_en": "", "starts_on": None, "ends_on": None, "text_zh": "", "text_en": ""}


def keep_post(cast: Cast) -> LedgerRecord:
    """A liaison post in Thailand's ledger, with a contact."""
    values = _BLANK | {"name_zh": "【演示】警务联络官", "attrs": {"side": "ours"}, "contact": "【演示】电话"}
    row = LedgerRecord(country=Country.objects.get(code="TH"), kind="post")
    said = {"source": "【演示】任命通知", "as_of": timezone.localdate(), "seen": ""}
    return done(state_record, actor=cast.actor("guohe.desk"), row=row, values=values, **said)


def keep_event(
    cast: Cast, country: str, effect: str, scope: str, starts: date, ends: date | None = None
) -> LedgerRecord:
    """An event in a country's ledger that affects cooperation of the scope."""
    told = {"name_zh": "【演示】领事馆停办", "starts_on": starts, "ends_on": ends}
    values = _BLANK | told | {"attrs": {"scope": scope, "effect": effect}, "contact": ""}
    row = LedgerRecord(country=Country.objects.get(code=country), kind="event")
    said = {"source": "【演示】外方照会", "as_of": timezone.localdate(), "seen": ""}
    return done(state_record, actor=cast.actor("guohe.desk"), row=row, values=values, **said)


def make_proposal(cast: Cast, login: str = "kunshan.officer", section: str = "") -> LedgerProposal:
    """A correction of Thailand's ledger that names no item, perhaps a section."""
    said = {"text": "【演示】联系途径变了。", "source": "【演示】外方答复", "section": section}
    new = NewProposal(country=Country.objects.get(code="TH"), kind="correction", **said)
    with acting(cast.actor(login)):
        return propose(actor=cast.actor(login), new=new)


HABITS = "habits"
T = TypeVar("T")


def done(command: Callable[..., T], *, actor: Actor, **said: Any) -> T:
    """What the command gives when the actor does it, behind the wall of the database."""
    with acting(actor):
        return command(actor=actor, **said)


def write_text(
    cast: Cast, text: str = "【演示】先打电话。\n再发函。", login: str = "guohe.desk", on: int | None = None
) -> SectionText:
    """A draft of the habits in Thailand's ledger, written over version `on`."""
    words = sections.Words(text_zh=text, sources="【演示】2026年10月会谈纪要")
    thailand = Country.objects.get(code="TH")
    return done(sections.write, actor=cast.actor(login), country=thailand, section=HABITS, words=words, based_on=on)


def submit_text(
    cast: Cast, text: str = "【演示】先打电话。\n再发函。", login: str = "guohe.desk", on: int | None = None
) -> SectionText:
    """The same, sent to review."""
    return done(sections.submit, actor=cast.actor(login), text_id=write_text(cast, text, login, on).pk)


def publish_text(cast: Cast, text: str = "【演示】先打电话。\n再发函。", on: int | None = None) -> SectionText:
    """The same, written by the desk and published by its approver."""
    return done(sections.publish, actor=cast.actor("guohe.chief"), text_id=submit_text(cast, text, "guohe.desk", on).pk)


def look_after(cast: Cast, login: str = "guohe.desk", months: int = 6, section: str = HABITS) -> SectionCare:
    """Let an officer look after a section of Thailand's ledger."""
    said = {"country": Country.objects.get(code="TH"), "section": section, "every_months": months}
    return done(section_care.entrust, actor=cast.actor("guohe.chief"), owner=cast.officer(login), **said)


def last_reviewed(cast: Cast, on: date) -> None:
    """As if everything that is looked after had last been reviewed on that day."""
    with acting(cast.actor("guohe.chief")):
        SectionCare.objects.update(reviewed_on=on)
