"""法定期限: the page of the periods, and the ministry's forms for a treaty's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.browsing import log_in
from tests.cast import Cast
from tests.ledgers import done
from tests.treaties.test_overrides import ARREST, FIRST, KEY, LATER, new
from treaties.commands import end_override, set_override
from treaties.models import PeriodOverride

pytestmark = pytest.mark.django_db
LIST, NEW = reverse("time-limit-list"), reverse("time-limit-override")


def text(client: Client, **asked: str) -> str:
    answer = client.get(LIST, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def sections(client: Client, **asked: str) -> dict[str, Any]:
    return {str(part.title): part for part in client.get(LIST, asked).context["sections"]}


def typed(**changes: str) -> dict[str, str]:
    """What the form posts for the override of the tests."""
    return {
        "country": "TH",
        "key": KEY,
        "scope": ARREST,
        "amount": "45",
        "unit": "calendar_day",
        "article": "【演示】引渡条约第十条",
        "source": "【演示】条约文本",
        "as_of": "2026-01-05",
        "confidence": "confirmed",
        "valid_from": "2026-03-01",
        **changes,
    }


def test_every_officer_reads_every_period_by_type(cast: Cast) -> None:
    for login in ("kunshan.officer", "auditor"):
        found = sections(log_in(cast, login))
        assert list(found) == [
            "警务合作",
            "国际刑警",
            "刑事司法协助",
            "引渡",
            "移管被判刑人",
            "遣返",
            "各类案件都可能用到的措施",
        ]
    rows = {(row.limit.key, row.types): row for row in found["刑事司法协助"].rows}
    plain = rows["competent_authority_processing", "外方提出的各类请求"]
    assert (plain.amount, plain.strength, plain.unchecked) == ("45 日", "期限", True)
    assert plain.started == "计时：请求到部、执行结果到部（普通案件）"
    funds = next(row for (key, _types), row in rows.items() if key == "freeze_funds")
    assert (funds.amount, funds.strength, funds.extension) == ("6 个月", "最长", "每次续期不超过 6 个月")
    assert (funds.types, funds.unchecked) == ("查封、扣押、冻结涉案财物（外国请求）", False)
    notice = next(row for (key, _types), row in rows.items() if key == "summons_min_notice")
    assert (notice.amount, notice.strength, notice.started) == ("3 个月", "提前期", "只作提示，不计时")
    ban = next(row for row in found["遣返"].rows if row.limit.key == "entry_ban_after_removal")
    assert (ban.amount, ban.strength) == ("1—5 年", "幅度")
    named = found["警务合作"].rows[0]
    assert (named.amount, named.strength) == ("按请求书写明的日期", "按请求书")


def test_what_a_row_says(cast: Cast) -> None:
    page = text(log_in(cast, "kunshan.officer"), type="repatriation_of_foreigner")
    assert "延长后最长 60 日：上一级批准" in page
    assert "《出境入境管理法》第六十条第三款" in page
    assert "涉及人身自由，不因节假日顺延" in page
    assert "个待核实。" not in page  # all of it was checked
    assert "按先到的提醒" in text(log_in(cast, "kunshan.officer"), type="mla_evidence_in")


def test_a_type_is_shown_alone(cast: Cast) -> None:
    found = sections(log_in(cast, "kunshan.officer"), type="mla_evidence_in")
    first = next(iter(found.values()))
    assert len(found) == 2
    assert {row.limit.key for row in first.rows} >= {"execution_evidence", "case_organ_processing"}
    assert not any(row.types for row in first.rows)


def test_a_country_and_a_day(cast: Cast) -> None:
    row = done(set_override, actor=cast.actor("guohe.desk"), new=new(confidence="sourced"))
    client = log_in(cast, "kunshan.officer")
    page = text(client, country="TH", type=ARREST, on="2026-03-01")
    assert "2026年3月1日" in page or "3月1日" in page
    assert "45 日" in page
    assert f'href="#override-{row.pk}"' in page
    assert "没有录入与老挝的条约期限" in text(client, country="LA", on="2026-03-01")
    before = sections(client, country="TH", type=ARREST, on="2026-02-28")
    assert before["外国申请引渡拘留（正式请求前的紧急羁押）"].rows[0].amount == "30 日"
    after = sections(client, country="TH", type=ARREST, on="2026-03-01")
    assert after["外国申请引渡拘留（正式请求前的紧急羁押）"].rows[0].amount == "45 日"
    assert reverse("time-limit-override-end", args=[row.pk]) not in page
    assert NEW not in page


@pytest.mark.parametrize("asked", [{"on": "2026-02-30"}, {"type": "x"}, {"country": "CN"}])
def test_a_wrong_filter_is_said_and_the_rest_is_shown(cast: Cast, asked: dict[str, str]) -> None:
    answer = log_in(cast, "kunshan.officer").get(LIST, asked)
    assert answer.status_code == 400
    assert "筛选条件不对" in answer.content.decode()
    assert answer.context["sections"]


def test_the_ministry_enters_one_and_ends_it(cast: Cast) -> None:
    desk = log_in(cast, "guohe.desk")
    assert NEW in text(desk)
    answer = desk.post(NEW, typed(), follow=True)
    row = PeriodOverride.objects.get()
    assert (row.amount, row.unit, row.valid_from, row.entered_by) == (
        45,
        "calendar_day",
        FIRST,
        cast.officer("guohe.desk"),
    )
    assert row.request_type is not None
    assert (row.request_type.code, row.family, row.source) == (ARREST, "", "【演示】条约文本")
    assert "适用中" in answer.content.decode()
    end = reverse("time-limit-override-end", args=[row.pk])
    assert end in answer.content.decode()
    chief = log_in(cast, "guohe.chief")
    assert "45 日" in chief.get(end).content.decode()
    answer = chief.post(end, {"valid_to": "2026-06-01", "reason": "条约修订。"}, follow=True)
    assert "已终止" in answer.content.decode()
    assert "条约修订。" in answer.content.decode()
    row.refresh_from_db()
    assert (row.valid_to, row.ended_by) == (LATER, cast.officer("guohe.chief"))
    assert end not in text(desk)


def test_alarms_are_shown_with_who_set_them(cast: Cast) -> None:
    desk = log_in(cast, "guohe.desk")
    found = sections(desk)
    rows = {row.limit.key: row for name in ("警务合作", "刑事司法协助") for row in found[name].rows}
    assert rows["execution_evidence"].alarms == "提前 10 日提醒，超 1 日上报"
    assert rows["by_request"].alarms == "提醒看写明的日期有多远，超 1 日上报"
    assert rows["summons_min_notice"].alarms == ""
    assert "Coopdesk 默认：提前 10 日提醒，超 1 日上报" in text(desk, type="mla_evidence_in")
    wrong = desk.post(NEW, typed(warn_before="45", escalate_after="0"))
    assert wrong.status_code == 400
    assert "提前提醒要比期限短" in wrong.content.decode()
    assert 'value="45"' in wrong.content.decode()
    page = desk.post(NEW, typed(warn_before="0", escalate_after="3"), follow=True).content.decode()
    assert page.count("公安部设定：最后一天提醒，超 3 日上报") == 2  # among the treaties, and where it holds
    row = PeriodOverride.objects.get()
    assert (row.warn_before, row.escalate_after) == (0, 3)


def test_one_for_every_type_and_one_for_a_family(cast: Cast) -> None:
    desk = log_in(cast, "guohe.desk")
    desk.post(NEW, typed(key="interrogation", unit="hour", scope="*"))
    desk.post(NEW, typed(key="interrogation", unit="hour", scope="extradition"))
    assert set(PeriodOverride.objects.values_list("request_type", "family")) == {(None, ""), (None, "extradition")}
    page = text(desk, country="TH")
    assert "所有有这个期限的类型" in page


def test_a_link_brings_country_period_and_type_along(cast: Cast) -> None:
    page = log_in(cast, "guohe.desk").get(NEW, {"country": "TH", "key": KEY, "scope": ARREST}).content.decode()
    for value in ("TH", KEY, ARREST):
        assert f'<option value="{value}" selected>' in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": " "}, "写明出处。"),
        ({"amount": "0"}, "写 1 到 999 的整数。"),
        ({"as_of": (timezone.localdate() + timedelta(days=2)).isoformat()}, "查证日期不能晚于今天。"),
        ({"valid_from": "2026-2-30"}, "写成 2026-01-31。"),
        ({"scope": "mla_evidence_in"}, "所选的请求类型没有这个期限"),
        ({"article": "长" * 41}, "40"),
    ],
)
def test_a_bad_form_keeps_what_was_typed(cast: Cast, changes: dict[str, str], words: str) -> None:
    answer = log_in(cast, "guohe.desk").post(NEW, typed(**changes))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in page
    assert 'value="45"' in page or changes.get("amount", "") in page
    assert not PeriodOverride.objects.exists()


def test_a_second_one_says_what_is_in_the_way(cast: Cast) -> None:
    row = done(set_override, actor=cast.actor("guohe.desk"), new=new())
    answer = log_in(cast, "guohe.desk").post(NEW, typed(valid_from="2026-06-01"))
    assert answer.status_code == 400
    assert f"第 {row.pk} 号条约期限在那时还适用" in answer.content.decode()


def test_a_bad_ending_and_one_that_came_second(cast: Cast) -> None:
    row = done(set_override, actor=cast.actor("guohe.desk"), new=new())
    end = reverse("time-limit-override-end", args=[row.pk])
    desk = log_in(cast, "guohe.desk")
    answer = desk.post(end, {"valid_to": "2026-02-01", "reason": "条约修订。"})
    assert (answer.status_code, "不能早于开始适用的日期 2026-03-01" in answer.content.decode()) == (400, True)
    done(end_override, actor=cast.actor("guohe.chief"), override_id=row.pk, valid_to=LATER, reason="条约修订。")
    answer = desk.post(end, {"valid_to": "2026-06-01", "reason": "再来一次。"})
    assert (answer.status_code, "已经终止" in answer.content.decode()) == (400, True)
    assert desk.get(reverse("time-limit-override-end", args=[10**6])).status_code == 404


@pytest.mark.parametrize("login", ["jiangsu.desk", "jiangsu.chief", "guohe.officer", "guohe.supervisor", "auditor"])
def test_nobody_else_gets_the_forms(cast: Cast, login: str) -> None:
    row = done(set_override, actor=cast.actor("guohe.desk"), new=new())
    client = log_in(cast, login)
    end = reverse("time-limit-override-end", args=[row.pk])
    assert {client.get(NEW).status_code, client.post(NEW, typed(country="LA")).status_code} == {403}
    assert {client.get(end).status_code, client.post(end, {"valid_to": "2026-06-01", "reason": "x"}).status_code} == {
        403
    }
    assert PeriodOverride.objects.get().valid_to is None


def test_one_to_come_and_one_that_never_held(cast: Cast) -> None:
    soon = timezone.localdate() + timedelta(days=40)
    desk = cast.actor("guohe.desk")
    row = done(set_override, actor=desk, new=new(valid_from=soon))
    client = log_in(cast, "guohe.desk")
    assert "还没有开始" in text(client)
    done(end_override, actor=desk, override_id=row.pk, valid_to=soon, reason="录错了。")
    page = text(client)
    assert "还没有开始" not in page
    assert "已终止" in page
