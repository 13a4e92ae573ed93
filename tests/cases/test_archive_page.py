"""归档 through the pages and the API: who sees what, what is chosen and kept, what a refusal says."""

from __future__ import annotations

import pytest
from django.urls import reverse

from agencies.scope import acting
from cases.models import Case
from tests.browsing import log_in
from tests.keeping import Keeper, left_running
from tests.language import wrong_words

pytestmark = pytest.mark.django_db
LIST = "/archive/"


@pytest.fixture
def keeper(cast, story) -> Keeper:
    return Keeper(cast, story)


def act(client, name, *cases, **more):
    return client.post(reverse("archive-act", args=[name]), {"case": [str(case.pk) for case in cases], **more})


def body(response) -> str:
    return response.content.decode()


def stored(cast, case) -> Case:
    with acting(cast.actor("kunshan.officer")):
        return Case.objects.get(pk=case.pk)


def listed(client, view) -> set[str]:
    return {row["case"].number for row in client.get(LIST, {"view": view}).context["rows"]}


def test_each_view_lists_what_belongs_to_it(cast, story, keeper):
    running, ended = story.submitted(), story.closed()
    kept, due, proposed, disposed = keeper.archived(), keeper.due(), keeper.due(), keeper.disposed()
    keeper.propose(proposed)
    client = log_in(cast, "kunshan.chief")
    assert listed(client, "to_archive") == {ended.number}
    assert listed(client, "kept") == {kept.number, due.number, proposed.number}
    assert listed(client, "due") == {due.number}
    assert listed(client, "proposed") == {proposed.number}
    assert listed(client, "disposed") == {disposed.number}
    assert running.number not in body(client.get(LIST))


def test_strangers_see_an_empty_archive_and_administrators_none(cast, keeper):
    keeper.archived()
    assert listed(log_in(cast, "ruili.chief"), "kept") == set()
    assert log_in(cast, "auditor").get(LIST).status_code == 403


def test_a_work_secret_stays_one_in_the_archive(cast, story, keeper):
    case = story.draft(mark="work_secret")
    keeper.archived(story.step("kunshan.officer", case, "discard"))
    assert listed(log_in(cast, "kunshan.desk"), "kept") == set()
    assert listed(log_in(cast, "kunshan.supervisor"), "kept") == {case.number}


def test_several_are_archived_from_the_list(cast, story):
    first, second = story.closed(), story.at("declined")
    client = log_in(cast, "kunshan.officer")
    assert "归档选中的案件" in body(client.get(LIST, {"view": "to_archive"}))
    response = act(client, "archive", first, second, period="permanent")
    assert response.status_code == 302
    assert response["Location"] == "/archive/?view=to_archive"
    for case in (first, second):
        assert stored(cast, case).retention.code == "permanent"


def test_who_may_not_archive_has_nothing_to_choose(cast, story):
    story.closed()
    page = body(log_in(cast, "kunshan.desk").get(LIST, {"view": "to_archive"}))
    assert 'type="checkbox" name="case"' not in page
    assert "归档选中的案件" not in page


def test_from_the_case_page_one_comes_back_to_it(cast, story):
    case = story.closed()
    client = log_in(cast, "kunshan.officer")
    assert 'id="archive"' in body(client.get(reverse("case-detail", args=[case.pk])))
    response = act(client, "archive", case, **{"from": "case", "period": "permanent"})
    assert response["Location"] == reverse("case-detail", args=[case.pk])
    page = body(client.get(response["Location"]))
    assert "永久保管" in page
    assert "act-reopen" not in page
    assert "的审批人取消归档" in page


def test_a_case_that_runs_has_no_archive_card(cast, story):
    page = body(log_in(cast, "kunshan.officer").get(reverse("case-detail", args=[story.submitted().pk])))
    assert 'id="archive"' not in page


def test_a_refusal_names_the_case_and_keeps_what_was_chosen(cast, story):
    ended, running = story.closed(), story.submitted()
    response = act(log_in(cast, "kunshan.officer"), "archive", ended, running)
    assert response.status_code == 422
    page = body(response)
    assert f"{running.number}：还在办理" in page
    assert f'id="case-{ended.pk}"' in page
    assert " checked" in page[page.index(f'id="case-{ended.pk}"') :][:200]
    assert stored(cast, ended).archived_at is None


@pytest.mark.parametrize("data, status", [({}, 400), ({"case": "x"}, 400), ({"case": ["x"] * 3}, 400)])
def test_a_broken_form_is_refused_in_words(cast, data, status):
    response = log_in(cast, "kunshan.officer").post(reverse("archive-act", args=["archive"]), data)
    assert response.status_code == status


