"""The periods of the law, as loaded from seeds/ and as they hold for a country on a day."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from agencies.seeding import rows_of, yaml_of
from countries.models import Country
from treaties.alarms import warn_before, warns_too_early
from treaties.models import RequestType, TimeLimit
from treaties.queries import limit, time_limits

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)
PROVISIONAL = "extradition_provisional_arrest_in"


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
    (PROVISIONAL, "interrogation", 24, "hour", "deadline", "EXT-34.1", "official"),
    (PROVISIONAL, "formal_request_after_detention", 30, "calendar_day", "deadline", "EXT-31.2", "official"),
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


# Of each extension: type, key, what its number means, amount, unit, article.
EXTENSIONS = [
    ("extradition_in", "supplement_by_requesting_state", "added", 15, "calendar_day", "EXT-18.1"),
    ("extradition_in", "surrender_reception", "at_most", 30, "calendar_day", "EXT-40.2"),
    (PROVISIONAL, "formal_request_after_detention", "added", 15, "calendar_day", "EXT-31.2"),
    ("repatriation_of_foreigner", "detention_for_examination", "total", 60, "calendar_day", "EEAL-60.3"),
    ("mla_freeze_in", "freeze_funds", "renewal", 6, "month", "MPSR-243.1"),
    ("mla_freeze_in", "freeze_funds_major", "renewal", 1, "year", "MPSR-243.2"),
    ("mla_freeze_in", "freeze_securities", "renewal", 2, "year", "MPSR-244"),
    ("mla_freeze_in", "freeze_equity", "renewal", 6, "month", "MPSR-245"),
]


def test_the_extensions() -> None:
    found = TimeLimit.objects.exclude(extension_kind="").values_list(
        "request_type__code", "key", "extension_kind", "extension_amount", "extension_unit", "extension_article"
    )
    assert sorted(found) == sorted(EXTENSIONS)


def test_every_period_of_the_text_is_there_once_and_no_number_is_ours() -> None:
    """The data read here for itself: nothing is left out, nothing is added, no number, article or doubt differs."""
    units = {"hour": "hour", "day": "calendar_day", "month": "month", "year": "year"}
    doubts = {"secondary": "secondary", False: "unverified"}
    data = yaml_of("requirements.yaml")
    said = [(entry["id"], text) for entry in data["request_types"] for text in entry.get("time_limits", [])]
    said += [(None, text) for measure in data["supporting_measures"] for text in measure["time_limits"]]
    assert len(said) == 124
    wanted = {
        (code, t["key"]): (t.get("value"), t.get("value_max"), units[t["unit"]], t["kind"], t["cite"], t["cite_zh"])
        for code, t in said
    }
    columns = ("amount", "amount_max", "unit", "kind", "article", "article_zh", "confidence")
    rows = TimeLimit.objects.values_list("request_type__code", "key", *columns)
    assert {(code, key): tuple(rest) for code, key, *rest, _doubt in rows} == wanted
    doubted = {(code, t["key"]): doubts[t["verified"]] if "verified" in t else "official" for code, t in said}
    assert {(code, key): doubt for code, key, *_rest, doubt in rows} == doubted


def test_a_number_that_the_data_has_only_in_words_is_the_one_in_the_words() -> None:
    renewals = TimeLimit.objects.filter(extension_kind="renewal")
    names = {"month": "个月", "year": "年"}
    for row in renewals:
        assert row.extension_zh == f"每次续冻不超过{row.extension_amount}{names[row.extension_unit]}"
    # Words with a number and no extension: none is overlooked.
    rest = TimeLimit.objects.exclude(extension_zh="").filter(extension_kind="")
    assert not [row for row in rest if re.search(r"\d", row.extension_zh)]


def test_what_has_no_number_stays_without() -> None:
    unnumbered = TimeLimit.objects.filter(amount=None).values_list("key", "kind").distinct()
    assert set(unnumbered) == {
        ("by_request", "deadline_from_request"),
        ("supplement_reasonable", "unspecified"),
    }


def test_mpsr_379_and_imlap_7_overlap_on_the_executors_work_and_nothing_else_does() -> None:
    overlapping = TimeLimit.objects.exclude(overlap="").values_list("key", "article", "overlap").distinct()
    assert set(overlapping) == {
        ("by_request", "MPSR-379", "execution"),
        ("execution_evidence", "MPSR-379", "execution"),
        ("execution_service", "MPSR-379", "execution"),
        ("case_organ_processing", "IMLAP-7.3", "execution"),
        ("case_organ_processing_priority", "IMLAP-7.3", "execution"),
        ("case_organ_processing_urgent", "IMLAP-7.3", "execution"),
    }


def test_no_holiday_lengthens_custody() -> None:
    held = set(TimeLimit.objects.filter(detention=True).values_list("key", flat=True))
    assert held == {
        "interrogation",
        "surrender_reception",
        "surrender_extension_max",
        "formal_request_after_detention",
        "detention_for_examination",
        "inquiry_after_detention",
        "restricted_movement",
        "exit_order_max",
        "interrogation_entrusted",
    }


# What an event starts in a case of each urgency; the amounts say which of the periods it is.
STARTED = [
    ("mla_evidence_in", "registered", "normal", {45}),
    ("mla_evidence_in", "registered", "urgent", {30}),
    ("mla_evidence_in", "registered", "most_urgent", {30}),
    ("mla_evidence_in", "result_in", "normal", {45}),
    ("mla_evidence_in", "assigned", "normal", {3, 90}),
    ("mla_evidence_in", "assigned", "urgent", {3, 30}),
    ("mla_service_in", "assigned", "normal", {10, 90}),
    ("mla_service_in", "liaison", "normal", {45}),
    ("mla_freeze_in", "registered", "normal", {45}),
    ("mla_freeze_in", "registered", "urgent", {30}),
    ("mla_freeze_in", "registered", "most_urgent", {15}),
    ("mla_freeze_in", "assigned", "most_urgent", {15}),
    ("mla_freeze_in", "liaison", "most_urgent", {15}),
    # By police channels mostly inquiries are asked for; service starts when an officer says so.
    ("police_cooperation_in", "assigned", "normal", {3}),
    ("interpol_request_in", "assigned", "urgent", {3}),
    ("police_cooperation_in", "registered", "normal", set()),
    ("extradition_in", "registered", "normal", set()),
    ("police_cooperation_out", "registered", "normal", set()),
]


@pytest.mark.parametrize(("code", "event", "urgency", "amounts"), STARTED)
def test_what_an_event_starts(code: str, event: str, urgency: str, amounts: set[int]) -> None:
    limits = time_limits(kind(code), country_id=None, on=DAY)
    assert {row.amount for row in limits if row.applies(starts_on=event, urgency=urgency)} == amounts


def test_a_rule_never_runs() -> None:
    rules = {"min_notice", "min_threshold", "threshold", "range", "fixed", "unspecified"}
    assert not TimeLimit.objects.filter(kind__in=rules).exclude(starts_on=[])
    still = set(TimeLimit.objects.exclude(kind__in=rules).filter(starts_on=[]).values_list("key", flat=True))
    assert still == {"surrender_extension_max"}  # the cap of another one's extension


# By hand: an amount, its unit, how long before the end it warns by Coopdesk's default (hours, else days).
WARNINGS = [
    (1, "hour", 1),
    (24, "hour", 6),
    (48, "hour", 12),
    (1, "calendar_day", 1),
    (3, "calendar_day", 1),
    (4, "calendar_day", 2),
    (10, "calendar_day", 2),
    (11, "calendar_day", 5),
    (30, "calendar_day", 5),
    (31, "calendar_day", 10),
    (90, "calendar_day", 10),
    (1, "month", 5),
    (3, "month", 10),
    (2, "year", 10),
]


@pytest.mark.parametrize(("amount", "unit", "before"), WARNINGS)
def test_the_default_warning(amount: int, unit: str, before: int) -> None:
    assert warn_before(amount, unit) == before
    assert not warns_too_early(before, amount, unit) or amount == 1


def test_what_runs_has_its_alarms_as_data() -> None:
    running = TimeLimit.objects.exclude(starts_on=[])
    assert not running.filter(escalate_after=None)
    assert set(running.filter(warn_before=None).values_list("key", flat=True)) == {"by_request"}
    assert set(running.values_list("escalate_after", flat=True)) == {1}
    for row in running.filter(amount__isnull=False):
        assert row.warn_before == warn_before(row.amount or 0, row.unit), row.key
    assert set(TimeLimit.objects.filter(starts_on=[]).values_list("warn_before", "escalate_after")) == {(None, None)}


def test_every_way_is_used_and_says_why() -> None:
    ways = rows_of("time_limit_ways.csv")
    cited = set(TimeLimit.objects.values_list("key", "article"))
    assert {(way["key"], way["article"]) for way in ways} == cited
    assert all(way["reason"] and way["name_en"] for way in ways)
    words = {row["zh"] for row in rows_of("time_limit_words.csv")}
    used = TimeLimit.objects.values_list("actor_zh", "trigger_zh", "consequence_zh", "extension_zh")
    assert words == {word for row in used for word in row if word}


def test_a_period_is_named_in_both_languages() -> None:
    found = limit(kind("mla_evidence_in"), "execution_evidence", country_id=None, on=DAY)
    assert found is not None
    assert (found.name, found.actor) == ("调查取证（未附办理期限）", "执行公安机关")
    with translation.override("en"):
        assert found.name == "Taking evidence (no period named)"
        assert (found.actor, found.extension) == ("Executing police organ", "")
    english = TimeLimit.objects.values_list("name_en", "actor_en", "trigger_en", "consequence_en", "extension_en")
    assert not [word for row in english for word in row if re.search("[\u4e00-\u9fff]", word)]


def test_measures_any_case_may_need_come_last() -> None:
    found = time_limits(kind("police_cooperation_out"), country_id=None, on=DAY)
    assert {row.request_type_id for row in found} == {None}
    assert {(row.key, row.amount, row.unit) for row in found} >= {
        ("report_province", 48, "hour"),
        ("urgent_border_control_formalities", 7, "calendar_day"),
        ("identity_check", 7, "calendar_day"),
        ("identity_check_remote", 15, "calendar_day"),
    }
    assert {row.starts_on for row in found} == {("recorded",)}
    assert time_limits(kind("mla_evidence_in"), country_id=None, on=DAY)[0].request_type_id is not None


def test_one_type_costs_three_queries(django_assert_num_queries: Any) -> None:
    type_id, country_id = kind("mla_freeze_in"), Country.objects.get(code="TH").pk
    with django_assert_num_queries(3):
        time_limits(type_id, country_id=country_id, on=DAY)
    with django_assert_num_queries(2):
        time_limits(type_id, country_id=None, on=DAY)
