"""Request types, channels and coded reasons, as loaded from the seeds."""

from __future__ import annotations

import pytest
from django.utils import translation

from agencies.seeding import rows_of, yaml_of
from treaties.codes import code_exists, request_type_by_code
from treaties.models import Channel, RefusalGround, RequestType, ReturnReason, TypeLaw, UsedBy
from treaties.queries import grounds_offered, grouped_request_types, refusal_grounds, request_types
from treaties.type_law import laws_on

pytestmark = pytest.mark.django_db

LAW = yaml_of("requirements.yaml")


def test_every_type_of_the_law_is_there() -> None:
    ids = [entry["id"] for entry in LAW["request_types"]]
    assert len(ids) == 38
    assert set(RequestType.objects.values_list("code", flat=True)) == set(ids)
    assert TypeLaw.objects.get(request_type__code="mla_evidence_out").data["legal_basis"]


def test_every_type_names_its_articles() -> None:
    sources = {source["code"] for source in LAW["sources"]}
    for law in laws_on().select_related("request_type"):
        kind = law.request_type
        basis = [entry["cite"] for entry in law.data["legal_basis"]]
        assert basis, kind.code
        assert {cite.split("-")[0] for cite in (*basis, kind.opened_by_article)} <= sources


def test_court_run_types_are_only_recorded() -> None:
    assert set(RequestType.objects.filter(record_only=True).values_list("code", flat=True)) == {
        "extradition_in",
        "extradition_temporary_surrender_in",
        "extradition_transit_in",
        "transfer_sentenced_person_to_china",
        "transfer_sentenced_person_to_foreign",
    }


def test_types_by_direction_and_tier() -> None:
    outgoing = set(request_types("outgoing").values_list("code", flat=True))
    incoming = set(request_types("incoming").values_list("code", flat=True))
    assert {"police_cooperation_out", "criminal_intelligence_exchange"} <= outgoing
    assert "police_cooperation_in" not in outgoing
    assert {"police_cooperation_in", "criminal_intelligence_exchange"} <= incoming
    county = set(request_types("outgoing", "county").values_list("code", flat=True))
    assert "police_cooperation_out" in county
    assert not county & {"extradition_out", "counter_terrorism_deployment_abroad"}
    assert "extradition_out" in request_types("outgoing", "province").values_list("code", flat=True)
    assert set(request_types("incoming", "county").values_list("code", flat=True)) == {
        "criminal_intelligence_exchange",
        "border_area_police_cooperation",
    }


@pytest.mark.parametrize("direction", ["outgoing", "incoming"])
def test_groups_leave_nothing_out(direction: str) -> None:
    grouped = [kind.code for _words, kinds in grouped_request_types(direction) for kind in kinds]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) == set(request_types(direction).values_list("code", flat=True))


def test_every_refusal_ground_of_the_law_has_a_code() -> None:
    known = set(RefusalGround.objects.values_list("article", "key", "strength"))
    for entry in LAW["request_types"]:
        for strength, grounds in entry["refusal_grounds"].items():
            for ground in grounds:
                assert (ground["cite"], ground["key"], strength) in known


def test_codes_of_our_own_have_no_article() -> None:
    assert not RefusalGround.objects.filter(strength="practice").exclude(article="", key="").exists()
    assert not RefusalGround.objects.exclude(strength="practice").filter(article="").exists()


def test_grounds_for_the_foreign_answer() -> None:
    theirs = set(refusal_grounds(UsedBy.THEIRS).values_list("code", flat=True))
    assert {"cannot_execute", "retention_expired", "insufficient_information", "no_legal_basis"} <= theirs
    assert "chinese_national_summons" not in theirs
    ours = set(refusal_grounds(UsedBy.OURS).values_list("code", flat=True))
    assert "chinese_national_summons" in ours
    assert "no_reason_given" not in ours


@pytest.mark.parametrize(
    ("code", "kept", "left_out"),
    [
        ("police_cooperation_out", {"political_offence", "not_found"}, {"extradition_torture"}),
        ("extradition_out", {"extradition_political_offence_or_asylum", "not_found"}, {"political_offence"}),
        ("mla_confiscation_out", {"confiscation_property_gone", "political_offence"}, {"extradition_national"}),
        ("interpol_inquiry_out", {"political_offence"}, {"confiscation_property_gone", "extradition_national"}),
    ],
)
def test_the_grounds_offered_are_those_of_the_type_each_once(code: str, kept: set[str], left_out: set[str]) -> None:
    groups = grounds_offered(RequestType.objects.get(code=code), UsedBy.THEIRS)
    grounds = [ground for _law, members in groups for ground in members]
    codes = {ground.code for ground in grounds}
    assert kept <= codes
    assert not left_out & codes
    assert len({ground.key for ground in grounds if ground.key}) == len([ground for ground in grounds if ground.key])
    laws = [str(law) for law, _members in groups]
    assert laws[0] == "实务情形"
    assert len(laws) == len(set(laws))


def test_channels() -> None:
    assert list(Channel.objects.values_list("code", "via")) == [
        ("police_liaison", ""),
        ("interpol", ""),
        ("agreed", ""),
        ("moj", "moj"),
        ("mfa", "mfa"),
    ]


def test_cited_articles_come_from_a_known_source() -> None:
    sources = {source["code"] for source in LAW["sources"]}
    for model in (Channel, RefusalGround, ReturnReason):
        for articles in model.objects.exclude(article="").values_list("article", flat=True):
            assert {article.split("-")[0] for article in articles.split()} <= sources


def test_names_follow_the_language() -> None:
    interpol = Channel.objects.get(code="interpol")
    assert str(interpol) == "国际刑警组织渠道"
    with translation.override("en"):
        assert str(interpol) == "INTERPOL channel"


@pytest.mark.parametrize("file", ["channels.csv", "refusal_grounds.csv", "return_reasons.csv"])
def test_english_names_have_no_han(file: str) -> None:
    for row in rows_of(file):
        assert row["name_zh"]
        assert row["name_en"].isascii(), row["code"]


def test_code_lists() -> None:
    assert code_exists("return_reasons", "facts_unclear")
    assert not code_exists("return_reasons", "nonsense")
    assert request_type_by_code("police_cooperation_out") is not None
    assert request_type_by_code("nonsense") is None
