"""督办 through the pages: the forms on the case page, the ledger, one supervision, its notice, who is told."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from agencies.doors.once import fresh_token
from agencies.models import AuditEvent, Notice
from agencies.scope import acting
from cases import deadlines
from cases.clocks import running
from cases.models import Deadline, Supervision
from cases.notices import notify
from cases.paper.notice import first_due
from cases.queries import supervisions as ledger
from tests.browsing import log_in
from tests.cast import PLACES
from tests.language import wrong_words
from tests.supervising import Overseer

pytestmark = pytest.mark.django_db
LIST = "/supervisions/"


@pytest.fixture
def overseer(cast) -> Overseer:
    return Overseer(cast)


def body(response) -> str:
    return response.content.decode()


def case_page(client, case) -> str:
    return body(client.get(reverse("case-detail", args=[case.pk])))


def page_of(one) -> str:
    return reverse("supervision-detail", args=[one.pk])


def issue(client, case, kind="order", **data):
    url = reverse("case-supervise", args=[case.pk, kind])
    return client.post(url, {"token": fresh_token(), "text": "三日内报送。", **data})


def listed(client, **params) -> set[str]:
    return {row["one"].number for row in client.get(LIST, params).context["rows"]}


def tell(kind: str) -> None:
    for event in AuditEvent.objects.filter(kind=kind):
        notify(event, {})


def told(cast, kind: str) -> set[str]:
    tell(kind)
    return set(Notice.objects.filter(kind=kind).values_list("officer__police_number", flat=True))


def test_a_supervisor_orders_from_the_case_page(cast, story):
    case, client = story.submitted(), log_in(cast, "suzhou.supervisor")
    assert 'id="act-supervise-order"' in case_page(client, case)
    response = issue(client, case)
    assert response["Location"] == reverse("case-detail", args=[case.pk])
    page = case_page(client, case)
    assert "已发出督办" in page
    assert "催办与督办" in page
    assert "督办<span" in page  # the timeline


@pytest.mark.parametrize("login", ["kunshan.supervisor", "suzhou.chief", "kunshan.officer", "yunnan.supervisor"])
def test_nobody_else_is_offered_the_forms(cast, story, login):
    case, client = story.submitted(), log_in(cast, login)
    assert "act-supervise" not in case_page(client, case)
    response = issue(client, case)
    assert response.status_code in (403, 404, 422)
    with acting(cast.actor("guohe.supervisor")):
        assert not Supervision.objects.exists()


def test_what_is_refused_comes_back_with_what_was_typed(cast, story):
    case, client = story.submitted(), log_in(cast, "suzhou.supervisor")
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    response = issue(client, case, text="请说明<原因>。", due_on=yesterday)
    assert response.status_code == 422
    assert "期限须在今天以后" in body(response)
    assert "请说明&lt;原因&gt;。" in body(response)
    assert yesterday in body(response)
    assert issue(client, case, text=" ").status_code == 400


def test_a_form_sent_twice_issues_one(cast, story, overseer):
    case, client, token = story.submitted(), log_in(cast, "suzhou.supervisor"), fresh_token()
    for _ in range(2):
        assert issue(client, case, token=token).status_code == 302
    assert overseer.rows(case) == 1


def test_the_feedback_form_stands_first_on_the_case_page_of_the_supervised(cast, story, overseer):
    case = story.submitted()
    one = overseer.order("suzhou.supervisor", case)
    client = log_in(cast, "kunshan.officer")
    page = case_page(client, case)
    assert page.index(f'id="answer-{one.pk}"') < page.index("tabs--stick")
    assert f'id="answer-{one.pk}"' not in case_page(log_in(cast, "suzhou.chief"), case)
    url = reverse("supervision-act", args=[one.pk, "answer"])
    refused = client.post(url, {"text": " "})
    assert refused.status_code == 400
    assert "写明办理情况" in body(refused)
    assert client.post(url, {"text": "今日报送。", "from": "case"})["Location"] == reverse(
        "case-detail", args=[case.pk]
    )
    assert "今日报送。" in body(client.get(page_of(one)))


def test_a_late_form_keeps_its_words(cast, story, overseer):
    one = overseer.order("suzhou.supervisor", story.submitted())
    overseer.answer("kunshan.chief", one)
    client = log_in(cast, "kunshan.officer")
    response = client.post(reverse("supervision-act", args=[one.pk, "answer"]), {"text": "我也写了。"})
    assert response.status_code == 409
    assert "已经反馈过了" in body(response)
    assert "我也写了。" in body(response)


def test_the_issuer_closes_and_the_next_above_watches(cast, story, overseer):
    one = overseer.order("suzhou.supervisor", story.submitted())
    client = log_in(cast, "suzhou.supervisor")
    page = body(client.get(page_of(one)))
    assert 'id="act-escalate"' in page
    assert 'id="act-close"' not in page
    client.post(reverse("supervision-act", args=[one.pk, "escalate"]), {"text": "没有结果。"})
    assert "没有结果。" in body(client.get(page_of(one)))
    above = log_in(cast, "jiangsu.supervisor")
    assert listed(above, view="escalated") == {one.number}
    overseer.answer("kunshan.desk", one)
    assert 'id="act-close"' in body(above.get(page_of(one)))
    above.post(reverse("supervision-act", args=[one.pk, "close"]), {"text": "同意。"})
    assert overseer.fresh(one).state == "closed"


def test_an_issuer_withdraws_and_the_supervised_are_told(cast, story, overseer):
    one = overseer.order("suzhou.supervisor", story.submitted())
    client = log_in(cast, "suzhou.supervisor")
    assert 'id="act-withdraw"' in body(client.get(page_of(one)))
    url = reverse("supervision-act", args=[one.pk, "withdraw"])
    assert "写明撤销的理由" in body(client.post(url, {"text": ""}))
    client.post(url, {"text": "发错了。"})
    page = body(client.get(page_of(one)))
    assert "已撤销" in page
    assert "发错了。" in page
    assert "撤销了督办" in page
    assert "kunshan.chief" in told(cast, "case.supervision_close")


def test_nobody_is_offered_what_has_nobody_above(cast, story, overseer):
    one = overseer.order("guohe.supervisor", story.submitted())
    page = body(log_in(cast, "guohe.supervisor").get(page_of(one)))
    assert 'id="act-withdraw"' in page
    assert 'id="act-escalate"' not in page


def test_the_ledger_opens_where_something_waits(cast, story, overseer):
    one = overseer.order("suzhou.supervisor", story.submitted())
    overseer.escalate("suzhou.supervisor", one)
    above = log_in(cast, "jiangsu.supervisor").get(LIST).context
    assert above["view"] == "escalated"
    assert [tab["count"] for tab in above["tabs"]] == [0, 0, 1]
    assert log_in(cast, "jiangsu.chief").get(LIST).context["view"] == "escalated"
    assert log_in(cast, "suzhou.supervisor").get(LIST).context["view"] == "issued"
    assert log_in(cast, "kunshan.officer").get(LIST).context["view"] == "received"


def test_the_ledger_counts_and_narrows(cast, story, overseer):
    first, second = story.submitted(), story.submitted()
    late, answered = overseer.order("suzhou.supervisor", first), overseer.order("suzhou.supervisor", second)
    reminder = overseer.remind("suzhou.supervisor", second)
    from_above = overseer.order("jiangsu.supervisor", second)
    overseer.answer("kunshan.officer", answered)
    with acting(cast.actor("suzhou.supervisor")):
        clock = Deadline.objects.get(supervision=late)
        clock.started_at -= timedelta(days=60)
        running.recount(clock, timezone.now())
    client = log_in(cast, "suzhou.supervisor")
    assert listed(client) == {late.number, answered.number, reminder.number}
    for state, numbers in {
        "overdue": {late.number},
        "waiting": {late.number},
        "answered": {answered.number},
        "unclosed": {late.number, answered.number, reminder.number},
        "closed": set(),
        "escalated": set(),
    }.items():
        assert listed(client, state=state) == numbers, state
        tiles = {tile["url"].partition("state=")[2]: tile["count"] for tile in client.get(LIST).context["tiles"]}
        assert tiles[state] == len(numbers), state
    assert listed(client, kind="reminder") == {reminder.number}
    assert listed(client, agency=PLACES["kunshan"]) == {late.number, answered.number, reminder.number}
    theirs = log_in(cast, "kunshan.officer")
    assert listed(theirs) == {late.number, answered.number, reminder.number, from_above.number}
    assert listed(theirs, agency=PLACES["jiangsu"]) == {from_above.number}
    assert listed(log_in(cast, "ruili.officer")) == set()
    assert client.get(LIST, {"state": "lost"}).status_code == 400


def test_the_ledger_turns_pages_both_ways(cast, story, overseer):
    case = story.submitted()
    numbers = [overseer.remind("suzhou.supervisor", case).number for _ in range(5)][::-1]
    actor, wanted, now = cast.actor("suzhou.supervisor"), ledger.Wanted(view=ledger.ISSUED), timezone.now()
    with acting(actor):
        first = ledger.page(actor, wanted, now, size=2)
        second = ledger.page(actor, wanted, now, size=2, after=first.after)
        third = ledger.page(actor, wanted, now, size=2, after=second.after)
        back = ledger.page(actor, wanted, now, size=2, before=third.before)
    assert [one.number for page in (first, second, third) for one in page.rows] == numbers
    assert (first.before, third.after) == (None, None)
    assert back.rows == second.rows
    url = f"{LIST}?view=issued&after={first.after}"
    assert [row["one"].number for row in log_in(cast, "suzhou.supervisor").get(url).context["rows"]] == numbers[2:]


def test_the_workbench_counts_what_waits_for_feedback(cast, story, overseer):
    one = overseer.order("suzhou.supervisor", story.submitted())
    client = log_in(cast, "kunshan.officer")
    assert "有 1 件督办等本机关反馈" in body(client.get("/"))
    assert "等本机关反馈" not in body(log_in(cast, "suzhou.chief").get("/"))
    overseer.answer("kunshan.officer", one)
    assert "等本机关反馈" not in body(client.get("/"))


def test_strangers_and_administrators_find_nothing(cast, story, overseer):
    one = overseer.order("suzhou.supervisor", story.submitted())
    for login, status in (("ruili.supervisor", 404), ("auditor", 403)):
        client = log_in(cast, login)
        for url in (page_of(one), reverse("supervision-paper", args=[one.pk])):
            assert client.get(url).status_code == status
        assert client.post(reverse("supervision-act", args=[one.pk, "close"])).status_code == status


@pytest.mark.parametrize("kind, heading", [("order", "督办通知书"), ("remind", "催办通知")])
def test_the_notice_is_printed_and_stays_what_it_was(cast, story, overseer, kind, heading):
    case = story.submitted(mark="work_secret")
    one = overseer.order("suzhou.supervisor", case) if kind == "order" else overseer.remind("suzhou.supervisor", case)
    client, url = log_in(cast, "suzhou.supervisor"), reverse("supervision-paper", args=[one.pk])
    first = b"".join(client.get(url))
    text = re.sub(r"\s", "", PdfReader(io.BytesIO(first)).pages[0].extract_text())
    for words in (heading, one.number, "昆山市公安局：", case.number, "苏州市公安局", "工作秘密"):
        assert words in text, words
    assert ("三日内报送。" in text) == (kind == "order")
    assert ("将办理情况报我单位" in text) == (kind == "order")
    if kind == "order":
        overseer.answer("kunshan.chief", one)
    assert b"".join(client.get(url)) == first
    printed = AuditEvent.objects.filter(kind="case.print", facts__supervision=str(one.pk))
    assert printed.count() == 2


def notice_of(client, one) -> str:
    content = b"".join(client.get(reverse("supervision-paper", args=[one.pk])))
    return re.sub(r"\s", "", PdfReader(io.BytesIO(content)).pages[0].extract_text())


def test_the_notice_says_what_was_ordered_whatever_moved_since(cast, story, overseer):
    ordered = timezone.localdate() + timedelta(days=10)
    one = overseer.order("suzhou.supervisor", story.submitted(), due_on=ordered.isoformat())
    client, actor = log_in(cast, "suzhou.supervisor"), cast.actor("suzhou.supervisor")
    said = f"请于{ordered.year}年{ordered.month}月{ordered.day}日前，将办理情况报我单位。"
    assert said in notice_of(client, one)
    assert "发出以后" not in notice_of(client, one)
    start = overseer.clock(one).started_at
    at = {"case_id": one.case_id, "deadline_id": overseer.clock(one).pk, "actor": actor}
    with acting(actor):
        pause = {"category": "court", "reason": "等裁定。"}
        deadlines.pause(**at, data=pause, at=start + timedelta(days=1))
    assert said in notice_of(client, one)
    assert "日起暂停计时。" in notice_of(client, one)
    with acting(actor):
        deadlines.resume(**at, data={}, at=start + timedelta(days=4))
    later = ordered + timedelta(days=3)
    text = notice_of(client, one)
    assert said in text
    assert f"发出以后：期限因暂停计时顺延，现为{later.year}年{later.month}月{later.day}日。" in text


def test_a_notice_of_before_the_day_was_kept_counts_it_anew(cast, story, overseer):
    """Its event does not say the day: it is the clock's own, without what was given or stood still since."""
    ordered = timezone.localdate() + timedelta(days=10)
    one = overseer.order("suzhou.supervisor", story.submitted(), due_on=ordered.isoformat())
    with acting(cast.actor("suzhou.supervisor")):
        clock = overseer.clock(one)
        clock.extended_by, clock.due_at = 5, clock.due_at + timedelta(days=5)
        assert first_due(clock) == overseer.clock(one).due_at


