"""新建请求 through the pages, as a browser without script sends them."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agencies.models import AuditEvent
from agencies.scope import acting
from cases import drafts
from cases.policies import visible_to
from tests import samples
from tests.browsing import draft_form, edit_url, log_in, stored

pytestmark = pytest.mark.django_db
LONG = "很长的案情。" * 4000


@pytest.fixture
def browser(cast):
    """`browser("kunshan.officer")`: a client logged in as a member of the cast."""
    return lambda login: log_in(cast, login)


@pytest.fixture
def officer(browser) -> Client:
    return browser("kunshan.officer")


# --- Country, then type ----------------------------------------------------------------------------------------------


def test_country_then_type_then_a_draft_with_its_number(officer, cast):
    page = officer.get(reverse("case-new"))
    assert "泰国" in page.content.decode()
    page = officer.get(reverse("case-new"), {"country": "TH"})
    text = page.content.decode()
    assert "警务合作请求" in text
    token = re.search(r'name="token" value="(\w+)"', text)[1]
    sent = {"country": "TH", "request_type": "police_cooperation_out", "token": token}
    first = officer.post(reverse("case-new"), sent)
    assert first.status_code == 302
    page = officer.get(first["Location"])
    assert re.search(r"GJHZ-\d{4}-320583-\d{6}", page.content.decode())
    # The same form again (a double click, a step back) opens no second draft.
    again = officer.post(reverse("case-new"), sent)
    assert again["Location"] == first["Location"]


@pytest.mark.parametrize("asked", ["泰国", "thailand", "tai guo", "TH", "tg"])
def test_a_country_is_found_by_any_of_its_names(officer, asked):
    assert "country=TH" in officer.get(reverse("case-new"), {"q": asked}).content.decode()


def test_only_outgoing_types_that_the_tier_may_open_are_offered(browser):
    county = browser("kunshan.officer").get(reverse("case-new"), {"country": "TH"}).content.decode()
    province = browser("jiangsu.officer").get(reverse("case-new"), {"country": "TH"}).content.decode()
    assert 'value="mla_evidence_out"' in county
    assert 'value="mla_evidence_in"' not in county
    assert 'value="extradition_out"' not in county
    assert 'value="extradition_out"' in province
    assert 'value="transfer_sentenced_person_to_china"' not in province


def test_border_cooperation_is_offered_to_neighbours_only(browser):
    offer = 'value="border_area_police_cooperation"'
    assert offer in browser("ruili.officer").get(reverse("case-new"), {"country": "MM"}).content.decode()
    assert offer not in browser("ruili.officer").get(reverse("case-new"), {"country": "TH"}).content.decode()
    assert offer not in browser("kunshan.officer").get(reverse("case-new"), {"country": "MM"}).content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"country": "CN", "request_type": "police_cooperation_out"},
        {"country": "ZZ", "request_type": "police_cooperation_out"},
        {"country": "TH", "request_type": "police_cooperation_in"},
        {"country": "TH", "request_type": "extradition_out"},
        {"country": "TH", "request_type": "no\x00such"},
        {"country": "TH", "request_type": "police_cooperation_out", "token": "short"},
    ],
)
def test_a_bad_choice_opens_nothing(officer, cast, sent):
    response = officer.post(reverse("case-new"), {"token": "a" * 22, **sent})
    assert response.status_code == 400
    with acting(cast.actor("kunshan.officer")):
        assert not visible_to(cast.actor("kunshan.officer")).exists()


@pytest.mark.parametrize("login", ["kunshan.desk", "kunshan.chief", "kunshan.supervisor", "auditor"])
def test_only_a_drafter_files(browser, login):
    assert browser(login).get(reverse("case-new")).status_code == 403
    assert browser(login).post(reverse("case-new"), {}).status_code == 403


def test_country_and_type_can_be_changed_later(officer, cast, story):
    case = story.draft()
    page = officer.post(edit_url(case), draft_form(case, action="go:country", summary="改过的案情"))
    assert page["Location"].endswith("?step=country")
    assert stored(cast, case)["summary"] == "改过的案情"
    assert "step=type&amp;country=MM" in officer.get(page["Location"]).content.decode()
    text = officer.get(f"{edit_url(case)}?step=type&country=MM").content.decode()
    version = re.search(r'name="version" value="(\d+)"', text)[1]
    chosen = {"action": "choose", "country": "MM", "request_type": "mla_evidence_out", "version": version}
    assert officer.post(edit_url(case), chosen).status_code == 302
    assert (stored(cast, case)["country"], stored(cast, case)["request_type"]) == ("MM", "mla_evidence_out")


def test_a_choice_does_not_overwrite_what_somebody_else_saved(officer, cast, story):
    case = story.draft()
    actor = cast.actor("kunshan.officer")
    with acting(actor):
        drafts.save_draft(actor=actor, case_id=case.pk, content={"title": "别处的标题"})
    chosen = {"action": "choose", "country": "MM", "request_type": "mla_evidence_out", "version": case.version}
    response = officer.post(edit_url(case), chosen)
    assert response.status_code == 412
    text = response.content.decode()
    assert "这份草稿刚刚在别处改过" in text
    for words in ("泰国", "缅甸", 'value="别处的标题"'):
        assert words in text
    assert stored(cast, case)["country"] == "TH"
    # 用我写的保存 saves the choice with the rest of the page.
    hidden = dict(re.findall(r'<input type="hidden" name="(version|country|request_type)" value="(\w+)">', text))
    assert officer.post(edit_url(case), draft_form(case, title="别处的标题", **hidden)).status_code == 302
    content = stored(cast, case)
    assert (content["country"], content["request_type"], content["title"]) == ("MM", "mla_evidence_out", "别处的标题")


def test_a_choice_on_the_conflict_page_must_be_one_on_offer(officer, cast, story):
    case = story.draft()
    sent = draft_form(case, country="TH", request_type="extradition_out")
    assert officer.post(edit_url(case), sent).status_code == 400
    assert stored(cast, case)["request_type"] == "police_cooperation_out"


def test_a_type_shows_the_article_it_rests_on_most_our_own_procedure_first(officer):
    text = officer.get(reverse("case-new"), {"country": "TH"}).content.decode()
    shown = {
        code: re.findall(r'<span lang="zh-CN" data-user>([^<]+)</span>', body)
        for code, body in re.findall(r'name="request_type" value="(\w+)"(.*?)</button>', text, re.DOTALL)
    }
    assert shown["police_cooperation_out"][0] == "程序规定 第三百八十条"
    assert shown["interpol_locate_arrest_out"] == ["程序规定 第三百八十一条"]
    assert shown["mla_evidence_out"] == ["程序规定 第三百八十条", "协助法 第二十六条"]


# --- Content ---------------------------------------------------------------------------------------------------------


def test_saving_stores_what_was_typed(officer, cast, story):
    case = story.draft()
    changes = {
        "title": "新标题",
        "subjects-5-kind": "entity",
        "subjects-5-name": "云讯公司",
        "subjects-5-nationality": "泰国",
        "subjects-9-name": "李示例",
        "subjects-9-birth_date": "1990-01-31",
        "subjects-9-nationality": "china",
        "items-1-description": "",
        "items-7-description": "第二项",
    }
    assert officer.post(edit_url(case), draft_form(case, **changes)).status_code == 302
    content = stored(cast, case)
    assert content["title"] == "新标题"
    assert [row["name"] for row in content["subjects"]] == ["张示例", "云讯公司", "李示例"]
    assert [row["nationality"] for row in content["subjects"]] == ["", "TH", "CN"]
    assert content["subjects"][2]["birth_date"] == "1990-01-31"
    assert [row["description"] for row in content["items"]] == ["查明开户人。", "第二项"]
    text = officer.get(edit_url(case)).content.decode()
    assert 'value="泰国"' in text
    assert 'value="中国"' in text


def test_rows_are_added_and_taken_off_without_script(officer, cast, story):
    case = story.draft()
    text = officer.post(edit_url(case), draft_form(case, action="add_subject", title="写着的标题")).content.decode()
    assert 'name="subjects-1-name"' in text
    assert "写着的标题" in text
    case.version = int(re.search(r'name="version" value="(\d+)"', text)[1])
    text = officer.post(edit_url(case), draft_form(case, action="remove_item:0", title="写着的标题")).content.decode()
    assert "查明开户人。" not in text
    assert [row["description"] for row in stored(cast, case)["items"]] == ["调取交易明细。"]


@pytest.mark.parametrize(
    "typed",
    [
        "1990年5月1日",
        "1990-5-1",
        "1990/05/01",
        "1990.5.1",
        "19900501",
        "１９９０年５月１日",
        " 1990 年 5 月 1 日 ",
        "1990。5。1",
    ],
)
def test_a_date_is_read_however_people_write_it(officer, cast, story, typed):
    case = story.draft()
    assert officer.post(edit_url(case), draft_form(case, **{"subjects-0-birth_date": typed})).status_code == 302
    assert stored(cast, case)["subjects"][0]["birth_date"] == "1990-05-01"


WRONG = {
    "subjects-0-birth_date": "昨天",
    "subjects-0-nationality": "亚特兰蒂斯",
    "subjects-1-document_number": "ZZ7000007",
    "subjects-2-name": "李示例",
    "subjects-2-nationality": "泰国",
    "title": "长" * 201,
}


def test_one_bad_field_keeps_nothing_else_from_being_saved(officer, cast, story):
    case = story.draft()
    response = officer.post(edit_url(case), draft_form(case, **WRONG))
    assert response.status_code == 400
    persons = stored(cast, case)["subjects"]
    assert [(row["name"], row["nationality"], row["document_number"]) for row in persons] == [
        ("张示例", "", "ZZ9000001"),
        ("李示例", "TH", ""),
    ]
    assert stored(cast, case)["title"] == "跨境刷单返利诈骗案"
    # Opened again: every word is where it was typed, and what is wrong stands beside it.
    for text in (response.content.decode(), officer.get(edit_url(case)).content.decode()):
        for typed in ("昨天", "亚特兰蒂斯", "ZZ7000007", "李示例", "ZZ9000001", "长" * 201):
            assert f'value="{typed}"' in text
        for place in ("f-subjects-0-birth_date", "f-subjects-0-nationality", "f-subjects-1-name", "f-title"):
            assert f'id="{place}-error"' in text
        assert "有内容还没存上" in text
        assert "有 4 处要改" in text
        assert "<span>要写的都写了，可以报送。</span>" not in text


def test_what_waited_is_gone_once_it_is_mended_or_somebody_else_saved(officer, cast, story):
    case = story.draft()
    officer.post(edit_url(case), draft_form(case, **{"subjects-0-birth_date": "昨天"}))
    mended = draft_form(case, version=str(case.version), **{"subjects-0-birth_date": "1990-05-01"})
    assert officer.post(edit_url(case), mended).status_code == 302
    assert "昨天" not in officer.get(edit_url(case)).content.decode()
    officer.post(edit_url(case), draft_form(case, version=str(case.version + 1), **{"subjects-0-birth_date": "前天"}))
    actor = cast.actor("kunshan.officer")
    with acting(actor):
        drafts.save_draft(actor=actor, case_id=case.pk, content={"subjects": [{"kind": "person", "name": "王示例"}]})
    text = officer.get(edit_url(case)).content.decode()
    assert "王示例" in text
    assert "前天" not in text


def test_a_refused_marking_waits_nowhere(officer, story):
    case = story.draft()
    officer.post(edit_url(case), draft_form(case, purpose="绝密★长期\n内容", **{"subjects-0-birth_date": "昨天"}))
    text = officer.get(edit_url(case)).content.decode()
    assert "绝密" not in text
    assert "昨天" in text


def test_the_row_that_is_taken_off_is_the_one_on_the_page(officer, cast, story):
    case = story.draft(subjects=[{"kind": "person", "name": name} for name in ("甲", "乙", "丙")])
    names = {f"subjects-{n}-name": name for n, name in enumerate(("甲", "", "乙", "丙"))}
    blank = {"subjects-0-document_number": "", "subjects-0-role": ""}
    officer.post(edit_url(case), draft_form(case, action="remove_subject:2", **names, **blank))
    assert [row["name"] for row in stored(cast, case)["subjects"]] == ["甲", "丙"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"subjects-0-birth_date": "1990-13-45"}, "1990-13-45"),
        ({"subjects-0-nationality": "亚特兰蒂斯"}, "亚特兰蒂斯"),
        ({"subjects-0-name": "", "subjects-0-document_number": "ZZ123456"}, "ZZ123456"),
        ({"title": "长" * 201}, "长" * 201),
        ({"summary": LONG}, LONG),
        ({"urgency": "whenever"}, "跨境刷单返利诈骗案"),
        ({"title": "机密★10年 案件"}, "机密★10年 案件"),
        ({"mark": "top_secret"}, "跨境刷单返利诈骗案"),
        ({"purpose": "绝密★长期\n内容"}, "绝密★长期"),
        ({"summary": "前\x00后"}, "后"),
        (
            {"subjects-0-name": "前\ud800后".encode("utf-8", "surrogatepass").decode("utf-8", "replace") + "\x00"},
            "证明资金去向",
        ),
    ],
)
def test_what_is_wrong_comes_back_and_the_rest_is_saved(officer, cast, story, changes, words):
    case = story.draft()
    response = officer.post(edit_url(case), draft_form(case, **{"items-0-description": "改过的事项", **changes}))
    assert response.status_code == 400
    assert words in response.content.decode()
    assert "没有丢" in response.content.decode()
    assert stored(cast, case)["items"][0]["description"] == "改过的事项"


def test_a_refused_marking_is_recorded_by_place_only(officer, story):
    case = story.draft()
    officer.post(edit_url(case), draft_form(case, title="绝密 行动"))
    event = AuditEvent.objects.get(kind="case.secret_refused")
    assert event.facts == {"places": ["/title"]}


def test_ten_megabytes_of_text_are_refused_kindly(officer, story):
    case = story.draft()
    response = officer.post(edit_url(case), draft_form(case, summary="字" * 3_500_000))
    assert response.status_code == 413
    assert "内容还在" in response.content.decode()


def test_a_save_by_somebody_else_is_shown_and_nothing_is_overwritten(officer, cast, story):
    case = story.draft()
    actor = cast.actor("kunshan.officer")
    with acting(actor):
        drafts.save_draft(actor=actor, case_id=case.pk, content={"title": "别处的标题"})
    response = officer.post(edit_url(case), draft_form(case, title="我的标题"))
    text = response.content.decode()
    assert response.status_code == 412
    assert "别处" in text
    assert 'value="我的标题"' in text
    assert stored(cast, case)["title"] == "别处的标题"
    # Having seen it, the officer saves his own words.
    case.version = int(re.search(r'name="version" value="(\d+)"', text)[1])
    assert officer.post(edit_url(case), draft_form(case, title="我的标题")).status_code == 302
    assert stored(cast, case)["title"] == "我的标题"


def test_a_page_that_does_not_say_its_version_overwrites_nothing(officer, cast, story):
    case = story.draft()
    for version in ("", "-1", "x", "9" * 30, "１"):
        assert officer.post(edit_url(case), draft_form(case, title="我的标题", version=version)).status_code == 412
    assert stored(cast, case)["title"] == "跨境刷单返利诈骗案"


def test_files_are_for_later_and_no_file_is_taken_for_another(officer, story):
    case = story.draft(request_type="mla_evidence_out")
    before = officer.get(edit_url(case)).content.decode()
    officer.post(
        edit_url(case), draft_form(case, action="attach") | {"file": SimpleUploadedFile("随便.pdf", samples.PDF)}
    )
    after = officer.get(edit_url(case)).content.decode()
    for text in (before, after):
        assert "要写的都写了，可以报送" in text
        assert '<b data-done>3</b> <span class="muted">/ 3</span>' in text
        assert "必须" not in text
        assert "选填" not in text
        assert re.search(r'<span class="mk" data-mark="papers">', text)


# --- Submitting ------------------------------------------------------------------------------------------------------


def test_what_is_missing_is_listed_with_links(officer, story):
    case = story.draft(title="", purpose="", items=[], subjects=[])
    text = officer.get(edit_url(case)).content.decode()
    for anchor in ("#f-title", "#f-purpose", "#f-subjects", "#f-items"):
        assert f'<a href="{anchor}">' in text
    assert '<a href="#f-summary">' not in text


def test_submitting_an_incomplete_draft_saves_it_and_says_what_is_missing(officer, cast, story):
    case = story.draft()
    response = officer.post(edit_url(case), draft_form(case, action="submit", title="改过", purpose=""))
    assert response.status_code == 422
    assert "写明请求的目的" in response.content.decode()
    assert stored(cast, case)["title"] == "改过"


def test_submitting_saves_and_goes_to_the_approver(officer, cast, story):
    case = story.draft(purpose="")
    response = officer.post(edit_url(case), draft_form(case, action="submit"))
    assert response["Location"] == reverse("case-detail", args=[case.pk])
    with acting(cast.actor("kunshan.officer")):
        case.refresh_from_db()
    assert (case.status, case.purpose) == ("in_review", "证明资金去向。")
    # Back in the browser: the page leads to the case, a late save is refused and keeps the text.
    assert officer.get(edit_url(case)).status_code == 302
    late = officer.post(edit_url(case), draft_form(case, title="迟到的标题"))
    assert late.status_code == 409
    assert "迟到的标题" in late.content.decode()


def test_a_returned_case_shows_why_and_goes_back_with_words(officer, cast, story):
    case = story.submitted()
    case = story.step(
        "kunshan.chief", case, "return_for_correction", reasons=["facts_unclear"], opinion="请写清转账时间。"
    )
    text = officer.get(edit_url(case)).content.decode()
    assert "请写清转账时间。" in text
    assert "演kunshan.chief" in text
    assert "删除草稿" not in text
    sent = draft_form(case, action="submit", summary="6月7日转账。", opinion="已写清转账时间。")
    assert officer.post(edit_url(case), sent).status_code == 302
    with acting(cast.actor("kunshan.officer")):
        assert case.notes.filter(text="已写清转账时间。").exists()


def test_words_for_the_approver_wait_for_the_submission(officer, story):
    case = story.at("returned")
    officer.post(edit_url(case), draft_form(case, opinion="先写在这里"))
    assert "先写在这里" in officer.get(edit_url(case)).content.decode()


def test_discarding_asks_once_and_names_the_number(officer, cast, story):
    case = story.draft()
    page = officer.post(edit_url(case), draft_form(case, action="go:discard"))
    with acting(cast.actor("kunshan.officer")):
        case.refresh_from_db()
    text = officer.get(page["Location"]).content.decode()
    assert f"删除 {case.number}" in text
    done = officer.post(page["Location"], {"version": case.version})
    assert done["Location"] == reverse("workbench")
    with acting(cast.actor("kunshan.officer")):
        case.refresh_from_db()
    assert case.status == "withdrawn"


# --- Others ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["case-edit", "case-discard"])
def test_a_hidden_case_is_absent(browser, story, name):
    case = story.draft()
    for login in ("ruili.officer", "suzhou.officer", "auditor"):
        client = browser(login)
        assert client.get(reverse(name, args=[case.pk])).status_code == 404
        assert client.post(reverse(name, args=[case.pk]), draft_form(case)).status_code == 404


def test_the_desk_may_look_but_not_write(browser, cast, story):
    case = story.draft()
    assert browser("kunshan.desk").get(edit_url(case)).status_code == 403
    assert browser("kunshan.desk").post(edit_url(case), draft_form(case, title="别人的")).status_code == 403
    assert stored(cast, case)["title"] == "跨境刷单返利诈骗案"


def test_after_the_session_has_ended_the_text_is_on_the_page(story):
    case = story.draft()
    response = Client().post(edit_url(case), draft_form(case, summary="没有存上的案情"))
    assert response.status_code == 401
    assert "没有存上的案情" in response.content.decode()
    assert Client().get(edit_url(case)).status_code == 302


def test_files_travel_with_the_form(officer, cast, story):
    case = story.draft()
    files = [SimpleUploadedFile("报告.pdf", samples.PDF), SimpleUploadedFile("坏.exe", samples.EXE)]
    response = officer.post(edit_url(case), {**draft_form(case, action="attach", title="带文件的标题"), "file": files})
    text = response.content.decode()
    assert response.status_code == 422
    assert "带文件的标题" in text
    assert "坏.exe" in text
    assert "报告.pdf" in text
    assert stored(cast, case)["title"] == "带文件的标题"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_are_whole_in_both_languages(officer, story, language):
    officer.cookies["coopdesk_language"] = language
    case = story.at("returned")
    for url in (
        reverse("case-new"),
        f"{reverse('case-new')}?country=TH",
        edit_url(case),
        f"{edit_url(case)}?step=type",
    ):
        assert officer.get(url).status_code == 200
