"""A ledger's records, contacts that open for a purpose, and what officers propose."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.errors import Conflict
from agencies.models import AuditEvent
from agencies.scope import acting
from countries.ledger_commands import fingerprint
from countries.models import FactChange, LedgerProposal, LedgerRecord, LedgerTopic
from countries.records import state_record
from tests.browsing import log_in
from tests.cast import Cast
from tests.ledgers import done
from tests.stories import Story

pytestmark = pytest.mark.django_db
TH = reverse("country-detail", args=["TH"])


def new_url(kind: str) -> str:
    return reverse("ledger-record-new", args=["TH"]) + f"?kind={kind}"


def said(client: Client, url: str, **values: str) -> dict[str, str]:
    """What the form of a record posts, as it was opened, with these values."""
    form = client.get(url).context["form"]
    opened = {name: str(form.initial.get(name) or "") for name in form.fields}
    return opened | {"source": "【演示】外方照会", "as_of": timezone.localdate().isoformat(), **values}


def enter(cast: Cast, kind: str, **values: str) -> LedgerRecord:
    desk = log_in(cast, "guohe.desk")
    answer = desk.post(new_url(kind), said(desk, new_url(kind), **values))
    assert answer.status_code == 302, answer.content.decode()
    return LedgerRecord.objects.latest("pk")


def post_record(cast: Cast) -> LedgerRecord:
    values = {"name_zh": "驻泰国警务联络官", "side": "ours", "seat": "曼谷", "contact": "+66 0000 0000"}
    return enter(cast, "post", **values)


def test_an_event_stands_in_the_head_while_it_lasts(cast: Cast) -> None:
    event = {"name_zh": "签证中心停办", "starts_on": "2026-01-01", "scope": "police", "effect": "slower"}
    row = enter(cast, "event", **event)
    client = log_in(cast, "kunshan.officer")
    assert "正在影响合作：签证中心停办。" in client.get(TH).content.decode()
    assert "正在影响合作" not in client.get(TH, {"on": "2025-12-31"}).content.decode()
    assert row.provenance.keys() == {"name_zh", "starts_on", "attrs"}
    desk, url = log_in(cast, "guohe.desk"), reverse("ledger-record", args=[row.pk])
    assert desk.post(url, said(desk, url, ends_on="2026-02-01")).status_code == 302
    assert "正在影响合作" not in client.get(TH, {"on": "2026-02-02"}).content.decode()
    assert "2026-02-01" in client.get(url).content.decode()  # in the history


def test_the_ladder_and_the_kinds_own_fields(cast: Cast) -> None:
    enter(cast, "mechanism", name_zh="执法安全对话", maturity="dialogue", starts_on="2024-05-01")
    page = log_in(cast, "kunshan.officer").get(TH).content.decode()
    assert "对话（2 级，共 5 级）" in page
    assert "2024年5月1日起" in page


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("event", {"name_zh": "停办", "scope": "all", "effect": "slower"}, "写明日期。"),
        ("event", {"name_zh": "停办", "starts_on": "2026-01-01", "scope": "moon", "effect": "slower"}, "选一项。"),
        ("mechanism", {"name_zh": "", "maturity": "contact"}, "中文、英文至少写一个。"),
        (
            "mechanism",
            {"name_zh": "对话", "maturity": "contact", "starts_on": "2026-02-01", "ends_on": "2026-01-01"},
            "结束不能早于开始。",
        ),
        ("mechanism", {"name_zh": "对话", "maturity": "contact", "source": ""}, "写明出处。没有出处的不能录入。"),
    ],
)
def test_a_bad_record_is_said_and_kept_on_the_form(cast: Cast, kind: str, values: dict[str, str], words: str) -> None:
    desk = log_in(cast, "guohe.desk")
    answer = desk.post(new_url(kind), said(desk, new_url(kind), text_zh="记下的话。", **values))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert "记下的话。" in answer.content.decode()
    assert not LedgerRecord.objects.exists()


def test_the_database_refuses_a_record_without_a_source(cast: Cast) -> None:
    row = enter(cast, "lesson", name_zh="先核对账户")
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerRecord.objects.filter(pk=row.pk).update(text_zh="没有出处")


def test_two_at_once_lose_nothing(cast: Cast) -> None:
    row = enter(cast, "lesson", name_zh="先核对账户", text_zh="旧的。")
    url = reverse("ledger-record", args=[row.pk])
    desk, chief = log_in(cast, "guohe.desk"), log_in(cast, "guohe.chief")
    first, second = said(desk, url, text_zh="甲写的。"), said(chief, url, text_zh="乙写的。")
    assert desk.post(url, first).status_code == 302
    answer = chief.post(url, second)
    assert answer.status_code == 409
    assert "甲写的。" in answer.content.decode()
    assert "乙写的。" in answer.content.decode()
    row.refresh_from_db()
    assert row.text_zh == "甲写的。"


def test_a_contact_opens_for_a_purpose_and_leaves_a_trace(cast: Cast) -> None:
    row = post_record(cast)
    client, url = log_in(cast, "kunshan.officer"), reverse("ledger-record-contact", args=[row.pk])
    for address in (TH, reverse("ledger-record", args=[row.pk]), reverse("country-changes")):
        assert "+66 0000 0000" not in client.get(address).content.decode()
        assert "+66 0000 0000" not in log_in(cast, "guohe.desk").get(address).content.decode()
    assert client.post(url, {"purpose": ""}).status_code == 400
    assert not AuditEvent.objects.filter(kind="ledger.contact").exists()
    assert "+66 0000 0000" in client.post(url, {"purpose": "urgent"}).content.decode()
    event = AuditEvent.objects.get(kind="ledger.contact")
    assert (event.officer, event.facts["purpose"]) == (cast.officer("kunshan.officer"), "urgent")
    fragment = client.post(url, {"purpose": "urgent"}, headers={"HX-Request": "true"}).content.decode()
    assert "+66 0000 0000" in fragment
    assert "<html" not in fragment
    assert log_in(cast, "auditor").post(url, {"purpose": "urgent"}).status_code == 403


def test_correcting_a_record_keeps_its_contact(cast: Cast) -> None:
    row = post_record(cast)
    desk, url = log_in(cast, "guohe.desk"), reverse("ledger-record", args=[row.pk])
    assert "+66 0000 0000" not in desk.get(url).content.decode()
    assert desk.post(url, said(desk, url, seat="清迈")).status_code == 302
    row.refresh_from_db()
    assert (row.contact, row.attrs["seat"]) == ("+66 0000 0000", "清迈")


def test_a_mistake_is_withdrawn_and_kept(cast: Cast) -> None:
    row = enter(cast, "lesson", name_zh="写错了国家")
    url = reverse("ledger-record-withdraw", args=[row.pk])
    desk = log_in(cast, "guohe.desk")
    desk.post(url, {"reason": ""})
    row.refresh_from_db()
    assert row.withdrawn_at is None
    desk.post(url, {"reason": "写错了国家"})
    client = log_in(cast, "kunshan.officer")
    assert "写错了国家" not in client.get(TH).content.decode()
    assert "已经撤下" in desk.get(reverse("ledger-record", args=[row.pk])).content.decode()


@pytest.mark.parametrize("login", ["kunshan.officer", "jiangsu.desk", "auditor"])
def test_nobody_else_writes_records(cast: Cast, login: str) -> None:
    row = enter(cast, "lesson", name_zh="先核对账户")
    client = log_in(cast, login)
    for url in (new_url("lesson"), reverse("ledger-record", args=[row.pk])):
        assert client.post(url, {"name_zh": "别的"}).status_code == 403
    assert client.post(reverse("ledger-record-withdraw", args=[row.pk]), {"reason": "x"}).status_code == 403


# --- Proposals -------------------------------------------------------------------------------------------------------


def proposed(cast: Cast, **values: str) -> LedgerProposal:
    client = log_in(cast, "kunshan.officer")
    given = {"kind": "correction", "text": "首都的写法不对。", "source": "外方网站", **values}
    answer = client.post(reverse("ledger-propose", args=["TH"]), given)
    assert answer.status_code == 302, answer.content.decode()
    return LedgerProposal.objects.latest("pk")


def test_a_correction_is_accepted_by_stating_it(cast: Cast) -> None:
    row = proposed(cast, topic="capital")
    desk = log_in(cast, "guohe.desk")
    page = desk.get(reverse("ledger-proposal", args=[row.pk]))
    accept = page.context["accept_url"]
    assert "首都的写法不对。" in desk.get(accept).content.decode()
    form = said(desk, accept, text_zh="曼谷", source="外方网站")
    assert form["proposal"] == str(row.pk)
    assert desk.post(accept, form).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("accepted", cast.officer("guohe.desk"))
    assert "已采纳" in log_in(cast, "kunshan.officer").get(reverse("ledger-proposal", args=[row.pk])).content.decode()


def test_a_lesson_becomes_a_record(cast: Cast) -> None:
    row = proposed(cast, kind="lesson", text="先核对账户再发函。")
    desk = log_in(cast, "guohe.desk")
    accept = desk.get(reverse("ledger-proposal", args=[row.pk])).context["accept_url"]
    assert desk.post(accept, said(desk, accept, name_zh="先核对账户")).status_code == 302
    row.refresh_from_db()
    assert row.state == "accepted"
    assert "先核对账户再发函。" in log_in(cast, "kunshan.officer").get(TH).content.decode()


def test_a_case_is_named_only_by_who_sees_it(cast: Cast, story: Story) -> None:
    case = story.draft()
    url = reverse("ledger-propose", args=["TH"])
    given = {"kind": "lesson", "text": "先核对账户。", "source": "办案", "case_number": case.number}
    answer = log_in(cast, "ruili.officer").post(url, given)
    assert (answer.status_code, "没有找到这个编号的案件" in answer.content.decode()) == (400, True)
    assert "先核对账户。" in answer.content.decode()
    row = proposed(cast, kind="lesson", case_number=case.number)
    assert row.case_number == case.number
    # A draft is its agency's alone: the desk reads the lesson, and not which case it comes from.
    told, desk = reverse("ledger-proposal", args=[row.pk]), log_in(cast, "guohe.desk")
    assert case.number in log_in(cast, "kunshan.officer").get(told).content.decode()
    page = desk.get(told)
    assert case.number not in page.content.decode()
    assert case.number not in desk.get(page.context["accept_url"]).content.decode()


def test_a_proposal_is_seen_by_its_organ_and_the_desk(cast: Cast) -> None:
    row = proposed(cast)
    url = reverse("ledger-proposal", args=[row.pk])
    seen = {
        login: log_in(cast, login).get(url).status_code
        for login in ("kunshan.chief", "guohe.chief", "ruili.officer", "jiangsu.desk", "auditor")
    }
    assert seen == {"kunshan.chief": 200, "guohe.chief": 200, "ruili.officer": 404, "jiangsu.desk": 404, "auditor": 404}
    answer = reverse("ledger-proposal-answer", args=[row.pk])
    assert log_in(cast, "kunshan.chief").post(answer, {"answer": "好。"}).status_code == 403
    for login, number in (
        ("ruili.officer", 0),
        ("auditor", 0),
        ("guohe.supervisor", 0),
        ("kunshan.desk", 1),
        ("guohe.desk", 1),
    ):
        with acting(cast.actor(login)):  # the database's own wall
            assert LedgerProposal.objects.count() == number, login


@pytest.mark.parametrize(("changes", "words"), [({"text": ""}, "写明应当是什么。"), ({"source": ""}, "写明出处。")])
def test_a_bad_proposal_keeps_what_was_typed(cast: Cast, changes: dict[str, str], words: str) -> None:
    given = {"kind": "correction", "text": "应当是曼谷。", "source": "外方网站", **changes}
    answer = log_in(cast, "kunshan.officer").post(reverse("ledger-propose", args=["TH"]), given)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert next(text for text in (given["text"], given["source"]) if text) in answer.content.decode()


# --- Taken over where it belongs, or not at all ----------------------------------------------------------------------


def accepting(cast: Cast, row: LedgerProposal) -> str:
    return str(log_in(cast, "guohe.desk").get(reverse("ledger-proposal", args=[row.pk])).context["accept_url"])


def test_a_refused_acceptance_states_nothing(cast: Cast) -> None:
    value, lesson = proposed(cast, topic="capital"), proposed(cast, kind="lesson")
    desk = log_in(cast, "guohe.desk")
    for row, typed in ((value, {"text_zh": "曼谷（新）"}), (lesson, {"name_zh": "先核对账户"})):
        url = accepting(cast, row)
        form = said(desk, url, **typed)
        desk.post(reverse("ledger-proposal-answer", args=[row.pk]), {"answer": "已核对，不改。"})
        answer = desk.post(url, form)
        assert (answer.status_code, "这条建议已经答复过" in answer.content.decode()) == (400, True)
        assert next(iter(typed.values())) in answer.content.decode()
    assert not LedgerRecord.objects.exists()
    assert not FactChange.objects.exclude(officer=None).exists()


def test_a_proposal_is_taken_over_only_where_it_belongs(cast: Cast) -> None:
    value, lesson = proposed(cast, topic="capital"), proposed(cast, kind="lesson", text="先核对账户再发函。")
    desk = log_in(cast, "guohe.desk")
    elsewhere = accepting(cast, value).replace("capital", "police")
    laos = reverse("ledger-record-new", args=["LA"]) + f"?kind=lesson&proposal={lesson.pk}"
    for url, row, typed in (
        (elsewhere, value, {"text_zh": "某机关"}),
        (laos, lesson, {"name_zh": "先核对账户"}),
        (new_url("mechanism") + f"&proposal={lesson.pk}", lesson, {"name_zh": "对话", "maturity": "contact"}),
    ):
        opened = desk.get(url)
        assert row.text not in opened.content.decode()
        answer = desk.post(url, said(desk, url, proposal=str(row.pk), **typed))
        assert "这条建议说的不是这里" in answer.content.decode()
    assert set(LedgerProposal.objects.values_list("state", flat=True)) == {"open"}
    assert not LedgerRecord.objects.exists()
    assert not FactChange.objects.exclude(officer=None).exists()


def test_nobody_decides_what_he_proposed_himself(cast: Cast) -> None:
    desk, chief = log_in(cast, "guohe.desk"), log_in(cast, "guohe.chief")
    given = {"kind": "correction", "text": "首都的写法不对。", "source": "外方网站", "topic": "capital"}
    assert desk.post(reverse("ledger-propose", args=["TH"]), given).status_code == 302
    row = LedgerProposal.objects.latest("pk")
    url = reverse("ledger-proposal", args=[row.pk])
    assert desk.post(reverse("ledger-proposal-answer", args=[row.pk]), {"answer": "好。"}).status_code == 403
    accept = chief.get(url).context["accept_url"]
    answer = desk.post(accept, said(desk, accept, text_zh="曼谷", source="外方网站"))
    assert "由别人采纳" in answer.content.decode()
    assert chief.post(accept, said(chief, accept, text_zh="曼谷", source="外方网站")).status_code == 302


def test_what_is_sent_twice_is_entered_once(cast: Cast) -> None:
    desk, officer = log_in(cast, "guohe.desk"), log_in(cast, "kunshan.officer")
    url = new_url("lesson")
    form = said(desk, url, name_zh="先核对账户", token=desk.get(url).context["form"]["token"].value())
    assert [desk.post(url, form).status_code for _ in range(2)] == [302, 302]
    assert LedgerRecord.objects.count() == 1
    url = reverse("ledger-propose", args=["TH"])
    given = {"kind": "correction", "text": "不对。", "source": "外方网站"}
    given["token"] = officer.get(url).context["form"]["token"].value()
    assert len({officer.post(url, given).headers["Location"] for _ in range(2)}) == 1
    assert LedgerProposal.objects.count() == 1


@pytest.mark.parametrize("field", ["text", "source"])
@pytest.mark.parametrize("number", ["GJHZ-2026-320583-000001", "ｇｊｈｚ－2026－320583－000001"])
def test_no_case_number_comes_into_a_ledger(cast: Cast, field: str, number: str) -> None:
    given = {"kind": "lesson", "text": "先核对账户。", "source": "办案", field: f"见 {number} 一案"}
    answer = log_in(cast, "kunshan.officer").post(reverse("ledger-propose", args=["TH"]), given)
    assert (answer.status_code, "案件编号不进台账" in answer.content.decode()) == (400, True)
    assert not LedgerProposal.objects.exists()
    desk = log_in(cast, "guohe.desk")
    typed = {"name_zh": "先核对账户", {"text": "text_zh", "source": "source"}[field]: given[field]}
    answer = desk.post(new_url("lesson"), said(desk, new_url("lesson"), **typed))
    assert (answer.status_code, "案件编号不进台账" in answer.content.decode()) == (400, True)
    assert not LedgerRecord.objects.exists()


def test_what_was_withdrawn_is_nobody_elses_to_read(cast: Cast) -> None:
    row = enter(cast, "lesson", name_zh="写错了国家")
    desk, client = log_in(cast, "guohe.desk"), log_in(cast, "kunshan.officer")
    url = reverse("ledger-record", args=[row.pk])
    opened = said(desk, url, name_zh="改一改")
    assert "写错了国家" in client.get(reverse("country-changes")).content.decode()
    assert desk.post(reverse("ledger-record-withdraw", args=[row.pk]), {"reason": "国别不对"}).status_code == 302
    assert client.get(url).status_code == 404
    changes = client.get(reverse("country-changes")).content.decode()
    assert ("写错了国家" in changes, "已撤下" in changes, url in changes) == (False, True, False)
    # The form was open meanwhile.
    values = {"name_zh": "改一改", "name_en": "", "text_zh": "", "text_en": "", "starts_on": None, "ends_on": None}
    said_by = {"source": "照会", "as_of": timezone.localdate(), "seen": opened["seen"]}
    with pytest.raises(Conflict):
        done(
            state_record,
            actor=cast.actor("guohe.desk"),
            row=row,
            values=values | {"attrs": {}, "contact": ""},
            **said_by,
        )


@pytest.mark.parametrize(
    "typed",
    [
        {"source": "……"},
        {"source": "照\u200b会"},
        {"name_zh": "先\u202e核对"},
        {"text_en": "a\u2066b"},
        {"starts_on": "1066-10-14"},
        {"starts_on": "9999-01-01"},
    ],
)
def test_what_does_not_show_or_cannot_be_is_refused(cast: Cast, typed: dict[str, str]) -> None:
    desk = log_in(cast, "guohe.desk")
    form = said(desk, new_url("lesson"), **{"name_zh": "先核对账户", **typed})
    assert desk.post(new_url("lesson"), form).status_code == 400
    assert not LedgerRecord.objects.exists()


def test_bytes_that_are_no_text_are_refused(cast: Cast) -> None:
    desk = log_in(cast, "guohe.desk")
    body = urlencode(said(desk, new_url("lesson"), name_zh="X")).replace("=X", "=%BD%F0")
    answer = desk.post(new_url("lesson"), body, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, LedgerRecord.objects.exists()) == (400, False)


def test_an_opened_contact_is_not_kept_by_the_browser_nor_read_by_the_auditor(cast: Cast) -> None:
    row = post_record(cast)
    url = reverse("ledger-record-contact", args=[row.pk])
    answer = log_in(cast, "kunshan.officer").post(url, {"purpose": "urgent"})
    assert "no-store" in answer.headers["Cache-Control"]
    seen = {}
    for login in ("kunshan.officer", "auditor"):
        with acting(cast.actor(login)):
            seen[login] = FactChange.objects.filter(subject=row.subject, field="contact").exists()
    assert seen == {"kunshan.officer": True, "auditor": False}


def test_a_contact_tells_nothing_of_itself_in_the_form(cast: Cast) -> None:
    row = post_record(cast)
    before = fingerprint(row)
    row.contact = "+66 1111 1111"
    assert fingerprint(row) == before


def test_a_correction_of_what_is_asked_by_type_names_the_type(cast: Cast) -> None:
    topic = LedgerTopic.objects.filter(per_type=True).first()
    assert topic is not None
    given = {"kind": "correction", "text": "不对。", "source": "外方网站", "topic": topic.code}
    url = reverse("ledger-propose", args=["TH"])
    client = log_in(cast, "kunshan.officer")
    assert client.post(url, given).status_code == 400
    assert client.post(f"{url}?type=mla_evidence_out", given).status_code == 302