def test_who_is_told_of_what(cast, story, overseer):
    case = story.step("kunshan.chief", story.submitted(), "assign_handler", handler="kunshan.desk")
    one = overseer.order("suzhou.supervisor", case)
    assert told(cast, "case.supervise") == {"kunshan.desk", "kunshan.chief", "kunshan.supervisor"}
    overseer.escalate("suzhou.supervisor", one)
    assert told(cast, "case.supervision_escalate") == {
        "kunshan.desk",
        "kunshan.chief",
        "kunshan.supervisor",
        "jiangsu.supervisor",
    }
    overseer.answer("kunshan.desk", one)
    assert told(cast, "case.supervision_answer") == {"suzhou.supervisor", "jiangsu.supervisor"}
    overseer.close("jiangsu.supervisor", one)
    assert told(cast, "case.supervision_close") == {"kunshan.desk", "kunshan.chief", "kunshan.supervisor"}
    inbox = body(log_in(cast, "suzhou.supervisor").get("/notices/"))
    assert "反馈了督办" in inbox
    assert one.number in inbox


def test_a_reminder_that_worked_tells_nobody(cast, story, overseer):
    case = story.submitted()
    overseer.remind("suzhou.supervisor", case)
    story.step("kunshan.chief", case, "approve")
    assert told(cast, "case.supervision_close") == set()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_whole_in_both_languages(cast, story, overseer, language):
    case = story.submitted()
    one = overseer.order("suzhou.supervisor", case)
    overseer.remind("suzhou.supervisor", case)
    overseer.escalate("suzhou.supervisor", overseer.order("suzhou.supervisor", case))
    pages = {
        "suzhou.supervisor": [LIST, page_of(one), reverse("case-supervise", args=[case.pk, "order"])],
        "kunshan.officer": [LIST, page_of(one), reverse("case-detail", args=[case.pk]), "/"],
    }
    for login, urls in pages.items():
        client = log_in(cast, login)
        client.cookies["coopdesk_language"] = language
        for url in urls:
            assert wrong_words(body(client.get(url)), language) == [], url


def test_an_order_whose_clock_stands_still_is_paused_and_not_late(cast, story, overseer):
    one = overseer.order("suzhou.supervisor", story.submitted())
    now = timezone.now()
    with acting(cast.actor("kunshan.chief")):
        past = {"started_at": now - timedelta(days=30), "due_at": now - timedelta(days=2)}
        Deadline.objects.filter(supervision=one).update(paused_at=now - timedelta(days=9), next_alarm_at=None, **past)
    page = body(log_in(cast, "suzhou.supervisor").get(page_of(one)))
    assert "暂停，已停 9 日" in page
    assert "逾期" not in page
