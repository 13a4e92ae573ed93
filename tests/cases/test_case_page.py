"""The case page: its sentence, route, forms, personal data, timeline and custody, for each status and each reader."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.models import AuditEvent
from agencies.scope import acting
from cases import content_input, drafts, notes, policies
from cases.commands import take_step
from cases.models import Case
from cases.queries.custody import custody
from cases.queries.dossier import dossier
from cases.queries.stations import State, stations
from cases.queries.timeline import Silence, timeline
from countries.calendars import SHANGHAI
from tests.language import wrong_words
from tests.stories import CONTENT

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
STATUSES = (
    "draft",
    "in_review",
    "returned",
    "cleared",
    "dispatched",
    "answered",
    "delivered",
    "closed",
    "withdrawn",
    "declined",
)
CAST = (
    "kunshan.officer",
    "kunshan.desk",
    "kunshan.chief",
    "suzhou.chief",
    "jiangsu.supervisor",
    "guohe.desk",
    "guohe.chief",
)


@pytest.fixture
def page(client, cast):
    """`page(login, case)` is the response of its page; a path may follow the case's."""

    def get(login: str, case: Case, rest: str = ""):
        client.force_login(cast.officer(login), backend=BACKEND)
        return client.get(f"/cases/{case.pk}/{rest}")

    return get


