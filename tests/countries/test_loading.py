"""Loading the countries and their ledgers again: what differs from the seeds is mended, what officers said stays."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from countries import facts
from countries.ledger_seed import load_ledgers
from countries.lookup import country_by_code
from countries.models import Country, FactChange, LedgerEntry
from countries.seed import load_calendar, load_countries
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("as_loader")


def test_loading_again_changes_nothing() -> None:
    assert str(load_countries()) == "countries.Country: 0 created, 0 changed, 194 unchanged"
    assert str(load_calendar()) == "countries.SpecialDay: 0 created, 0 changed, 127 unchanged"
    before = FactChange.objects.count()
    assert [(tally.created, tally.changed) for tally in load_ledgers()] == [(0, 0)] * 3
    assert FactChange.objects.count() == before


def test_the_database_refuses_what_is_no_partner_of_ours() -> None:
    for code in ("CN", "HK", "MO", "TW", "th", "T"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Country.objects.create(code=code, iso3="XXX", name_zh="某", name_en="Some")


def test_loading_mends_and_keeps_what_an_administrator_decides() -> None:
    Country.objects.filter(code="TH").update(name_zh="错", is_partner=False)
    # As if the seed had gained a country: this one leaves its code to it.
    Country.objects.filter(code="LA").update(code="XA", iso3="XAA")
    tally = load_countries()
    assert (tally.created, tally.changed, tally.unchanged, tally.absent) == (1, 1, 192, 1)
    thailand = Country.objects.get(code="TH")
    assert (thailand.name_zh, thailand.is_partner) == ("泰国", False)
    assert country_by_code("TH") is None


def test_what_an_officer_emptied_stays_empty(cast: Cast) -> None:
    row = LedgerEntry.objects.exclude(text_zh="").exclude(text_en="").select_related("country").first()
    assert row is not None
    said = {"source": "【演示】外方照会", "as_of": date(2026, 11, 1), "country": row.country}
    facts.correct(actor=cast.actor("guohe.desk"), row=row, field="text_en", value="", **said)
    load_ledgers()
    row.refresh_from_db()
    assert (row.text_en, bool(row.text_zh)) == ("", True)
    last = FactChange.objects.filter(subject=row.subject, field="text_en").first()
    assert last is not None
    assert (last.after["source"], "value" in last.after) == ("【演示】外方照会", False)
    # Stated again it is an officer's word, and stays that.
    facts.correct(actor=cast.actor("guohe.chief"), row=row, field="text_en", value="Stated", **said)
    load_ledgers()
    row.refresh_from_db()
    assert row.text_en == "Stated"
