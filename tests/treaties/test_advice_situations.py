"""Channel advice in situations written by hand from the law and the data: which channel comes first, whether a channel may be
taken, and which article says so. The facts are those of the seeds, save what a situation gives itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agencies.models import Agency
from agencies.seeding import rows_of, yaml_of
from cases.advice import Asked, question_of
from countries.ledger_kinds import SCOPES
from countries.models import Country, LedgerTopic
from treaties.advice import ChannelCode, Event, Fact, Figures, Option, Question, advise
from treaties.advice.approvals import WORDS
from treaties.advice.groups import LAW, Group
from treaties.advice.options import ARTICLES
from treaties.advice.ways import CRIMES, TOUCHES
from treaties.codes import request_type_by_code
from treaties.legal_basis import Basis
from treaties.models import Instrument, RequestType, Standing

pytestmark = pytest.mark.django_db
_TABLE = Path(__file__).with_name("advice_situations.csv")


def situations() -> list[dict[str, str]]:
    head, *rows = (line.split(",", 12) for line in _TABLE.read_text(encoding="utf-8").splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows]


def asked(row: dict[str, str]) -> Asked:
    kind = request_type_by_code(row["type"])
    assert kind is not None
    return Asked(
        country=Country.objects.get(code=row["country"]),
        kind=kind,
        urgency=row["urgency"],
        purpose=row["purpose"],
        origin=Agency.objects.get(code=row["origin"]),
        on=date.fromisoformat(row["on"]),
    )


def given(question: Question, words: str) -> Question:
    """The question with what the situation supposes: an event, a fact of the ledger (or its absence), an agreement."""
    what, _colon, rest = words.partition(":")
    if what == "event":
        effect, scope, starts, ends = (rest.split(":") + [""] * 3)[:4]
        event = Event(
            title="中止合作",
            effect=effect,
            source="照会",
            scope=scope or "all",
            starts=date.fromisoformat(starts) if starts else None,
            ends=date.fromisoformat(ends) if ends else None,
        )
        return replace(question, events=[event])
    if what == "fact":
        topic, _equals, code = rest.partition("=")
        facts = {name: fact for name, fact in question.facts.items() if name != topic}
        return replace(question, facts=facts | ({topic: fact_of(topic, code)} if code else {}))
    if what == "agreed":
        instrument = Instrument(code="POLICE-HU", title_zh="警务合作协定")
        return replace(question, agreements=[Basis(kind="treaty", instrument=instrument, standing=Standing.IN_FORCE)])
    return question


def fact_of(topic: str, code: str, **more: str) -> Fact:
    values = {"confidence": "confirmed", "source": "照会", "as_of": "2026-11-01", "value": code}
    return Fact(topic=topic, name=topic, code=code, **{**values, **more})


def lines(option: Option) -> Iterator[Any]:
    yield from option.reasons
    if option.allowed:
        yield from option.preconditions
        yield from option.warnings
        yield from option.doubts


def test_there_are_at_least_sixty() -> None:
    assert len(situations()) >= 60


@pytest.mark.parametrize("row", situations(), ids=lambda row: f"{row['n']}-{row['country']}-{row['type']}")
def test_a_situation(row: dict[str, str]) -> None:
    options = advise(given(question_of(asked(row)), row["given"]))
    assert sorted(option.way for option in options) == sorted(ChannelCode)
    first = options[0].way.value if options[0].allowed else "none"
    found = next(option for option in options if option.way == row["channel"])
    assert (first, found.allowed) == (row["first"], row["allowed"] == "yes"), row["why"]
    assert row["article"] in {line.article for line in lines(found)}, [line.text for line in lines(found)]
    # What the ledger says of the other side no article of ours says.
    told = [line for option in options for line in lines(option) if line.fact]
    assert [line.text for line in told if line.article in ARTICLES] == []
    assert all(option.reasons for option in options)


# --- What holds in every situation -----------------------------------------------------------------------------------


THAI = {
    "country": "TH",
    "type": "mla_evidence_out",
    "purpose": "evidence",
    "urgency": "normal",
    "origin": "320583000000",
    "on": "2026-11-21",
}


def option_of(way: str, question: Question) -> Option:
    return next(option for option in advise(question) if option.way == way)


def test_the_route_runs_through_our_tiers_and_the_body_that_hands_it_over() -> None:
    question = question_of(asked(THAI))
    names = [stop.name for stop in option_of("moj", question).route]
    assert names == ["昆山市公安局", "苏州市公安局", "江苏省公安厅", "公安部国际合作局", "司法部"]


def test_at_the_border_the_route_ends_at_the_province() -> None:
    row = THAI | {"country": "MM", "type": "border_area_police_cooperation", "origin": "533102000000"}
    option = option_of("border_liaison", question_of(asked(row)))
    assert [stop.tier for stop in option.route] == ["county", "city", "province"]
    assert [approval.article for approval in option.approval] == ["MPSR-376"]


def test_an_extradition_starts_at_the_province() -> None:
    option = option_of("mfa", question_of(asked(THAI | {"type": "extradition_out"})))
    assert [stop.name for stop in option.route] == ["江苏省公安厅", "公安部国际合作局", "外交部"]


def test_what_is_missing_keeps_the_three_strengths_apart() -> None:
    option = option_of("moj", question_of(asked(THAI)))
    assert {row.level for row in option.missing} == {"mandatory", "as_needed", "by_reference"}
    assert all(row.article for row in option.missing)


def test_the_expected_day_needs_enough_cases() -> None:
    enough = {"moj": Figures(n=12, answered=9, refused=1, median=40)}
    question = replace(question_of(asked(THAI)), figures=enough)
    option = option_of("moj", question)
    assert option.expected_by == date(2026, 12, 31)
    few = replace(question, figures={"moj": Figures(n=9, answered=9, refused=0, median=40)})
    assert option_of("moj", few).expected_by is None


def test_doubtful_and_old_facts_are_warned_of_by_name() -> None:
    question = question_of(asked(THAI))
    doubtful = fact_of("dual_criminality", "", value="要求双重犯罪", confidence="recollection", source="recollection")
    old = fact_of("languages_accepted", "", value="泰文", as_of="2020-01")
    told = replace(question, facts={**question.facts, "dual_criminality": doubtful, "languages_accepted": old})
    words = [line.text for line in option_of("moj", told).doubts]
    assert any(text.startswith("待核实：dual_criminality（要求双重犯罪）") for text in words)
    assert any(text.startswith("旧资料：languages_accepted（泰文）") for text in words)


def test_a_treaty_whose_standing_is_old_is_warned_of() -> None:
    words = [line.text for line in option_of("moj", question_of(asked(THAI | {"country": "CA"}))).doubts]
    assert any("刑事司法协助" in text and text.startswith("待核实") for text in words)


def test_what_a_treaty_covers_may_be_doubtful_while_it_stands() -> None:
    question = question_of(asked(THAI))
    treaty = next(basis for basis in question.bases if basis.kind == "treaty")
    assert (treaty.stands.confidence, treaty.covers.confidence, treaty.confidence) == (
        "sourced",
        "secondary",
        "secondary",
    )
    words = [line.text for line in option_of("moj", question).doubts]
    assert any(
        text.startswith("待核实") and "》适不适用于这类请求，出处：条约名称（条文未收录）" in text for text in words
    )


@pytest.mark.parametrize(("effect", "part"), [("suspended", "reasons"), ("limited", "warnings"), ("noted", "warnings")])
def test_an_event_that_is_not_settled_says_so(effect: str, part: str) -> None:
    event = Event(title="中止合作", effect=effect, source="报道", confidence="secondary", as_of="2026-11-01")
    option = option_of("moj", replace(question_of(asked(THAI)), events=[event]))
    line = next(line for line in getattr(option, part) if "中止合作" in line.text)
    assert line.fact is not None
    assert line.fact.unsettled
    assert "待核实：影响合作的事件（中止合作），出处：报道，2026-11-01。" in [line.text for line in option.doubts]


def articles_of(option: Option, words: str) -> list[str]:
    return [line.article for line in lines(option) if words in line.text]


def test_a_red_notice_is_cited_to_the_rules_of_interpol_at_second_hand() -> None:
    option = option_of("interpol", question_of(asked(THAI | {"type": "interpol_locate_arrest_out"})))
    line = next(line for line in option.preconditions if "红色通报的门槛" in line.text)
    assert line.article == "RPD-82-83"
    assert line.fact is not None
    assert line.fact.confidence == "secondary"
    assert any(text.startswith("待核实：红色通报的门槛") for text in (line.text for line in option.doubts))


def test_no_article_is_cited_for_a_liaison_officer() -> None:
    for kind in ("police_cooperation_out", "mla_evidence_out", "repatriation_of_foreigner"):
        option = option_of("police_liaison", question_of(asked(THAI | {"type": kind, "purpose": "lead"})))
        assert articles_of(option, "警务联络官可以") + articles_of(option, "请警务联络官") + articles_of(
            option, "先由警务联络官"
        ) == [""]


def test_a_body_of_a_like_name_is_none_of_ours() -> None:
    question = question_of(asked(THAI | {"type": "police_cooperation_out"}))
    for bodies, may in (("东盟、上海合作组织", True), ("上海合作组织观察员国", False)):
        said = replace(fact_of("bodies", ""), text_zh=bodies)
        found = option_of("multilateral", replace(question, facts={**question.facts, "bodies": said}))
        assert found.allowed == may


def test_bringing_home_a_prisoner_has_its_own_words() -> None:
    home = option_of("moj", question_of(asked(THAI | {"type": "transfer_sentenced_person_to_china"})))
    assert articles_of(home, "请求移管中国籍被判刑人") == ["IMLA-62"]
    assert articles_of(home, "参照的条件：被判刑人是中国籍") == ["IMLA-56"]
    away = option_of("moj", question_of(asked(THAI | {"type": "transfer_sentenced_person_to_foreign"})))
    assert articles_of(away, "移管的条件：对方国民") == ["IMLA-56"]


def test_the_rules_know_every_scope_of_an_event() -> None:
    assert set(TOUCHES) == set(SCOPES)


@pytest.mark.parametrize("kind", ["mla_evidence_out", "extradition_out"])
def test_the_answer_does_not_hang_on_the_order_in_which_facts_and_figures_were_found(kind: str) -> None:
    found = question_of(asked(THAI | {"type": kind}))
    figures = {way.value: Figures(n=20 + n, answered=n, refused=1) for n, way in enumerate(ChannelCode)}
    facts = {topic: fact_of(topic, "") for topic in LedgerTopic.objects.values_list("code", flat=True)}
    question = replace(found, facts=facts | dict(found.facts), figures=figures)
    other = replace(question, facts=backwards(question.facts), figures=backwards(figures))
    assert advise(other) == advise(question)


def backwards(held: Mapping[str, Any]) -> dict[str, Any]:
    return dict(reversed(held.items()))


def test_every_type_and_purpose_has_an_answer_for_every_channel() -> None:
    for kind in RequestType.objects.all():
        for purpose in ("evidence", "lead"):
            options = advise(question_of(asked(THAI | {"type": kind.code, "purpose": purpose})))
            assert len(options) == len(ChannelCode), kind.code
            assert all(option.reasons for option in options), kind.code


def test_every_group_of_the_table_closes_what_it_does_not_open() -> None:
    assert set(LAW) == set(Group)


def test_the_articles_are_named_as_the_law_names_them() -> None:
    named: dict[str, str] = {}

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if isinstance(part.get("cite"), str):
                named[part["cite"]] = part.get("cite_zh", "")
            part = list(part.values())
        if isinstance(part, list):
            for one in part:
                walk(one)

    walk(yaml_of("requirements.yaml"))
    assert {article: named.get(article) for article in ARTICLES} == ARTICLES


def test_who_approves_is_said_in_words_that_have_an_english() -> None:
    known = {str(words) for words in WORDS}
    for entry in yaml_of("requirements.yaml")["request_types"]:
        if entry["direction"] != "incoming":
            for row in entry.get("approval", []):
                assert {row["approver_zh"], row["what"]} <= known


def test_the_crimes_of_an_instrument_have_an_english() -> None:
    assert {row["limited_to"] for row in rows_of("instrument_provisions.csv")} - {""} <= {
        str(words) for words in CRIMES
    }


def test_asking_takes_few_queries(django_assert_max_num_queries: Any) -> None:
    for row in (THAI, THAI | {"country": "MM"}, THAI | {"country": "US", "type": "extradition_out"}):
        question = asked(row)
        with django_assert_max_num_queries(9):
            advise(question_of(question))