def text(response) -> str:
    """What the page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("draft", "待发出"),
        ("in_review", "待发出"),
        ("cleared", "待发出"),
        ("dispatched", "待答复"),
        ("declined", "未发出"),
    ],
)
def test_an_item_waits_to_be_sent_before_it_waits_for_an_answer(page, story, status, word):
    html = page("kunshan.officer", story.at(status)).content.decode()
    part = html[html.index('id="items"') : html.index('id="persons"')]
    assert part.count(f'data-s="waiting">{word}<') == 2
    assert html.index(f'data-s="{status}"') < html.index("<h1>")  # the case's own status, in its head


def test_the_route_names_the_country_and_then_who_has_it(page, story):
    html = page("kunshan.officer", story.dispatched()).content.decode()
    stop = html[html.index('data-side="foreign"') :]
    assert stop.index("泰国") < stop.index("泰国皇家警察总署") < stop.index("</li>")
    assert "用时不到 1 个工作日" in html


def test_every_clock_of_an_ended_case_is_there(page, story):
    case = story.closed()
    html = page("kunshan.officer", case).content.decode()
    part = html[html.index('id="clocks-title"') :]
    n = part[: part.index("</section>")].count('class="clock"')
    assert n == case.deadlines.count() > 3
    assert f"另有 {n - 3} 个已办结的时限" in part


SENTENCES = {
    "draft": ("起草中，还没有报送", "填好后报送"),
    "in_review": ("审核，不到1个工作日，应于", "同意后转"),
    "returned": ("已退回，现由", "补正后重新由"),
    "cleared": ("已审批完毕，现由", "发出后由泰国方面办理"),
    "dispatched": ("现在泰国，由", "外方答复后由"),
    "answered": ("外方已答复，现由", "由它再往下转"),
    "delivered": ("答复已到", "写明答复有没有用"),
    "closed": ("签收办结，我方用时", "重新启用"),
    "withdrawn": ("的草稿于", "复制一件新的请求"),
    "declined": ("决定不予上报", "复制一件新的请求"),
}


@pytest.mark.parametrize("status", STATUSES)
def test_one_sentence_says_where_it_is_and_one_what_happens_next(page, story, status):
    said = text(page("kunshan.officer", story.at(status)))
    for words in SENTENCES[status]:
        assert words in said.replace(" ", ""), words


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("login", CAST)
def test_the_forms_are_the_steps_that_may_be_taken(page, story, cast, see, status, login):
    case = story.at(status)
    actor = cast.actor(login)
    with see(login):
        if not policies.visible_to(actor).filter(pk=case.pk).exists():
            assert page(login, case).status_code == 404
            return
        wanted = {step.name for step in policies.available(actor, case, policies.open_leg(case))}
    response = page(login, case)
    assert set(re.findall(rf'action="/cases/{case.pk}/steps/(\w+)/"', response.content.decode())) == wanted


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(
    "login, language",
    [("kunshan.officer", "en"), ("kunshan.chief", "en"), ("guohe.desk", "en"), ("kunshan.chief", "zh-hans")],
)
def test_both_languages_are_whole(page, story, client, status, login, language):
    case = story.at(status)
    client.cookies["coopdesk_language"] = language
    assert wrong_words(page(login, case).content.decode(), language) == []


@pytest.mark.parametrize("login", ["ruili.officer", "beijing.chief", "yunnan.supervisor", "auditor", "sysadmin"])
@pytest.mark.parametrize("rest", ["", "revisions/1/"])
def test_a_hidden_case_is_as_absent_as_an_absent_one(page, story, client, login, rest):
    case = story.submitted()
    hidden, absent = page(login, case, rest), client.get(f"/cases/{uuid.uuid4()}/{rest}")
    assert hidden.status_code == absent.status_code == 404
    assert re.sub("<title>.*?</title>", "", text(hidden))[:200] == re.sub("<title>.*?</title>", "", text(absent))[:200]


def test_every_look_is_recorded_and_none_is_told_in_the_timeline(page, story, see):
    case = story.submitted()
    page("suzhou.supervisor", case)
    page("kunshan.chief", case)
    reads = AuditEvent.objects.filter(kind="case.read", subject=f"case:{case.pk}")
    assert reads.count() == 2
    assert len(re.findall("打开案件|case.read", text(page("kunshan.chief", case)))) == 0


def test_the_number_of_queries_does_not_grow_with_the_case(page, story):
    small = story.submitted()
    big = story.submitted(
        subjects=[{"kind": "person", "name": f"张示例{n}", "document_number": f"ZZ900000{n}"} for n in range(9)],
        items=[{"description": f"第 {n} 件事。"} for n in range(9)],
    )
    for n in range(6):
        story.step("kunshan.desk", big, "recommend", opinion=f"意见{n}")

    def queries(case: Case) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert page("kunshan.chief", case).status_code == 200
        return len(caught)

    queries(small)
    assert queries(big) == queries(small)


# --- Personal data ---------------------------------------------------------------------------------------------------


def unmask(client, case: Case, purpose: str, subject_id=None, **extra):
    subject_id = subject_id or case.subjects.get().pk
    return client.post(f"/cases/{case.pk}/subjects/{subject_id}/unmask/", {"purpose": purpose}, **extra)


def test_a_document_number_opens_for_a_purpose_that_is_recorded_as_a_code(page, story, client, see):
    case = story.submitted()
    assert "ZZ9000001" not in page("kunshan.chief", case).content.decode()
    with see("kunshan.chief"):
        subject = case.subjects.get()
        refused = unmask(client, case, "", subject.pk)
        assert refused.status_code == 400
        assert "ZZ9000001" not in refused.content.decode()
        shown = unmask(client, case, "review", subject.pk)
    assert shown.status_code == 200
    assert "ZZ9000001" in shown.content.decode()
    event = AuditEvent.objects.get(kind="case.unmask")
    assert event.facts == {"person": str(subject.pk), "purpose": "review"}
    assert "ZZ9000001" not in page("kunshan.chief", case).content.decode()
    assert "查看人员证件，用途：审核请求" in text(page("kunshan.chief", case))


def test_with_htmx_the_answer_is_the_row_alone(page, story, client, see):
    case = story.submitted()
    page("kunshan.chief", case)
    with see("kunshan.chief"):
        row = unmask(client, case, "identify", headers={"HX-Request": "true"}).content.decode()
    assert row.strip().startswith("<tr")
    assert "ZZ9000001" in row
    assert "<html" not in row


def test_nobody_opens_the_subject_of_another_case(page, story, client, see):
    mine, other = story.submitted(), story.submitted("suzhou")
    page("kunshan.officer", mine)
    with see("suzhou.officer"):
        subject = other.subjects.get()
    assert unmask(client, mine, "review", subject.pk).status_code == 404
    assert unmask(client, other, "review", subject.pk).status_code == 404
    assert not AuditEvent.objects.filter(kind="case.unmask").exists()


# --- Timeline, route and custody -------------------------------------------------------------------------------------


def test_an_internal_note_is_told_to_its_agency_alone(page, story, cast):
    case = story.submitted()
    for login, audience, words in (("kunshan.desk", "agency", "只在昆山看"), ("kunshan.desk", "route", "沿线都看")):
        with acting(cast.actor(login)):
            notes.add_note(actor=cast.actor(login), case_id=case.pk, text=words, audience=audience)
    assert "只在昆山看" in text(page("kunshan.chief", case))
    told = text(page("suzhou.desk", story.step("kunshan.chief", case, "approve")))
    assert "只在昆山看" not in told
    assert "沿线都看" in told


def test_steps_opinions_and_results_are_told(page, story):
    case = story.dispatched()
    story.step("guohe.desk", case, "record_acknowledgement", their_reference="TH-77", opinion="已电话确认")
    story.reply(case, "interim", "executed", "refused")
    told = text(page("kunshan.officer", case)).replace(" ", "")
    for words in (
        "报送审批",
        "审批同意，转苏州市公安局",
        "审批同意，待发出",
        "发往泰国皇家警察总署",
        "对方编号TH-77",
        "已电话确认",
        "登记泰国皇家警察总署的阶段答复：已执行1项，拒绝1项",
        "2项，已答2项",
    ):
        assert words in told, words


@pytest.fixture
def long_ago(cast):
    """A case with past times: filed 60 days ago, returned by 江苏, corrected, sent abroad 30 days ago."""

    def make(upto: str = "dispatch"):
        # Ten in the morning of today in China, so that days count the same at every hour at which the tests run.
        day = timezone.localtime(timezone.now(), SHANGHAI).replace(hour=10, minute=0, second=0, microsecond=0)
        actor = cast.actor("kunshan.officer")
        with acting(actor):
            at = day - timedelta(days=60)
            case = drafts.open_case(actor=actor, content=content_input.parse(dict(CONTENT)), at=at)
        script = [
            ("kunshan.officer", "submit", 59, {}),
            ("kunshan.chief", "approve", 58, {}),
            ("suzhou.chief", "approve", 50, {}),
            ("jiangsu.chief", "return_for_correction", 45, {"reasons": ["facts_unclear"]}),
            ("kunshan.officer", "submit", 41, {}),
            ("kunshan.chief", "approve", 40, {}),
            ("jiangsu.chief", "approve", 38, {}),
            ("guohe.chief", "approve", 34, {}),
            ("guohe.desk", "dispatch", 30, {"channel": "police_liaison", "counterpart": {"name": "泰国警方"}}),
        ]
        for login, step, days, data in script:
            with acting(cast.actor(login)):
                case = take_step(
                    actor=cast.actor(login), case_id=case.pk, step=step, data=data, at=day - timedelta(days=days)
                )
            if step == upto:
                break
        return case

    return make


def test_every_minute_is_attributed_and_the_parts_add_up(long_ago, cast, see):
    case = long_ago()
    with see("kunshan.officer"):
        told = custody(dossier(cast.actor("kunshan.officer"), case.pk))
    assert told.stretches[0].begins == told.begins
    assert sum((s.time for s in told.stretches), timedelta()) == told.ends - told.begins
    assert all(a.ends == b.begins for a, b in zip(told.stretches, told.stretches[1:], strict=False))
    assert told.days("home") == 30
    assert told.days("abroad") == 30
    assert told.total == 60
    assert sum(s.width for s in told.stretches) == pytest.approx(100)
    assert told.stretches[-1].left + told.stretches[-1].width == pytest.approx(100)


def test_a_reopened_case_counts_its_rest_apart(story, cast, see):
    case = story.step("kunshan.chief", story.closed(), "reopen", opinion="还有材料")
    with see("kunshan.officer"):
        told = custody(dossier(cast.actor("kunshan.officer"), case.pk))
    assert [s.kind for s in told.stretches].count("dormant") == 1
    assert sum((s.time for s in told.stretches), timedelta()) == told.ends - told.begins


def test_silences_are_named_at_home_in_working_days_and_abroad_in_calendar_days(long_ago, cast, see):
    case = long_ago()
    with see("kunshan.officer"):
        silences = [
            e for e in timeline(dossier(cast.actor("kunshan.officer"), case.pk)).lines if isinstance(e, Silence)
        ]
    assert silences[0] == Silence(days=30, abroad=True)
    assert any(not silence.abroad and silence.days >= 3 for silence in silences[1:])


def states(case, cast, see, login="kunshan.officer"):
    with see(login):
        return stations(dossier(cast.actor(login), case.pk))


def test_a_returned_case_shows_where_it_goes_straight(page, long_ago, cast, see):
    case = long_ago("return_for_correction")
    stops = states(case, cast, see)
    assert [stop.state for stop in stops] == [State.NOW, *[State.NEXT] * 5]
    assert [stop.straight for stop in stops[:4]] == [False, True, False, False]
    assert stops[2].returned == 1
    said = text(page("kunshan.officer", case))
    assert "补正件不再经过" in said
    assert "直接报回 江苏省公安厅" in said
    assert "退回补正 1 次" in said


def test_the_route_of_each_stage(story, cast, see):
    now = {
        "draft": 0,
        "in_review": 0,
        "cleared": 3,
        "dispatched": 4,
        "answered": 5,
        "delivered": 5,
    }
    for status, position in now.items():
        found = [stop.state for stop in states(story.at(status), cast, see)]
        assert found.index(State.NOW) == position, status
        assert set(found[:position]) <= {State.DONE}
        assert set(found[position + 1 :]) <= {State.NEXT}
    assert {stop.state for stop in states(story.closed(), cast, see)} == {State.DONE}


def test_beijing_has_two_tiers(page, story):
    said = text(page("chaoyang.officer", story.submitted("chaoyang")))
    assert "区 北京市公安局朝阳分局" in said
    assert "市 北京市公安局" in said
    assert "部 → 市 → 区" in said


def test_a_declined_case_ends_at_its_last_stop(story, cast, see):
    stops = states(story.at("declined"), cast, see)
    assert [stop.kind for stop in stops] == ["home"]


# --- Comparing -----------------------------------------------------------------------------------------------------


def test_a_corrected_content_is_compared_with_the_one_before(page, story, cast):
    case = story.at("returned")
    actor = cast.actor("kunshan.officer")
    with acting(actor):
        content = {"summary": "资金流入泰国账户，再转往缅甸。", "items": [{"description": "查明开户人和住址。"}]}
        drafts.save_draft(actor=actor, case_id=case.pk, content=content_input.parse(content))
    story.step("kunshan.officer", case, "submit", opinion="已改")
    response = page("kunshan.chief", case, "revisions/2/")
    html = response.content.decode()
    assert "<ins>" in html
    assert "再转往缅甸" in html
    assert "改了 3 处" in text(response)
    assert "对照上一版" in text(page("kunshan.chief", case))
    assert "这是第一版" in text(page("kunshan.chief", case, "revisions/1/"))
    for number in (0, 3):
        assert page("kunshan.chief", case, f"revisions/{number}/").status_code == 404
