"""Set-up for the ledgers, through their commands."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from agencies.scope import acting
from countries.models import Country, LedgerProposal, LedgerRecord
from countries.proposals import NewProposal, propose
from countries.records import state_record
from tests.cast import Cast

_BLANK = {"name_zh": "", "name_en": "", "starts_on": None, "ends_on": None, "text_zh": "", "text_en": ""}


def keep_post(cast: Cast) -> LedgerRecord:
    """A liaison post in Thailand's ledger, with a contact."""
    values = _BLANK | {"name_zh": "【演示】警务联络官", "attrs": {"side": "ours"}, "contact": "【演示】电话"}
    row = LedgerRecord(country=Country.objects.get(code="TH"), kind="post")
    said = {"source": "【演示】任命通知", "as_of": timezone.localdate(), "seen": ""}
    return state_record(actor=cast.actor("guohe.desk"), row=row, values=values, **said)


def keep_event(
    cast: Cast, country: str, effect: str, scope: str, starts: date, ends: date | None = None
) -> LedgerRecord:
    """An event in a country's ledger that affects cooperation of the scope."""
    told = {"name_zh": "【演示】领事馆停办", "starts_on": starts, "ends_on": ends}
    values = _BLANK | told | {"attrs": {"scope": scope, "effect": effect}, "contact": ""}
    row = LedgerRecord(country=Country.objects.get(code=country), kind="event")
    said = {"source": "【演示】外方照会", "as_of": timezone.localdate(), "seen": ""}
    return state_record(actor=cast.actor("guohe.desk"), row=row, values=values, **said)


def make_proposal(cast: Cast, login: str = "kunshan.officer") -> LedgerProposal:
    """A correction of Thailand's ledger that names no item."""
    thailand = Country.objects.get(code="TH")
    new = NewProposal(country=thailand, kind="correction", text="【演示】联系途径变了。", source="【演示】外方答复")
    with acting(cast.actor(login)):
        return propose(actor=cast.actor(login), new=new)
