"""The ledgers as collected: every value with its source and its confidence, in the database too."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import translation

from agencies.models import Agency
from agencies.seeding import rows_of
from countries import facts
from countries.ledger import before_review
from countries.models import UNSETTLED, Country, Frontier, LedgerEntry, LedgerRecord, LedgerTopic, Sourced

pytestmark = pytest.mark.django_db
SOURCED = [model for model in apps.get_models() if issubclass(model, Sourced)]
# What officers alone enter.
ENTERED = {LedgerRecord}


def entry(code: str, topic: str) -> LedgerEntry:
    return LedgerEntry.objects.select_related("topic").get(country__code=code, topic__code=topic, about="")


@pytest.mark.parametrize("model", SOURCED, ids=lambda model: model.__name__)
def test_the_database_asks_a_source_of_every_such_column(model: type[Sourced]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgargs FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'sourced' AND tgenabled = 'O'",
            [model._meta.db_table],
        )
        (given,) = cursor.fetchone()
    assert tuple(bytes(given).decode().rstrip("\0").split("\0")) == model.SOURCED


@pytest.mark.parametrize(
    "model", [model for model in SOURCED if model not in ENTERED], ids=lambda model: model.__name__
)
def test_every_value_that_was_loaded_names_where_it_was_found(model: type[Sourced]) -> None:
    assert model._default_manager.exists()
    for row in model._default_manager.all():
        for name in model.SOURCED:
            origin = facts.origin_of(row, name)
            assert facts.is_blank(getattr(row, name)) == (origin is None), (row, name)
            assert origin is None or origin.source


def test_what_is_remembered_or_second_hand_is_unsettled() -> None:
    assert entry("TH", "relations").provenance["code"]["confidence"] == "recollection"
    assert facts.unsettled(entry("TH", "relations")) == ["code"]
    assert facts.unsettled(entry("TH", "capital")) == []
    for seed in rows_of("partner_authorities.csv"):
        if seed["mla_central_authority"]:
            held = entry(seed["iso2"], "mla_authority")
            said = held.provenance["text_en"]["confidence"]
            assert (said in UNSETTLED) == (seed["authority_confidence"] != "high"), seed["iso2"]


def test_a_value_is_shown_in_the_language_of_the_page() -> None:
    with translation.override("zh-hans"):
        assert entry("TH", "death_penalty").value == "保留"
        assert entry("TH", "police").value == "泰国皇家警察总署"
        assert entry("TH", "bodies").value == "东盟、澜湄合作"
    with translation.override("en"):
        assert entry("TH", "death_penalty").value == "Retained"
        assert entry("TH", "bodies").value == "ASEAN, LMC"


def test_every_choice_that_was_loaded_is_one_of_the_topic() -> None:
    for row in LedgerEntry.objects.exclude(code="").select_related("topic"):
        assert row.code in row.topic.choices, row.topic.code


def test_frontiers_agree_with_the_organs() -> None:
    assert Frontier.objects.count() == 224
    sure: dict[int, set[str]] = {}
    for row in Frontier.objects.select_related("country").exclude(agency=None):
        if facts.unsettled(row) == [] or row.provenance["approx_km"]["confidence"] == "secondary":
            sure.setdefault(row.agency_id or 0, set()).add(row.country.code)
    border = Agency.objects.filter(is_border=True)
    assert border.exists()
    for agency in border:
        assert set(agency.border_countries) <= sure[agency.pk], agency


def test_topics_stand_once_in_a_known_section() -> None:
    topics: list[Any] = list(LedgerTopic.objects.all())
    assert len(topics) == len(rows_of("ledger_topics.csv"))
    assert all((topic.kind == "choice") == bool(topic.choices) for topic in topics)
    assert Country.objects.filter(is_partner=True).count() == 194


def test_a_value_is_stale_a_year_after_its_day() -> None:
    assert before_review(date(2028, 2, 29)) == date(2027, 2, 28)
    assert before_review(date(2026, 11, 30)) == date(2025, 11, 30)
