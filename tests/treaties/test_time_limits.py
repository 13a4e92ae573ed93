"""The periods of the law, as loaded from seeds/ and as they hold for a country on a day."""

from __future__ import annotations

from datetime import date

import pytest

from treaties.models import RequestType, TimeLimit
from treaties.queries import limit, time_limits

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)


def kind(code: str) -> int:
    return RequestType.objects.get(code=code).pk


# By hand from the articles: type, key, amount, unit, strength, article, confidence.
MAIN = [
    ("mla_evidence_in", "liaison_processing", 45, "calendar_day", "deadline", "IMLAP-7.1", "secondary"),
    ("mla_evidence_in", "competent_authority_processing", 45, "calendar_day", "deadline", "IMLAP-7.2", "secondary"),
    ("mla_evidence_in", "case_organ_processing", 90, "calendar_day", "deadline", "IMLAP-7.3", "secondary"),
    ("mla_service_in", "liaison_processing_priority", 30, "calendar_day", "target", "IMLAP-7.1", "secondary"),
    (
        "mla_service_in",
        "competent_authority_processing_priority",
        30,
        "calendar_day",
        "target",
        "IMLAP-7.2",
        "secondary",
    ),
    ("mla_service_in", "case_organ_processing_priority", 30, "calendar_day", "target", "IMLAP-7.3", "secondary"),
    ("mla_freeze_in", "liaison_processing_urgent", 15, "calendar_day", "deadline", "IMLAP-7.1", "secondary"),
    (
        "mla_freeze_in",
        "competent_authority_processing_urgent",
        15,
        "calendar_day",
        "deadline",
        "IMLAP-7.2",
        "secondary",
    ),
    ("mla_freeze_in", "case_organ_processing_urgent", 15, "calendar_day", "deadline", "IMLAP-7.3", "secondary"),
    ("mla_evidence_in", "execution_evidence", 3, "month", "deadline", "MPSR-379", "official"),
    ("mla_service_in", "execution_service", 10, "calendar_day", "deadline", "MPSR-379", "official"),
    ("mla_service_in", "summons_min_notice", 3, "month", "min_notice", "IMLA-22.2", "official"),
    ("mla_freeze_in", "freeze_funds", 6, "month", "max_period", "MPSR-243.1", "official"),
    ("mla_freeze_in", "freeze_funds_major", 1, "year", "max_period", "MPSR-243.2", "official"),
    ("mla_freeze_in", "freeze_securities", 2, "year", "max_period", "MPSR-244", "official"),
    ("mla_freeze_in", "freeze_equity", 6, "month", "max_period", "MPSR-245", "official"),
    ("mla_freeze_in", "release_if_unrelated", 3, "calendar_day", "deadline", "MPSR-247", "official"),
    ("extradition_in", "supplement_by_requesting_state", 30, "calendar_day", "deadline", "EXT-18.1", "official"),
    ("extradition_in", "spp_prosecution_opinion", 1, "month", "deadline", "EXT-21", "official"),
    ("extradition_in", "hc_serve_copy", 10, "calendar_day", "deadline", "EXT-23", "official"),
    ("extradition_in", "person_opinion", 30, "calendar_day", "deadline", "EXT-23", "official"),
    ("extradition_in", "hc_report_for_review", 7, "calendar_day", "deadline", "EXT-25.1", "official"),
    ("extradition_in", "objection_to_ruling", 10, "calendar_day", "deadline", "EXT-25.2", "official"),
    ("extradition_in", "court_supplement", 30, "calendar_day", "deadline", "EXT-27", "official"),
    ("extradition_in", "spc_deliver_ruling", 7, "calendar_day", "deadline", "EXT-28.1", "official"),
    ("extradition_in", "interrogation", 24, "hour", "deadline", "EXT-34.1", "official"),
    ("extradition_in", "surrender_reception", 15, "calendar_day", "deadline", "EXT-40.1", "official"),
    ("extradition_in", "surrender_extension_max", 30, "calendar_day", "max_period", "EXT-40.2", "official"),
    ("extradition_in", "min_penalty", 1, "year", "min_threshold", "EXT-7.1.2", "official"),
    ("extradition_provisional_arrest_in", "interrogation", 24, "hour", "deadline", "EXT-34.1", "official"),
    (
        "extradition_provisional_arrest_in",
        "formal_request_after_detention",
        30,
        "calendar_day",
        "deadline",
        "EXT-31.2",
        "official",
    ),
    (
        "repatriation_of_foreigner",
        "detention_for_examination",
        30,
        "calendar_day",
        "max_period",
        "EEAL-60.3",
        "official",
    ),
    ("repatriation_of_foreigner", "inquiry_after_detention", 24, "hour", "deadline", "EEAL-60.2", "official"),
    ("repatriation_of_foreigner", "restricted_movement", 60, "calendar_day", "max_period", "EEAL-61.2", "official"),
    ("repatriation_of_foreigner", "entry_ban_after_expulsion", 10, "year", "fixed", "EEAL-81.3", "official"),
    ("repatriation_of_foreigner", "report_to_province", 48, "hour", "deadline", "MPSA-254", "official"),
]


@pytest.mark.parametrize(("code", "key", "amount", "unit", "strength", "article", "confidence"), MAIN)
def test_the_main_periods(
    code: str, key: str, amount: int, unit: str, strength: str, article: str, confidence: str
) -> None:
    found = limit(kind(code), key, country_id=None, on=DAY)
    assert found is not None
    assert (found.amount, found.unit, found.kind) == (amount, unit, strength)
    assert (found.article, found.confidence) == (article, confidence)


def test_every_period_is_loaded_once() -> None:
    assert TimeLimit.objects.count() == 116 + 8
    assert [row.key for row in time_limits(kind("mla_service_in"), country_id=None, on=DAY)].count("by_request") == 1
