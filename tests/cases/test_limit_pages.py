"""内部时限 in the browser: everybody reads where each number comes from, those who may set one see first what differs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from agencies.scope import acting
from cases import internal_limits
from cases.internal_limits import Asked, today
from cases.models import Deadline, InternalLimit
from cases.web import limits as pages
from tests.browsing import log_in

pytestmark = pytest.mark.django_db
LIST, SET = reverse("internal-limit-list"), reverse("internal-limit-set")
FORM = {
    "kind": "review",
    "urgency": "normal",
    "direction": "",
    "family": "",
    "tier": "",
    "amount": "4",
    "unit": "working_day",
    "warn_before": "1",
    "escalate_after": "2",
    "extend_by": "4",
    "effective_from": "",
    "note": "公境外〔2026〕12号",
}


def put(cast, login: str, **changes) -> InternalLimit:
    actor = cast.actor(login)
    numbers = {"kind": "review", "urgency": "normal", "amount": 4, "warn_before": 1, "extend_by": 4}
    with acting(actor):
        return internal_limits.set_limit(actor=actor, asked=Asked(**{**numbers, **changes}))


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def row_of(answer, kind: str) -> str:
    """The row of a kind in the table, as text."""
    (row,) = re.findall(
        rf'<tr role="row"><th role="rowheader" scope="row" class="c-main">{kind}</th>.*?</tr>',
        answer.content.decode(),
        re.S,
    )
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row))


class TestTheTable:
    def test_everybody_reads_defaults_marked_as_such(self, cast):
        for login in ("kunshan.officer", "auditor", "sysadmin"):
            answer = log_in(cast, login).get(LIST)
            assert row_of(answer, "审核").split()[:2] == ["审核", "普通"]
            assert "5 个工作日 Coopdesk 默认 提前 2 提醒，超 3 上报，最多延 5" in row_of(answer, "审核")
            assert "没有法律规定，是本系统的默认值" in text(answer)
            assert SET not in answer.content.decode()

    def test_an_officer_sees_his_provinces_others_the_nations(self, cast):
        put(cast, "guohe.chief")
        put(cast, "jiangsu.chief", amount=3, extend_by=0)
        assert "3 个工作日 本省更严 提前 1 提醒，超 1 上报，不得延长" in row_of(
            log_in(cast, "kunshan.officer").get(LIST), "审核"
        )
        assert "4 个工作日 公安部设定" in row_of(log_in(cast, "ruili.officer").get(LIST), "审核")
        ministry = log_in(cast, "guohe.officer")
        assert "4 个工作日 公安部设定" in row_of(ministry.get(LIST), "审核")
        assert "3 个工作日 本省更严" in row_of(ministry.get(LIST, {"province": "320000000000"}), "审核")
        assert "4 个工作日 公安部设定" in row_of(log_in(cast, "kunshan.chief").get(LIST, {"province": ""}), "审核")

    def test_filters_and_what_comes(self, cast):
        put(cast, "guohe.chief", amount=2, family="extradition")
        put(cast, "guohe.chief", amount=3, tier="county", effective_from=today() + timedelta(days=400))
        client = log_in(cast, "guohe.chief")
        assert "5 个工作日" in row_of(client.get(LIST), "审核")
        assert "只用于引渡" in row_of(client.get(LIST, {"family": "extradition"}), "审核")
        row = row_of(client.get(LIST, {"tier": "county", "direction": "outgoing"}), "审核")
        assert re.search(r"\d+日 ?起改为 3 个工作日", row)
        assert "5 个工作日" in row_of(client.get(LIST, {"family": "x", "tier": "x", "after": "x"}), "审核")

    def test_an_officer_sees_first_what_holds_at_his_own_agency(self, cast):
        put(cast, "guohe.chief", amount=2, tier="county")
        put(cast, "guohe.chief", amount=3, family="extradition")
        put(cast, "guohe.chief", amount=1, warn_before=0, tier="city")
        put(cast, "guohe.chief", amount=1, warn_before=0, tier="city", withdrawn=True)
        county = log_in(cast, "kunshan.officer").get(LIST)
        assert "2 个工作日 公安部设定" in row_of(county, "审核")
        assert "现在显示 昆山市公安局 （县级机关）适用的时限" in text(county)
        assert "引渡另有规定" in row_of(county, "审核")
        everywhere = log_in(cast, "kunshan.officer").get(LIST, {"tier": "", "province": ""})
        assert "5 个工作日" in row_of(everywhere, "审核")
        assert "县级机关、引渡另有规定" in row_of(everywhere, "审核")
        assert "现在显示" not in text(everywhere)
        # The ministry sees its own tier's, and is not led to set for that tier alone.
        ministry = log_in(cast, "guohe.chief").get(LIST)
        assert "5 个工作日" in row_of(ministry, "审核")
        assert (
            "tier=ministry"
            not in re.search(r'<table class="table table--stack limits".*?</table>', ministry.text, re.S)[0]
        )

    def test_what_was_set_is_listed_newest_first_and_paged(self, cast, monkeypatch):
        monkeypatch.setattr(pages.limits, "HISTORY", 2)
        for amount in (9, 8, 7):
            put(cast, "guohe.chief", amount=amount, note=f"第{amount}号")
        answer = log_in(cast, "kunshan.officer").get(LIST)
        assert [f"第{n}号" in text(answer) for n in (9, 8, 7)] == [False, True, True]
        after = re.search(r"after=(\d+)", answer.content.decode())[1]
        assert "第9号" in text(log_in(cast, "kunshan.officer").get(LIST, {"after": after}))


class TestSetting:
    def test_first_what_differs_then_it_is_set(self, cast, story):
        case = story.submitted()
        client = log_in(cast, "guohe.chief")
        opened = client.get(SET, {"kind": "review", "urgency": "urgent"}).content.decode()
        assert re.search(r'name="amount"[^>]* value="3"|value="3"[^>]* name="amount"', opened)
        preview = client.post(SET, {**FORM, "do": "look"})
        assert "有 1 个正在计的时限与它不同" in re.sub(r" (?=\d)|(?<=\d) ", " ", text(preview))
        assert case.number in text(preview)
        assert "昆山市公安局 1" in text(preview)
        assert not InternalLimit.objects.exclude(set_by=None).exists()
        with acting(cast.actor("kunshan.chief")):
            before = Deadline.objects.get(case=case).due_at
        sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', preview.content.decode()))
        assert {name: sent.get(name, "") for name in FORM} == FORM
        done = client.post(SET, {**sent, "do": "save"}, follow=True)
        row = InternalLimit.objects.exclude(set_by=None).get()
        assert (row.amount, row.note, row.agency, row.set_by) == (4, FORM["note"], None, cast.officer("guohe.chief"))
        assert "已设定。已经开始的时限没有变。" in text(done)
        assert case.number in text(done)
        with acting(cast.actor("kunshan.chief")):
            assert Deadline.objects.get(case=case).due_at == before

    def test_going_back_keeps_what_was_typed(self, cast):
        page = log_in(cast, "guohe.chief").post(SET, {**FORM, "do": "edit"})
        assert page.status_code == 200
        assert f'value="{FORM["note"]}"' in page.content.decode()

    @pytest.mark.parametrize(
        "changes, words",
        [
            ({"amount": "6"}, "公安部对审核（普通）规定 5 个工作日，省里只能更短。"),
            ({"amount": ""}, "写明数字。"),
            ({"amount": "多"}, "写整数。"),
            ({"amount": "0"}, "最小是 1。"),
            ({"amount": "99999"}, "最大是 "),
            ({"kind": "lunch"}, "选一项。"),
            ({"effective_from": "2020-01-01"}, "不能早于今天：已经开始的时限不会改。"),
            ({"effective_from": "明天"}, "写成 2026-01-31。"),
            ({"withdrawn": "on", "amount": ""}, "这一格没有你机关的设定，不用撤回。"),
        ],
    )
    def test_a_fault_is_said_beside_its_field_and_nothing_typed_is_lost(self, cast, changes, words):
        page = log_in(cast, "jiangsu.supervisor").post(SET, {**FORM, **changes, "do": "save"})
        assert page.status_code == 400
        assert words in text(page)
        assert f'value="{FORM["note"]}"' in page.content.decode()
        assert not InternalLimit.objects.exclude(set_by=None).exists()

    def test_a_withdrawal_needs_no_numbers(self, cast):
        put(cast, "jiangsu.chief", amount=3)
        client = log_in(cast, "jiangsu.supervisor")
        numbers = {"amount": "", "warn_before": "", "escalate_after": "", "extend_by": ""}
        done = client.post(SET, {**FORM, **numbers, "withdrawn": "on", "do": "save"}, follow=True)
        assert "已撤回。" in text(done)
        assert "撤回 3 个工作日" in text(done)
        assert "5 个工作日 ，设定这一项 Coopdesk 默认" in row_of(client.get(LIST), "审核")

    @pytest.mark.parametrize("login", ["suzhou.chief", "kunshan.supervisor", "guohe.desk", "sysadmin"])
    def test_others_do_not(self, cast, login):
        client = log_in(cast, login)
        assert client.get(SET).status_code == 403
        assert client.post(SET, {**FORM, "do": "save"}).status_code == 403
        assert not InternalLimit.objects.exclude(set_by=None).exists()

    def test_many_that_differ_come_in_pages(self, cast, story, monkeypatch):
        monkeypatch.setattr(pages, "PAGE", 1)
        numbers = [story.submitted().number, story.submitted().number]
        client = log_in(cast, "guohe.chief")
        seen = [[n in text(client.post(SET, {**FORM, "page": page})) for n in numbers] for page in ("1", "2")]
        assert sorted(seen) == [[False, True], [True, False]]
        row = put(cast, "guohe.chief")
        url = reverse("internal-limit-detail", args=[row.pk])
        assert [[n in text(client.get(url, {"page": page})) for n in numbers] for page in ("1", "2")] == seen


class TestOne:
    def test_its_history_and_nothing_of_cases_out_of_sight(self, cast, story):
        case = story.submitted()
        put(cast, "guohe.chief", amount=9)
        put(cast, "jiangsu.chief", amount=3)
        row = put(cast, "guohe.chief", amount=4)
        url = reverse("internal-limit-detail", args=[row.pk])
        page = text(log_in(cast, "guohe.chief").get(url))
        assert [part in page for part in ("9 个工作日", "Coopdesk 默认", case.number)] == [True, True, False]
        put(cast, "jiangsu.chief", withdrawn=True)
        assert case.number in text(log_in(cast, "guohe.chief").get(url))
        for stranger in ("yunnan.chief", "sysadmin"):
            assert case.number not in text(log_in(cast, stranger).get(url))
        assert log_in(cast, "guohe.chief").get(reverse("internal-limit-detail", args=[10**6])).status_code == 404
