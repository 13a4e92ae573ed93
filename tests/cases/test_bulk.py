"""One act on many chosen cases: the preview is what happens, each case on its own, once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.doors.once import fresh_token
from agencies.errors import Malformed, NotPermitted
from agencies.models import AuditEvent
from agencies.scope import acting
from cases import bulk
from cases.clocks import running
from cases.models import Leg, Supervision
from tests.browsing import log_in
from tests.cast import PARTS
from tests.language import wrong_words
from tests.supervising import Overseer, trail

pytestmark = pytest.mark.django_db
PREVIEW, CONFIRM = "/bulk/", "/bulk/confirm/"


@pytest.fixture
def overseer(cast) -> Overseer:
    return Overseer(cast)


def body(response) -> str:
    return response.content.decode()


def chosen(*cases, **data):
    return {"case": [str(case.pk) for case in cases], "token": "a" * 22, **data}


def plain(lines) -> list:
    return [(line.case_id, line.effect, line.refusal) for line in lines]


@pytest.mark.parametrize(
    "part, acts",
    [
        ("officer", []),
        ("desk", ["reassign"]),
        ("chief", ["reassign", "extend"]),
        ("supervisor", ["remind", "order", "extend"]),
    ],
)
def test_who_may_choose_what(cast, story, part, acts):
    assert set(PARTS) == {"officer", "desk", "chief", "supervisor"}
    actor, case = cast.actor(f"suzhou.{part}"), story.submitted()
    assert sorted(bulk.acts_of(actor)) == sorted(acts)
    page = body(log_in(cast, f"suzhou.{part}").get("/cases/"))
    assert ('id="bulk"' in page) is bool(acts)
    assert (f'name="case" value="{case.pk}" form="bulk"' in page) is bool(acts)
    for act in bulk.ACTS.keys() - set(acts):
        with acting(actor), pytest.raises(NotPermitted):
            bulk.carry_out(actor=actor, act=act, case_ids=[case.pk], values={"text": "办"})
        response = log_in(cast, f"suzhou.{part}").post(PREVIEW, chosen(case, act=act))
        assert response.status_code == 403


def test_the_preview_changes_nothing_and_is_what_happens(cast, story, overseer):
    mine, other, ended = story.submitted(), story.submitted("suzhou"), story.at("withdrawn")
    hidden = story.submitted("ruili")
    actor = cast.actor("jiangsu.supervisor")
    ids, values = [mine.pk, other.pk, hidden.pk, uuid4(), ended.pk], {"text": "三日内报送。", "due_on": ""}
    with acting(actor):
        before = bulk.preview(actor=actor, act="order", case_ids=ids, values=values)
        assert not Supervision.objects.exists()
        assert trail(mine) == []
        after = bulk.carry_out(actor=actor, act="order", case_ids=ids, values=values)
    assert [(line.effect is None, line.refusal) for line in before] == [
        (line.effect is None, line.refusal) for line in after
    ]
    assert [line.effect.agency.name for line in before if line.effect] == ["昆山市公安局", "苏州市公安局"]
    assert [line.case is None for line in after] == [
        False,
        False,
        True,
        True,
        True,
    ]  # a draft that ended is its origin's
    assert trail(mine) == trail(other) == ["case.supervise"]
    assert trail(hidden) == []


def test_one_event_a_case_with_one_batch(cast, story):
    cases = [story.submitted(), story.submitted()]
    actor = cast.actor("suzhou.supervisor")
    with acting(actor):
        bulk.carry_out(actor=actor, act="remind", case_ids=[case.pk for case in cases], values={})
    events = AuditEvent.objects.filter(kind="case.remind").order_by("pk")
    assert [event.subject for event in events] == [f"case:{case.pk}" for case in cases]
    assert len({event.facts["batch"] for event in events}) == 1


def test_reassigning_goes_through_the_step_with_its_own_rules(cast, story):
    held, away = story.submitted(), story.step("kunshan.chief", story.submitted(), "approve")
    actor = cast.actor("kunshan.chief")
    ids, values = [held.pk, away.pk], {"handler": "kunshan.desk", "opinion": "请接手。"}
    with acting(actor):
        before = bulk.preview(actor=actor, act="reassign", case_ids=ids, values=values)
        after = bulk.carry_out(actor=actor, act="reassign", case_ids=ids, values=values)
        assert Leg.objects.get(case=held, closed_at=None).handler == cast.officer("kunshan.desk")
    assert plain(before) == plain(after)
    assert after[0].effect.after == cast.officer("kunshan.desk")
    assert after[1].effect is None
    assert after[1].refusal
    assert AuditEvent.objects.filter(kind="case.assign_handler").count() == 1


def test_those_above_extend_and_what_is_past_the_cap_stays(cast, story):
    case, away = story.submitted(), story.step("kunshan.chief", story.submitted(), "approve")
    ids = [case.pk, away.pk]
    for amount, able in (("1", [True, False]), ("900", [False, False])):
        actor = cast.actor("suzhou.supervisor")
        values = {"amount": amount, "reason": "等外方材料。"}
        with acting(actor):
            before = bulk.preview(actor=actor, act="extend", case_ids=ids, values=values)
            after = bulk.carry_out(actor=actor, act="extend", case_ids=ids, values=values)
        assert plain(before) == plain(after)
        assert [line.effect is not None for line in after] == able
    with acting(actor):
        clock = case.deadlines.get(met_at=None)
        assert (clock.extended_by, clock.extensions.count()) == (1, 1)
    assert AuditEvent.objects.filter(kind="case.extend_deadline").count() == 1


@pytest.mark.parametrize("n, words", [(0, "先选择案件"), (201, "一次最多 200 件，选了 201 件")])
def test_how_many(cast, n, words):
    client = log_in(cast, "suzhou.supervisor")
    for url in (PREVIEW, CONFIRM):
        data = {"case": [str(uuid4()) for _ in range(n)], "act": "remind", "token": "a" * 22, "back": "/cases/"}
        assert client.post(url, data)["Location"] == "/cases/"
        assert words in body(client.get("/cases/"))


def test_broken_input_comes_back_with_the_cases(cast, story):
    case, client = story.submitted(), log_in(cast, "suzhou.supervisor")
    data = chosen(case, act="order", text="请办。", due_on="soon", previewed="1")
    for url in (PREVIEW, CONFIRM):
        response = client.post(url, data)
        assert response.status_code == 400
        assert "日期写成" in body(response)
        assert "请办。" in body(response)
        assert f'value="{case.pk}" aria-labelledby="n-{case.pk}" checked' in body(response)
    actor = cast.actor("kunshan.chief")
    with acting(actor), pytest.raises(Malformed):
        bulk.preview(actor=actor, act="reassign", case_ids=[case.pk], values={"handler": ""})


def test_choose_preview_confirm_once(cast, story, overseer):
    case, second = story.submitted(), story.submitted()
    gone = story.step("kunshan.chief", story.submitted(), "approve")  # at Suzhou itself by now
    client = log_in(cast, "suzhou.supervisor")
    first = client.post(PREVIEW, chosen(case, second, gone))
    assert "选择办什么" in body(first)
    form = client.post(PREVIEW, chosen(case, second, gone, act="order"))
    assert "预览后显示" in body(form)
    shown = client.post(PREVIEW, chosen(case, second, gone, act="order", text="三日内报送。", previewed="1"))
    assert body(shown).count("督办<span") == 2
    assert "不能这样办的" in body(shown)
    assert overseer.rows(case) == 0
    data = chosen(case, second, gone, act="order", text="三日内报送。")
    urls = {client.post(CONFIRM, data)["Location"] for _ in range(2)}
    assert urls == {reverse("bulk-done", args=["a" * 22])}
    assert (overseer.rows(case), overseer.rows(second), overseer.rows(gone)) == (1, 1, 0)
    done = body(client.get(urls.pop()))
    assert "已办 2 件" in done
    assert "有 1 件没有办" in done
    assert gone.number in done
    assert client.get(reverse("bulk-done", args=["b" * 22])).status_code == 404
    assert log_in(cast, "jiangsu.supervisor").get(reverse("bulk-done", args=["a" * 22])).status_code == 404


def test_a_key_of_the_api_is_no_form(cast, story, overseer):
    """A client may choose a key that looks like the token of a form."""
    case, other = story.submitted(), story.submitted()
    client = log_in(cast, "kunshan.chief")
    headers = {"If-Match": f'"{case.version}"', "Idempotency-Key": "bulk:" + "a" * 22, "X-CSRFToken": "x"}
    step = reverse("api-case-step", args=[case.pk, "approve"])
    assert client.post(step, {}, "application/json", headers=headers).status_code == 200
    page = reverse("bulk-done", args=["a" * 22])
    assert client.get(page).status_code == 404
    data = chosen(other, act="reassign", handler="kunshan.officer", opinion="")
    answer = client.post(CONFIRM, data)
    assert answer.status_code == 302
    assert answer["Location"].partition("?")[0] == page
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_are_whole_in_both_languages(cast, story, language):
    case, gone = story.submitted(), story.step("kunshan.chief", story.submitted(), "approve")
    for login, acts in (("suzhou.supervisor", ("", "remind", "order", "extend")), ("kunshan.chief", ("reassign",))):
        client = log_in(cast, login)
        client.cookies["coopdesk_language"] = language
        assert wrong_words(body(client.get("/cases/")), language) == []
        for act in acts:
            data = chosen(case, act=act, handler="kunshan.desk", text="办。", previewed="1", amount=1, reason="等。")
            response = client.post(PREVIEW, data)
            assert wrong_words(body(response), language) == [], act
    done = client.post(CONFIRM, chosen(case, gone, act="reassign", handler="kunshan.desk"))
    assert wrong_words(body(client.get(done["Location"])), language) == []


def test_a_wrong_value_is_said_at_its_field_and_nothing_is_lost(cast, story):
    first, second, client = story.submitted(), story.submitted(), log_in(cast, "suzhou.supervisor")
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    for act, data, field, words in (
        ("order", {"text": "请办<快>。", "due_on": yesterday}, "due_on", "期限须在今天以后"),
        ("extend", {"amount": "500", "reason": "请办<快>。"}, "amount", "最多还能延长"),
    ):
        for url in (PREVIEW, CONFIRM):
            response = client.post(url, chosen(first, second, act=act, previewed="1", **data))
            page = body(response)
            assert response.status_code == 422
            assert words in page.partition(f'id="{field}-error"')[2][:200]
            assert "请办&lt;快&gt;。" in page
            assert page.count('name="case"') == page.count(" checked>") == 2
    fixed = client.post(PREVIEW, chosen(first, second, act="extend", amount="1", reason="等。", previewed="1"))
    assert "确认延长" in body(fixed)


def test_what_is_refused_stays_chosen_for_the_next_preview(cast, story):
    held, away = story.submitted(), story.step("kunshan.chief", story.submitted(), "approve")
    client = log_in(cast, "suzhou.supervisor")
    page = body(client.post(PREVIEW, chosen(held, away, act="remind")))
    assert f'name="refused" value="{away.pk}"' in page
    again = body(client.post(PREVIEW, chosen(held, act="remind", refused=str(away.pk), text="再看。")))
    assert "不能这样办的" in again
    none = client.post(PREVIEW, {"act": "remind", "text": "再看。", "listed": [held.pk, away.pk]})
    assert none.status_code == 400
    assert "先选择案件" in body(none)
    assert "再看。" in body(none)
    assert body(none).count('name="case"') == 2


def test_the_address_can_be_opened_again(cast, story):
    case, client = story.submitted(), log_in(cast, "suzhou.supervisor")
    shown = client.get(PREVIEW, {"case": str(case.pk), "act": "remind"})
    assert "会办理的" in body(shown)
    away = client.get(PREVIEW)
    assert away["Location"] == "/cases/"
    assert "先选择案件" in body(client.get("/cases/"))
    bare = client.get(CONFIRM)
    assert (bare.status_code, bare["Allow"]) == (405, "POST")
    assert "只接收表单" in body(bare)


@pytest.mark.parametrize("back, led", [("/board/?period=4", "/board/?period=4"), ("//evil.example/", "/"), ("", "/")])
def test_the_way_back_is_where_the_cases_were_chosen(cast, story, back, led):
    case, client = story.submitted(), log_in(cast, "suzhou.supervisor")
    assert client.post(PREVIEW, {"act": "remind", "back": back})["Location"] == led
    assert "先选择案件" in body(client.get(led))
    shown = client.post(PREVIEW, chosen(case, act="remind", back=back))
    assert body(shown).count(f'href="{led}"') >= 2
    done = client.get(client.post(CONFIRM, chosen(case, act="remind", back=back))["Location"])
    assert f'<a class="btn" href="{led}"' in body(done)


def test_each_row_says_what_one_must_know(cast, story, overseer):
    case, away = story.submitted(), story.step("kunshan.chief", story.submitted(), "approve")
    one = overseer.order("suzhou.supervisor", case)
    client = log_in(cast, "suzhou.supervisor")
    page = body(client.post(PREVIEW, chosen(case, away, act="order", text="办。", previewed="1")))
    assert "已有未办结的督办" in page
    assert one.number in page
    for each in (case, away):
        assert each.title in page.partition(f'href="{reverse("case-detail", args=[each.pk])}"')[2][:200]
    with acting(cast.actor("suzhou.supervisor")):
        clock = case.deadlines.get(met_at=None, supervision=None)
        clock.started_at -= timedelta(days=90)
        running.recount(clock, timezone.now())
    page = body(client.post(PREVIEW, chosen(case, act="extend", amount="1", reason="等。", previewed="1")))
    assert "延长后仍已超期" in page


def test_the_preview_says_which_clock_is_extended_and_which_are_not(cast, story, overseer):
    """A foreign request in execution has the clock of its leg, two of the law, and an order's."""
    case, plainer = story.in_execution("jiangsu", "suzhou"), story.submitted()
    overseer.order("jiangsu.supervisor", case)
    client = log_in(cast, "jiangsu.supervisor")
    with acting(cast.actor("jiangsu.supervisor")):
        before = dict(case.deadlines.filter(met_at=None).values_list("kind", "due_at"))
    assert set(before) == {"execution", "case_organ_processing", "execution_evidence", "supervision"}
    data = chosen(case, plainer, act="extend", amount="1", reason="等。", previewed="1")
    page = body(client.post(PREVIEW, data))
    row, other = (page.partition(f'id="n-{one.pk}"')[2].partition("</tr>")[0] for one in (case, plainer))
    assert "延长“执行”的时限，应办结" in row
    rest = row.partition("不变：")[2]
    assert "调查取证（未附办理期限）（法定，" in rest
    assert "办案机关提出处理意见或者执行完毕（法定，" in rest
    assert "督办反馈（" in rest
    assert "“执行”" not in rest
    assert "延长“审核”的时限" in other
    assert "不变：" not in other
    client.post(CONFIRM, data | {"token": fresh_token()})
    with acting(cast.actor("jiangsu.supervisor")):
        after = dict(case.deadlines.filter(met_at=None).values_list("kind", "due_at"))
    assert [kind for kind in before if before[kind] != after[kind]] == ["execution"]
