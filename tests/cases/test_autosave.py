"""Autosave: what is typed reaches the database, what cannot be saved is said, nobody's words are overwritten."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import AuditEvent
from agencies.scope import acting
from cases import drafts
from tests.browsing import draft_form, edit_url, log_in, stored

pytestmark = pytest.mark.django_db
PAGE = "abcdefghijkl"


@pytest.fixture
def officer(cast) -> Client:
    return log_in(cast, "kunshan.officer")


def save(client, case, **changes):
    return client.post(reverse("case-autosave", args=[case.pk]), draft_form(case, **changes))


def write_elsewhere(cast, case, title="别处的标题"):
    actor = cast.actor("kunshan.officer")
    with acting(actor):
        return drafts.save_draft(actor=actor, case_id=case.pk, content={"title": title})


def test_it_answers_with_the_version_the_time_and_what_is_missing(officer, cast, story):
    case = story.draft()
    answer = save(officer, case, title="改过", purpose="")
    assert answer.status_code == 200
    told = answer.json()
    assert told["version"] == case.version + 1
    assert told["saved"].count(":") == 1
    assert [(gap["pointer"], gap["href"]) for gap in told["missing"]] == [("/purpose", "#f-purpose")]
    assert told["errors"] == []
    assert stored(cast, case)["title"] == "改过"


def test_nothing_new_is_no_new_version(officer, story):
    case = story.draft()
    assert save(officer, case).json()["version"] == case.version


def test_what_cannot_be_saved_is_said_and_the_rest_is_saved(officer, cast, story):
    case = story.draft()
    told = save(officer, case, title="改过", **{"subjects-0-birth_date": "31.1.1990"}).json()
    assert [error["href"] for error in told["errors"]] == ["#f-subjects-0-birth_date"]
    assert "1990-01-31" in told["errors"][0]["detail"]
    assert "有 1 处还没存上" in told["saved"]
    assert stored(cast, case)["title"] == "改过"
    assert stored(cast, case)["subjects"][0]["birth_date"] is None


def test_a_person_without_a_name_yet_waits(officer, cast, story):
    case = story.draft()
    told = save(officer, case, **{"subjects-1-name": "", "subjects-7-document_number": "ZZ1"}).json()
    # The field is named by its number on the page.
    assert [error["href"] for error in told["errors"]] == ["#f-subjects-7-name"]
    assert told["kept"] is True
    assert len(stored(cast, case)["subjects"]) == 1


def test_it_says_when_something_cannot_wait_either(officer, story):
    case = story.draft()
    assert save(officer, case, title="机密★10年").json()["kept"] is False
    assert save(officer, case, summary="长" * 100_001).json()["kept"] is False
    assert save(officer, case, title="写好的标题").json()["kept"] is True


def test_fields_that_were_not_sent_stay(officer, cast, story):
    case = story.draft()
    url = reverse("case-autosave", args=[case.pk])
    assert officer.post(url, {"version": case.version, "title": "只有标题"}).status_code == 200
    content = stored(cast, case)
    assert (content["title"], content["purpose"]) == ("只有标题", "证明资金去向。")
    assert len(content["items"]) == 2


def test_somebody_elses_save_is_not_overwritten(officer, cast, story):
    case = story.draft()
    write_elsewhere(cast, case)
    answer = save(officer, case, title="我的标题")
    assert answer.status_code == 412
    assert answer.json()["code"] == "stale_version"
    assert answer.json()["version"] == case.version + 1
    assert stored(cast, case)["title"] == "别处的标题"


def test_a_lost_answer_is_no_conflict_with_oneself(officer, cast, story):
    case = story.draft()
    assert save(officer, case, title="第一次", page=PAGE).status_code == 200
    # The answer was lost: the page still holds the old version.
    assert save(officer, case, title="第二次", page=PAGE).status_code == 200
    assert stored(cast, case)["title"] == "第二次"
    assert save(officer, case, title="另一页", page="lkjihgfedcba").status_code == 412
    write_elsewhere(cast, case)
    assert save(officer, case, title="第三次", page=PAGE).status_code == 412
    assert stored(cast, case)["title"] == "别处的标题"


def test_an_ended_session_is_told_in_words_and_stores_nothing(cast, story):
    case = story.draft()
    answer = save(Client(), case, title="没有登录")
    assert answer.status_code == 401
    assert answer.json()["code"] == "signed_out"
    assert "登录" in answer.json()["detail"]
    assert stored(cast, case)["title"] == "跨境刷单返利诈骗案"


def test_a_submitted_case_is_frozen(officer, story):
    answer = save(officer, story.submitted(), title="迟到")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_status")


@pytest.mark.parametrize("login", ["ruili.officer", "suzhou.officer", "suzhou.chief", "auditor"])
def test_a_hidden_case_answers_as_an_absent_one(cast, story, login):
    case = story.draft()
    client = log_in(cast, login)
    hidden = save(client, case)
    absent = client.post(reverse("case-autosave", args=["01a00000-0000-7000-8000-000000000000"]), draft_form(case))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json() == absent.json()


def test_the_desk_cannot_save(cast, story):
    answer = save(log_in(cast, "kunshan.desk"), story.draft())
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "前\x00后"},
        {"summary": "长" * 20_001},
        {"urgency": "whenever"},
        {"mark": "绝密"},
        {"subjects-0-nationality": "\x00"},
        {"subjects-0-birth_date": "9999999999-01-01"},
        {"items-0-description": "机密★\n内容"},
        {"version": "x" * 100},
        {f"items-{n}-description": "事项" for n in range(3, 230)},
        {"subjects-99999-name": "行号太大"},
        {"page": "\x00" * 12},
    ],
)
def test_bad_input_is_never_an_error_of_ours(officer, story, changes):
    case = story.draft()
    answer = save(officer, case, **changes)
    assert answer.status_code in (200, 412)
    assert answer.headers["Content-Type"] == "application/json"


def test_a_long_text_is_refused_by_size(officer, story):
    assert save(officer, story.draft(), summary="字" * 3_500_000).status_code == 413


def test_it_takes_posts_only(officer, story):
    assert officer.get(reverse("case-autosave", args=[story.draft().pk])).status_code == 405


def test_edits_name_fields_and_never_words(officer, story):
    case = story.draft()
    save(officer, case, title="张示例案", page=PAGE)
    facts = AuditEvent.objects.filter(kind="case.edit").latest("pk").facts
    assert facts == {"fields": ["title"], "version": case.version + 1, "page": PAGE}


@pytest.mark.parametrize("name", ["case-edit", "case-autosave"])
def test_duties_before_work_come_before_this_too(officer, cast, story, name):
    case = story.draft()
    member = cast.officer("kunshan.officer")
    member.must_change_password = True
    member.save(update_fields=["must_change_password"])
    answer = officer.post(reverse(name, args=[case.pk]), draft_form(case, title="不该存上"))
    assert answer.status_code == 302
    assert stored(cast, case)["title"] == "跨境刷单返利诈骗案"


def test_no_query_grows_with_the_rows(officer, story):
    def spent(n: int) -> tuple[int, int]:
        case = story.draft(subjects=[], items=[])
        persons = {f"subjects-{k}-name": f"张示例{k}" for k in range(n)}
        lands = {f"subjects-{k}-nationality": "泰国" for k in range(n)}
        items = {f"items-{k}-description": f"第 {k} 项" for k in range(n)}
        with CaptureQueriesContext(
            connection,
        ) as saving:
            assert save(officer, case, **persons, **lands, **items).json()["errors"] == []
        with CaptureQueriesContext(connection) as reading:
            assert officer.get(edit_url(case)).status_code == 200
        return len(saving), len(reading)

    spent(2)
    assert spent(2) == spent(40)
