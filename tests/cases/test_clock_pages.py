"""The clocks on the case page: each with its basis, why it ends when it does, its past, and its forms."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from agencies.moments import clock as database_clock
from agencies.scope import acting
from cases import deadlines
from cases.models import Deadline
from cases.web.clock_words import resumed
from countries.calendars import SHANGHAI
from tests.browsing import log_in
from tests.stories import FOREIGN

pytestmark = pytest.mark.django_db
EVENING = datetime(2025, 9, 30, 18, 40, tzinfo=SHANGHAI)


@pytest.fixture
def card(cast):
    """`card("guohe.desk", case)`: the card of clocks as text, without tags and spaces."""

    def read(login, case):
        page = log_in(cast, login).get(f"/cases/{case.pk}/").content.decode()
        part = page[page.index('id="clocks"') :]
        return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", part[: part.index("</section>")]))

    return read


@pytest.fixture
def act(cast):
    def run(login, name, case, kind, data, at=None):
        actor = cast.actor(login)
        with acting(actor):
            found = case.deadlines.filter(kind=kind).latest("started_at")
            return getattr(deadlines, name)(actor=actor, case_id=case.pk, deadline_id=found.pk, data=data, at=at)

    return run


def clock(cast, login, case, kind):
    with acting(cast.actor(login)):
        return case.deadlines.filter(kind=kind).latest("started_at")


def url(case, found, act):
    return reverse("case-deadline-act", args=[case.pk, found.pk, act])


class TestWhy:
    def test_after_hours_moves_ours_and_not_the_laws(self, story, card):
        story.moment = EVENING
        said = card("guohe.desk", story.registered())
        assert "2025年9月30日18:40收到，按10月9日起算，" in said
        assert "2025年9月30日18:40起算，当日不计，45日，" in said
        assert "《关于实施国际刑事司法协助法若干问题的规定（试行）》第七条第二款，期限，2025年11月14日前待核实" in said
        assert "内部时限（系统默认）" in said
        assert said.count("超过法定期限，还没有写明原因。") == 1

    def test_a_last_day_off_moves_and_detention_does_not(self, story, cast, card):
        """Forty-five days from 2026-03-20 end on 2026-05-04, a holiday; thirty in custody end on a Saturday."""
        story.moment = datetime(2026, 3, 20, 10, tzinfo=SHANGHAI)
        assert "最后一天5月4日是休息日，顺延到下一个工作日，2026年5月6日到期。" in card("guohe.desk", story.checked())
        story.moment = None
        case = story.decided(request_type="extradition_provisional_arrest_in")
        data = {"limit": "formal_request_after_detention", "at": "2026-10-01"}
        with acting(cast.actor("guohe.desk")):
            deadlines.record_trigger(actor=cast.actor("guohe.desk"), case_id=case.pk, data=data)
        assert "30日，不因休息日顺延，2026年10月31日到期。" in card("guohe.desk", case)

    def test_overlapping_ones_ring_on_the_earlier(self, story, card):
        said = card("jiangsu.officer", story.in_execution("jiangsu"))
        assert "与另外1个时限重叠，以这一个提醒。" in said
        assert "与先到期的时限重叠，提醒以先到期的为准。" in said
        assert said.index("以这一个提醒") < said.index("提醒以先到期的为准")

    def test_one_that_stands_still_keeps_no_other_quiet(self, story, cast, card, act):
        case = story.in_execution("jiangsu")
        with acting(cast.actor("jiangsu.chief")):
            first = case.deadlines.filter(met_at=None, cancelled_at=None).exclude(overlap="").earliest("due_at")
        act("jiangsu.chief", "pause", case, first.kind, {"category": "foreign_side", "reason": "等对方补充。"})
        assert "提醒以先到期的为准" not in card("jiangsu.officer", case)

    def test_the_foreign_side_has_its_own(self, story, card):
        said = card("guohe.desk", story.dispatched())
        assert said.index("等外方等外方确认收到") < said.index("预期答复") < said.index("按期办结")

    def test_paused_and_extended(self, story, card, act):
        case, now = story.submitted(), database_clock()
        act("suzhou.chief", "extend", case, "review", {"amount": 2, "reason": "等泰文译文。"})
        since = (now - timedelta(minutes=0)).isoformat()
        act("kunshan.chief", "pause", case, "review", {"category": "court", "reason": "法院调卷。", "from": since})
        said = card("kunshan.chief", case)
        for words in ("延长2个工作日）", "原定", "暂停", "司法程序需要", "法院调卷。", "等泰文译文。", "2条记录"):
            assert words in said, words

    def test_those_of_an_agency_beside_the_route_stay_hidden(self, story, card):
        case = story.step(
            "kunshan.desk", story.submitted(), "invite", question="？", agencies=["530000000000", "110000000000"]
        )
        assert "北京市公安局会办意见" in card("kunshan.desk", case)
        assert "北京市公安局" not in card("yunnan.chief", case)


class TestForms:
    @pytest.mark.parametrize(
        "login, offered",
        [
            ("kunshan.chief", {"暂停"}),
            ("kunshan.desk", {"暂停"}),
            ("kunshan.officer", set()),
            ("kunshan.supervisor", set()),
            ("suzhou.chief", {"延长"}),
            ("guohe.supervisor", {"延长"}),
        ],
    )
    def test_whoever_may_is_offered_them(self, story, cast, login, offered):
        case = story.submitted()
        page = log_in(cast, login).get(f"/cases/{case.pk}/").content.decode()
        assert set(re.findall(r'<details name="clock-act"[^>]*><summary>(\w+)</summary>', page)) == offered

    def test_pause_resume_and_what_the_timeline_says(self, story, cast):
        case = story.submitted()
        client, found = log_in(cast, "kunshan.chief"), clock(cast, "kunshan.chief", case, "review")
        typed = {"category": "foreign_side", "reason": "等泰方确认。", "from": ""}
        answer = client.post(url(case, found, "pause"), typed, follow=True)
        assert answer.redirect_chain == [(f"/cases/{case.pk}/#clocks", 302)]
        page = answer.content.decode()
        assert "已暂停计时" in page
        assert 'data-due="pause">暂停' in page
        assert "起暂停，等外方补充或者确认" in page
        page = client.post(url(case, found, "resume"), {"at": ""}, follow=True).content.decode()
        assert "起恢复计时" in page
        assert "已恢复计时，到期时间没有变，还是" in page
        assert "暂停没有跨过一天。" in page

    def test_resuming_says_the_due_date_before_and_after(self, story, cast):
        case = story.submitted()
        found = clock(cast, "kunshan.chief", case, "review")
        moved = Deadline(unit="working_day", due_at=found.due_at + timedelta(days=7))
        said = resumed(moved, found.due_at)
        assert re.fullmatch(r"已恢复计时，到期时间从 \d+月\d+日.* 顺延到 \d+月\d+日.*。", said), said

    def test_nothing_typed_is_lost(self, story, cast):
        case = story.submitted()
        found = clock(cast, "kunshan.chief", case, "review")
        client = log_in(cast, "kunshan.chief")
        typed = {"category": "", "reason": "等泰方确认。", "from": "2020-01-01T09:00"}
        answer = client.post(url(case, found, "pause"), typed)
        page = answer.content.decode()
        assert answer.status_code == 400
        for words in (
            "等泰方确认。",
            'value="2020-01-01T09:00"',
            "选择为什么暂停。",
            f'href="#pause-{found.pk}-category"',
        ):
            assert words in page, words
        answer = client.post(url(case, found, "pause"), typed | {"category": "other"})
        assert (answer.status_code, "不能早于起算" in answer.content.decode()) == (422, True)
        answer = log_in(cast, "kunshan.officer").post(url(case, found, "pause"), typed | {"category": "other"})
        assert (answer.status_code, "等泰方确认。" in answer.content.decode()) == (403, True)

    def test_extend_and_explain(self, story, cast):
        story.moment = datetime(2026, 3, 9, 10, tzinfo=SHANGHAI)
        case = story.checked()
        client = log_in(cast, "guohe.chief")
        found = clock(cast, "guohe.chief", case, "competent_authority_processing")
        typed = {"text": "外方迟迟不补充。", "told_to": "公安部领导", "told_on": "2026-04-30"}
        page = client.post(url(case, found, "explain"), typed, follow=True).content.decode()
        for words in ("超期原因已保存", "外方迟迟不补充。", "公安部领导", "超期，告知日期4月30日"):
            assert words in page, words
        assert "还没有写明原因" not in page
        found = clock(cast, "guohe.chief", case, "decision")
        page = client.post(url(case, found, "extend"), {"amount": "900", "reason": "忙。"}).content.decode()
        assert "最多还能延长" in page

    def test_a_trigger_is_recorded_and_done(self, story, cast):
        case = story.in_execution("jiangsu", request_type="mla_freeze_in")
        client, page = log_in(cast, "jiangsu.officer"), f"/cases/{case.pk}/"
        assert "登记期限起算" in client.get(page).content.decode()
        address = reverse("case-deadline-record", args=[case.pk])
        refused = client.post(address, {"limit": "freeze_funds", "at": "2099-01-01T10:00"})
        assert (refused.status_code, 'value="2099-01-01T10:00"' in refused.content.decode()) == (422, True)
        told = client.post(address, {"limit": "freeze_funds", "at": "2026-03-09T10:00"}, follow=True)
        assert "已开始计时。" in told.content.decode()
        found = clock(cast, "jiangsu.officer", case, "freeze_funds")
        told = client.post(url(case, found, "finish"), {"at": "2026-05-01T10:00"}, follow=True)
        assert "按期办结" in told.content.decode()

    def test_hidden_and_absent_are_one(self, story, cast):
        case = story.submitted()
        found = clock(cast, "kunshan.chief", case, "review")
        stranger = log_in(cast, "ruili.chief")
        assert stranger.post(url(case, found, "pause"), {}).status_code == 404
        typed = {"category": "other", "reason": "？"}
        assert stranger.post(url(case, found, "pause"), typed).status_code == 404
        chief, other = log_in(cast, "kunshan.chief"), story.submitted()
        assert [chief.post(url(other, found, "pause"), data).status_code for data in ({}, typed)] == [404, 404]
        assert chief.post(url(case, found, "stop"), typed).status_code == 404


def test_until_when_a_foreign_request_is_wanted(story, card, cast):
    """MPSR-379: the period that the letter names takes the place of the article's own."""
    case = story.registered(wanted_by="2026-12-31")
    assert "2026年12月31日" in log_in(cast, "guohe.desk").get(f"/cases/{case.pk}/").content.decode()
    case = story.in_execution("jiangsu", wanted_by="2035-12-31")
    said = card("jiangsu.officer", case)
    assert "2035年12月31日" in said
    assert FOREIGN["title"] in log_in(cast, "jiangsu.officer").get(f"/cases/{case.pk}/").content.decode()
