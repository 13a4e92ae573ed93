"""渠道建议: the page that is asked without a case, the panel beside a draft, and the choice that is kept with the case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from agencies.models import AuditEvent
from agencies.scope import acting
from cases.models import Case, Note
from tests.browsing import draft_form, edit_url, log_in
from tests.cast import Cast
from tests.language import wrong_words
from tests.ledgers import keep_event
from tests.stories import Story

pytestmark = pytest.mark.django_db
PAGE = reverse("advice")
ASKED = {"country": "TH", "type": "mla_evidence_out", "purpose": "evidence", "urgency": "normal"}


@pytest.fixture
def officer(cast: Cast) -> Client:
    return log_in(cast, "kunshan.officer")


# --- The page --------------------------------------------------------------------------------------------------------


def test_it_opens_with_the_own_organ_and_today(officer: Client) -> None:
    answer = officer.get(PAGE)
    assert answer.status_code == 200
    assert "昆山市公安局" in answer.content.decode()
    assert answer.context["asked"] is None


def test_it_explains_every_channel_line_by_line(officer: Client) -> None:
    answer = officer.get(PAGE, ASKED)
    page = answer.content.decode()
    assert answer.context["options"][0].option.way == "moj"
    assert len(answer.context["options"]) + len(answer.context["closed"]) == 8
    assert "《国际刑事司法协助法》第五条第一款" in page
    assert "首选" in page
    assert "经这条渠道的不到 10 件，不作统计" in page
    assert reverse("instrument-detail", args=["MLA-CRIMINAL-TH"]) in page


def test_reciprocity_names_the_law_of_its_articles(officer: Client) -> None:
    asked = {"country": "MM", "type": "border_area_police_cooperation", "purpose": "lead"}
    shown = officer.get(PAGE, ASKED | asked).context["options"]
    told = {base.article for one in shown for base in one.bases if base.pieces[0][0].startswith("互惠")}
    assert told == {"《公安机关办理刑事案件程序规定》第十三条"}


URGENT = {"type": "extradition_out", "urgency": "urgent", "on": "2026-11-29"}


def test_what_awaits_checking_is_counted_and_listed_behind_the_warnings(officer: Client) -> None:
    answer = officer.get(PAGE, ASKED | URGENT)
    (shown,) = answer.context["options"]
    assert not any("待核实" in line.text for line in shown.option.warnings)
    told = answer.content.decode().partition('id="way-mfa"')[2].partition("</section>")[0]
    warnings, _summary, behind = told.partition(f"<summary>用到 {len(shown.doubts)} 处待核实的资料</summary>")
    assert "应当拒绝的情形" in warnings
    assert "待核实：" not in warnings
    assert behind.count("待核实：") == len(shown.doubts) > 1
    assert "…" not in behind


def test_what_is_said_of_several_closed_channels_is_said_once(officer: Client) -> None:
    answer = officer.get(PAGE, ASKED | URGENT)
    page = answer.content.decode().partition('id="closed"')[2]
    assert len(answer.context["closed"]) == 7
    said = answer.context["closed"][0].option.reasons[0].text
    assert sum(shown.option.reasons[0].text == said for shown in answer.context["closed"]) == 6
    assert page.count(said) == 1
    assert all(str(shown.option.way.label) in page for shown in answer.context["closed"])


def test_the_type_that_a_hint_sends_to_is_asked_the_same_question(officer: Client) -> None:
    answer = officer.get(PAGE, ASKED | URGENT)
    (hint,) = [line for line in answer.context["options"][0].preconditions if "先用" in line.pieces[0][0]]
    assert escape(hint.url) in answer.content.decode()
    asked = officer.get(hint.url).context["asked"]
    assert asked == replace(answer.context["asked"], kind=asked.kind)
    assert asked.kind.code == "extradition_provisional_arrest_out"


def ways(client: Client, **asked: str) -> dict[str, bool]:
    """May each channel be taken?"""
    context = client.get(PAGE, ASKED | asked).context
    return {shown.option.way.value: shown.option.allowed for shown in (*context["options"], *context["closed"])}


def test_an_event_of_the_ledger_closes_what_it_touches_while_it_lasts(cast: Cast, officer: Client) -> None:
    keep_event(cast, "TH", "suspended", "police", date(2026, 3, 1), date(2026, 6, 30))
    police = {"type": "police_cooperation_out", "purpose": "lead"}
    assert not any(ways(officer, on="2026-06-30", **police).values())
    page = officer.get(PAGE, ASKED | police | {"on": "2026-06-30"}).content.decode()
    assert "合作已中止（到 2026-06-30 止）" in page
    assert "【演示】领事馆停办" in page
    assert "【演示】外方照会" in page
    assert ways(officer, on="2026-07-01", **police)["interpol"]
    assert ways(officer, on="2026-02-28", **police)["interpol"]
    assert ways(officer, on="2026-06-30")["moj"]  # mutual assistance goes on


def test_an_event_that_only_slows_is_a_warning_and_one_that_helps_is_none(cast: Cast, officer: Client) -> None:
    keep_event(cast, "TH", "slower", "assistance", date(2026, 3, 1))
    keep_event(cast, "TH", "better", "all", date(2026, 3, 1))
    first = officer.get(PAGE, ASKED | {"on": "2026-06-30"}).context["options"][0]
    told = [line for line in first.option.warnings if "领事馆停办" in line.text]
    assert [line.text.startswith("合作受限") for line in told] == [True]


@pytest.mark.parametrize("day", ["0001-01-01", "1839-12-31", "2101-01-01", "9999-12-31"])
def test_a_day_of_which_nobody_can_say_anything_is_refused(officer: Client, day: str) -> None:
    answer = officer.get(PAGE, ASKED | {"on": day})
    assert answer.status_code == 400
    assert "从 1840 年到 2100 年" in answer.content.decode()
    party = reverse("instrument-party", args=["UNTOC", "TH"])
    for url in (reverse("instrument-list"), reverse("instrument-matrix"), party):
        assert officer.get(url, {"on": day}).status_code == 400, url


def test_another_day_has_other_treaties(officer: Client) -> None:
    then = officer.get(PAGE, ASKED | {"on": "2004-06-01"}).context["options"]
    assert [shown.option.way.value for shown in then][:2] == ["moj", "mfa"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"country": "XX"}, "country"),
        ({"type": "nonsense"}, "type"),
        ({"agency": "没有这个局"}, "agency"),
        ({"on": "2026-13-01"}, "on"),
        ({"urgency": "soon"}, "urgency"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(officer: Client, changes: dict[str, str], field: str) -> None:
    answer = officer.get(PAGE, ASKED | changes)
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["options"] == []


def test_who_does_no_case_work_may_ask_for_an_organ(cast: Cast) -> None:
    answer = log_in(cast, "auditor").get(PAGE, ASKED | {"agency": "320583000000"})
    assert [shown.option.way.value for shown in answer.context["options"]] == ["moj"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "kind", ["extradition_out", "mla_freeze_out", "police_cooperation_out", "border_area_police_cooperation"]
)
def test_it_is_whole_in_both_languages(officer: Client, language: str, kind: str) -> None:
    officer.cookies["coopdesk_language"] = language
    page = officer.get(PAGE, ASKED | {"type": kind, "country": "KZ", "urgency": "urgent"}).content.decode()
    assert ("First choice" in page, "首选" in page) == (language == "en", language != "en")
    assert wrong_words(page, language) == []


# --- Beside a draft --------------------------------------------------------------------------------------------------


def choose(client: Client, case: Case, **typed: str):
    return client.post(edit_url(case), draft_form(case, action="advise", **typed))


def kept(case: Case) -> list[dict]:
    events = AuditEvent.objects.filter(subject=f"case:{case.pk}", kind="case.advise").order_by("id")
    return [event.facts for event in events]


def test_the_draft_shows_the_advice_and_follows_the_urgency(officer: Client, story: Story) -> None:
    case = story.draft()
    page = officer.get(edit_url(case))
    assert page.context["picked"] == "interpol"
    panel = officer.get(reverse("case-advice", args=[case.pk]), {"urgency": "urgent", "wanted_as": "lead"})
    assert panel.status_code == 200
    assert "urgency=urgent" in panel.context["in_full"]
    assert f"用到 {len(panel.context['doubts'])} 处待核实的资料" in panel.content.decode()


def test_the_first_choice_needs_no_reason_and_is_kept(officer: Client, story: Story) -> None:
    case = story.draft()
    assert choose(officer, case, way="interpol", wanted_as="lead").status_code == 302
    (facts,) = kept(case)
    assert (facts["way"], facts["first"], facts["purpose"]) == ("interpol", "interpol", "lead")
    assert {row["way"] for row in facts["options"]} >= {"moj", "mfa", "interpol"}
    assert {row["topic"] for row in facts["used"]} >= {"interpol", "relations"}
    assert officer.get(edit_url(case)).context["choice"].way == "interpol"


def test_another_channel_asks_for_a_reason_and_loses_no_word(officer: Client, story: Story) -> None:
    case = story.draft()
    answer = choose(officer, case, way="mfa", wanted_as="lead", title="改过的标题")
    assert answer.status_code == 400
    assert "不走它，写明理由" in answer.content.decode()
    assert answer.context["picked"] == "mfa"
    assert kept(case) == []
    case.refresh_from_db()
    assert case.title == "改过的标题"


def test_the_reason_is_kept_with_the_choice_and_read_on_the_route(officer: Client, cast: Cast, story: Story) -> None:
    case = story.draft()
    answer = choose(officer, case, way="mfa", wanted_as="lead", reason="对方大使馆要求。")
    assert answer.status_code == 302
    with acting(cast.actor("kunshan.officer")):
        note = Note.objects.get(case=case, event__kind="case.advise")
    assert note.text == "对方大使馆要求。"
    story.step("kunshan.officer", case, "submit")
    page = log_in(cast, "kunshan.chief").get(reverse("case-detail", args=[case.pk])).content.decode()
    assert "打算走外交途径，建议的首选是国际刑警组织渠道" in page
    assert "对方大使馆要求。" in page


def test_what_was_advised_then_is_read_on_the_case(officer: Client, cast: Cast, story: Story) -> None:
    case = story.draft()
    choose(officer, case, way="mfa", wanted_as="lead", reason="对方大使馆要求。")
    event = AuditEvent.objects.get(subject=f"case:{case.pk}", kind="case.advise")
    url = reverse("case-advice-kept", args=[case.pk, event.pk])
    story.step("kunshan.officer", case, "submit")
    chief = log_in(cast, "kunshan.chief")
    assert url in chief.get(reverse("case-detail", args=[case.pk])).content.decode()
    # The ledger has moved on since; what was advised then has not.
    keep_event(cast, "TH", "suspended", "all", date(2026, 1, 1))
    page = chief.get(url).content.decode()
    for words in (
        "打算走外交途径，没有走首选的国际刑警组织渠道",
        "对方大使馆要求。",
        "国际刑警组织",
        "待核实",
        "按今天再问",
    ):
        assert words in page, words
    assert "当时影响合作的事件" not in page
    assert wrong_words(page, "zh-hans") == []
    chief.cookies["coopdesk_language"] = "en"
    assert wrong_words(chief.get(url).content.decode(), "en") == []
    assert chief.get(reverse("case-advice-kept", args=[case.pk, event.pk + 1000])).status_code == 404
    assert log_in(cast, "ruili.officer").get(url).status_code == 404


def test_what_is_picked_and_typed_waits_until_it_is_kept(officer: Client, story: Story) -> None:
    case = story.draft()
    typed = {"way": "mfa", "wanted_as": "lead", "reason": "对方大使馆要求。"}
    assert officer.post(edit_url(case), draft_form(case, action="save", **typed)).status_code == 302
    page = officer.get(edit_url(case)).context
    assert (page["picked"], page["wanted_as"], page["reason"]) == ("mfa", "lead", "对方大使馆要求。")
    assert kept(case) == []
    case.refresh_from_db()
    assert choose(officer, case, **typed).status_code == 302
    assert len(kept(case)) == 1


def test_filing_keeps_the_channel_and_asks_why_another_is_taken(officer: Client, story: Story) -> None:
    case = story.draft()
    typed = {"way": "mfa", "wanted_as": "lead", "reason": ""}
    answer = officer.post(edit_url(case), draft_form(case, action="submit", title="改过的标题", **typed))
    assert answer.status_code == 400
    assert "不走它，写明理由" in answer.content.decode()
    assert (answer.context["picked"], "改过的标题" in answer.content.decode()) == ("mfa", True)
    case.refresh_from_db()
    assert (case.status, kept(case)) == ("draft", [])
    typed["reason"] = "对方大使馆要求。"
    assert officer.post(edit_url(case), draft_form(case, action="submit", **typed)).status_code == 302
    case.refresh_from_db()
    assert case.status != "draft"
    (facts,) = kept(case)
    assert facts["way"] == "mfa"
    assert all(row["value"] and row["source"] for row in facts["used"])


def test_a_channel_that_was_kept_is_not_kept_again_as_the_case_is_filed(officer: Client, story: Story) -> None:
    case = story.draft()
    typed = {"way": "mfa", "wanted_as": "lead", "reason": "对方大使馆要求。"}
    choose(officer, case, **typed)
    case.refresh_from_db()
    assert officer.post(edit_url(case), draft_form(case, action="submit", **typed)).status_code == 302
    assert len(kept(case)) == 1


def test_a_closed_channel_is_refused_with_why(officer: Client, story: Story) -> None:
    case = story.draft()
    answer = choose(officer, case, way="moj", wanted_as="lead", reason="想走司法部")
    assert answer.status_code == 400
    assert "这条渠道走不通" in answer.content.decode()
    assert kept(case) == []


def test_a_choice_for_another_type_no_longer_stands(officer: Client, story: Story) -> None:
    case = story.draft()
    choose(officer, case, way="interpol", wanted_as="lead")
    case.refresh_from_db()
    changed = {"country": "FR", "request_type": "police_cooperation_out"}
    officer.post(edit_url(case), draft_form(case, action="save", **changed))
    assert officer.get(edit_url(case)).context["choice"] is None


def test_others_do_not_see_the_panel(cast: Cast, story: Story) -> None:
    case = story.draft()
    url = reverse("case-advice", args=[case.pk])
    assert log_in(cast, "ruili.officer").get(url).status_code == 404
    assert log_in(cast, "kunshan.chief").get(url).status_code in (403, 404)