def test_a_hidden_case_and_an_unknown_act_are_absent(cast, story):
    case = story.closed()
    assert act(log_in(cast, "ruili.officer"), "archive", case).status_code == 404
    assert act(log_in(cast, "kunshan.officer"), "burn", case).status_code == 404


def test_a_step_on_an_archived_case_says_what_to_do(cast, keeper):
    case = keeper.archived()
    client = log_in(cast, "kunshan.chief")
    response = client.post(
        reverse("case-step", args=[case.pk, "reopen"]), {"opinion": "再看。", "version": case.version}
    )
    assert response.status_code == 409
    assert "取消归档" in body(response)
    assert "再看。" in body(response)


def test_two_approvers_dispose_of_a_case_through_the_pages(cast, keeper):
    case = keeper.due()
    ours, theirs = log_in(cast, "kunshan.chief"), log_in(cast, "guohe.chief")
    assert act(ours, "propose", case).status_code == 302
    page = body(ours.get(LIST, {"view": "proposed"}))
    assert case.number in page
    assert "确认销毁选中的案件" not in page
    assert "确认销毁选中的案件" in body(theirs.get(LIST, {"view": "proposed"}))
    response = act(theirs, "keep", case, reason="")
    assert response.status_code == 400
    assert "写明为什么继续保管" in body(response)
    assert act(theirs, "confirm", case).status_code == 302
    page = body(ours.get(reverse("case-detail", args=[case.pk])))
    assert "内容已销毁" in page
    assert "张示例" not in page
    assert case.number in page
    assert "确认销毁，内容已删除" in page


def test_the_papers_of_a_disposed_case(cast, keeper):
    case = keeper.disposed()
    client = log_in(cast, "kunshan.chief")
    for paper, status in (("approval_sheet", 409), ("dossier_cover", 200), ("leg_list", 200)):
        assert client.get(reverse("case-paper", args=[case.pk, paper])).status_code == status, paper


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_view_is_whole_in_both_languages(cast, story, keeper, language):
    story.closed()
    keeper.due()
    keeper.disposed()
    keeper.propose(keeper.due())
    for login in ("kunshan.chief", "guohe.chief"):
        client = log_in(cast, login)
        client.cookies["coopdesk_language"] = language
        for view in ("to_archive", "kept", "due", "proposed", "disposed"):
            assert wrong_words(body(client.get(LIST, {"view": view})), language) == [], view


def test_the_api_says_what_is_archived_and_lists_by_it(cast, story, keeper):
    running, kept, due, disposed = story.submitted(), keeper.archived(), keeper.due(), keeper.disposed()
    client = log_in(cast, "kunshan.chief")
    shown = client.get(f"/api/v1/cases/{kept.pk}/").json()
    assert shown["retain_until"] == kept.retain_until.isoformat()
    assert shown["archived_at"]
    assert shown["disposed_at"] is None
    assert shown["available_steps"] == []

    def found(archive):
        rows = client.get("/api/v1/cases/", {"archive": archive}).json()["results"]
        return {(row["id"], row["retain_until"]) for row in rows}

    assert found("none") == {(str(running.pk), None)}
    assert found("kept") == {(str(case.pk), case.retain_until.isoformat()) for case in (kept, due)}
    assert found("due") == {(str(due.pk), due.retain_until.isoformat())}
    assert {pk for pk, _day in found("disposed")} == {str(disposed.pk)}
    assert client.get("/api/v1/cases/", {"archive": "lost"}).status_code == 400


def test_the_api_refuses_a_step_on_an_archived_case_by_its_own_code(cast, keeper):
    case = keeper.archived()
    response = log_in(cast, "kunshan.chief").post(
        f"/api/v1/cases/{case.pk}/steps/reopen/",
        '{"opinion": "再看。"}',
        content_type="application/json",
        headers={"If-Match": f'"{case.version}"', "Idempotency-Key": "archived-1"},
    )
    assert (response.status_code, response.json()["code"]) == (409, "archived")


@pytest.mark.parametrize("language, said", [("zh-hans", "还在计时，由"), ("en", "still runs")])
def test_what_has_a_clock_running_is_not_offered_and_says_why(cast, story, language, said):
    case = story.closed()
    with acting(cast.actor("kunshan.officer")):
        left_running(case)
    client = log_in(cast, "kunshan.officer")
    client.cookies["coopdesk_language"] = language
    response = client.get(LIST, {"view": "to_archive"})
    assert [row["selectable"] for row in response.context["rows"]] == [False]
    detail = client.get(reverse("case-detail", args=[case.pk]))
    assert not detail.context["archive"]["may_archive"]
    for page in (body(response), body(detail)):
        assert said in page
        assert wrong_words(page, language) == []
