"""What the pages show of every way: the law beside a check, the task, parallel work, crossings, lists, supplements."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cases.models import Case
from tests import samples
from tests.browsing import draft_form, edit_url, log_in

pytestmark = pytest.mark.django_db
SUZHOU, JIANGSU, BEIJING = "320500000000", "320000000000", "110000000000"


def page_of(cast, login: str, path: object) -> str:
    url = f"/cases/{path.pk}/" if isinstance(path, Case) else str(path)
    return log_in(cast, login).get(url).content.decode()


def section(page: str, name: str) -> str:
    """One card of the page, by its id, without tags; '' when the page has none."""
    found = re.search(
        rf'<section class="card" id="{name}".*?</section>\s*(?=<section class="card"|</div>)', page, re.DOTALL
    )
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def inputs(page: str, name: str) -> list[str]:
    """The values of the boxes with this name, in their order."""
    return re.findall(rf'type="checkbox" name="{name}" value="(\w+)"', page)


# --- The law beside the form ------------------------------------------------------------------------------------------


def test_the_check_has_what_the_type_must_contain_beside_it_in_the_order_of_the_boxes(cast, story):
    page = page_of(cast, "guohe.desk", story.registered())
    shown = section(page, "measure")
    form = page.split('id="act-check_form"')[1].split("</form>")[0]
    labels = [re.sub(r"（.*", "", words) for words in re.findall(r'name="missing"[^>]*><span>([^<]+)</span>', form)]
    assert len(labels) == 16
    places = [shown.index(label) for label in labels]
    assert places == sorted(places)
    assert "应当" in shown
    assert "视情" in shown
    assert "协助法 第十三条" in shown


def test_the_decision_has_the_grounds_beside_it_by_law_with_strength_and_article(cast, story):
    page = page_of(cast, "guohe.chief", story.checked())
    shown = section(page, "measure")
    for words in ("应当拒绝", "可以拒绝", "可以推迟", "国际刑事司法协助法", "政治犯罪", "协助法 第十四条第三项"):
        assert words in shown, words
    codes = inputs(page.split('id="act-decide"')[1], "grounds")
    assert codes.index("political_offence") < codes.index("military_offence")
    assert "postpone_domestic_case" in codes


def test_a_type_without_contents_of_its_own_is_measured_as_a_reference(cast, story):
    page = page_of(cast, "guohe.desk", story.registered(request_type="police_cooperation_in"))
    shown = section(page, "measure")
    assert "参照" in shown
    assert "应当 " not in shown.split("拒绝和推迟")[0]


def test_who_only_looks_on_has_no_law_beside_him(cast, story):
    case = story.in_execution("jiangsu")
    for login in ("guohe.desk", "jiangsu.officer"):
        assert not section(page_of(cast, login, case), "measure")


# --- The executor -----------------------------------------------------------------------------------------------------


def test_the_executor_sees_his_task_and_brings_the_result_with_its_papers(cast, story, see):
    case = story.checked()
    with see("guohe.chief"):
        items = [str(pk) for pk in case.items.order_by("position").values_list("pk", flat=True)]
    case = story.step(
        "guohe.chief",
        case,
        "decide",
        decision="execute",
        conditions=["限于所述用途。"],
        items=[{"id": items[1], "decision": "refuse", "ground": "political_offence"}],
        grounds=["political_offence"],
    )
    case = story.step("guohe.desk", case, "assign", agency=JIANGSU, opinion="请江苏核查。")
    case = story.step("jiangsu.desk", case, "assign", execute_here=True)
    client = log_in(cast, "jiangsu.officer")
    page = client.get(f"/cases/{case.pk}/").content.decode()
    shown = section(page, "task")
    for words in ("公安部国际合作局", "限于所述用途。", "查明开户人。", "要执行的 1 项", "请江苏核查。", "不用执行"):
        assert words in shown, words
    assert f"items-{items[1]}-outcome" not in page, "what was refused is not executed"
    form = {
        "version": str(case.version),
        f"items-{items[0]}-outcome": "executed",
        f"items-{items[0]}-note": "开户人是演示甲。",
        "file": SimpleUploadedFile("结果.pdf", samples.PDF),
    }
    done = client.post(f"/cases/{case.pk}/steps/submit_result/", form, follow=True)
    assert done.status_code == 200
    assert "结果.pdf" in done.content.decode()
    assert story.fresh(case).status == "result_review"
    assert "结果.pdf" in page_of(cast, "jiangsu.chief", case)


def test_the_assigner_sees_who_was_given_a_share_and_what_came(cast, story):
    case = story.step("guohe.desk", story.decided(), "assign", agency=JIANGSU)
    due = timezone.localdate() + timedelta(days=60)
    case = story.step(
        "jiangsu.desk", case, "assign", agencies=[SUZHOU], opinion="请苏州核查开户人。", due_on=due.isoformat()
    )
    before = page_of(cast, "jiangsu.officer", case)
    assert "还差 苏州市公安局" in section(before, "task")
    shown = section(before, "parallel")
    for words in ("苏州市公安局", "分办执行", "请苏州核查开户人。", f"{due.month}月{due.day}日", "还没有答复"):
        assert words in shown, words
    asked = page_of(cast, "suzhou.chief", case)
    assert "请本机关办理" in asked
    story.step("suzhou.chief", case, "answer_assignment", answer="开户人是演示甲。")
    after = page_of(cast, "jiangsu.officer", case)
    assert "结果都已报来" in section(after, "task")
    assert "开户人是演示甲。" in section(after, "parallel")


# --- Parallel work ----------------------------------------------------------------------------------------------------


@pytest.fixture
def invited(story) -> Case:
    case = story.step("kunshan.chief", story.submitted(), "approve")
    question = "请提供该账户在贵处的线索。"
    return story.step("suzhou.desk", case, "invite", agencies=[BEIJING], bodies=["court"], question=question)


def test_the_inviter_sees_all_and_the_invited_their_own(cast, story, invited):
    shown = section(page_of(cast, "suzhou.desk", invited), "parallel")
    assert "北京市公安局" in shown
    assert "最高人民法院" in shown
    assert "外部机关" in shown
    theirs = section(page_of(cast, "beijing.chief", invited), "parallel")
    assert "北京市公安局" in theirs
    assert "最高人民法院" not in theirs


def test_what_an_agency_was_asked_waits_for_its_approver_with_the_question(cast, story, invited):
    assert invited.number in page_of(cast, "beijing.chief", "/")
    assert "请提供该账户在贵处的线索。" in page_of(cast, "beijing.chief", "/")
    assert invited.number not in page_of(cast, "beijing.desk", "/?view=mine")
    story.step("beijing.chief", invited, "answer_assignment", answer="没有线索。")
    assert invited.number not in page_of(cast, "beijing.chief", "/?view=mine")


def test_those_invited_choose_between_their_agency_and_all_who_take_part(cast, invited):
    route = page_of(cast, "suzhou.desk", invited)
    assert re.findall(r'name="audience" value="(\w+)"', route) == ["agency", "route", "shared"]
    client = log_in(cast, "beijing.chief")
    theirs = client.get(f"/cases/{invited.pk}/").content.decode()
    assert re.findall(r'name="audience" value="(\w+)"', theirs) == ["agency", "shared"]
    client.post(f"/cases/{invited.pk}/notes/", {"text": "线索见附件。", "audience": "shared"})
    assert "线索见附件。" in page_of(cast, "suzhou.desk", invited)


def test_where_nobody_is_invited_nobody_is_offered(cast, story):
    page = page_of(cast, "kunshan.chief", story.submitted())
    assert re.findall(r'name="audience" value="(\w+)"', page) == ["agency", "route"]
    assert not section(page, "parallel")


# --- What crossed -----------------------------------------------------------------------------------------------------


def test_every_crossing_is_listed_with_its_receipt(cast, story):
    case = story.queried()
    case = story.step("kunshan.officer", case, "answer_query", opinion="用于收款。")
    for place in ("kunshan", "suzhou", "jiangsu", "guohe"):
        case = story.step(f"{place}.chief", case, "approve")
    case = story.step("guohe.desk", case, "record_acknowledgement", their_reference="TH-1", their_desk="三处")
    case = story.step("guohe.desk", case, "record_chase", opinion="电话催办。")
    shown = section(page_of(cast, "kunshan.officer", case), "crossings")
    places = [shown.index(words) for words in ("催办", "对询问的答复", "询问 来自外方", "请求 发往外方")]
    assert places == sorted(places), shown
    assert "TH-1" in shown
    assert "泰国皇家警察总署" in shown


def test_a_recall_that_was_asked_for_stands_at_the_head(cast, story):
    case = story.step("kunshan.chief", story.dispatched(), "request_recall", opinion="已抓获。")
    assert "已请求撤回" in page_of(cast, "guohe.desk", case)
    case = story.step("guohe.desk", case, "record_recall")
    assert 'aria-label="已请求撤回"' not in page_of(cast, "guohe.desk", case)


def test_a_filing_waits_and_is_acknowledged(cast, story):
    case = story.border_cleared()
    assert "还没有确认；不影响办理" in page_of(cast, "ruili.desk", case)
    case = story.step("guohe.desk", case, "acknowledge_filing")
    assert "确认收到" in page_of(cast, "ruili.desk", case)


# --- Lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/cases/?", "/?view=agency&"])
def test_lists_are_narrowed_by_direction(cast, story, path):
    ours, theirs = story.dispatched(), story.registered()
    whole = page_of(cast, "guohe.desk", path)
    assert ours.number in whole
    assert theirs.number in whole
    narrowed = page_of(cast, "guohe.desk", f"{path}direction=incoming")
    assert ours.number not in narrowed
    assert theirs.number in narrowed
    assert "外方请求" in narrowed
    assert log_in(cast, "guohe.desk").get(f"{path}direction=sideways").status_code == 400


def test_every_status_of_a_foreign_request_can_be_chosen(cast, story):
    page = page_of(cast, "guohe.desk", "/cases/")
    for code in (
        "received",
        "to_assign",
        "in_execution",
        "result_review",
        "replied",
        "draft",
        "query_open",
        "transferred",
    ):
        assert page.count(f'<option value="{code}"') == 1, code


# --- Drafting ---------------------------------------------------------------------------------------------------------


def test_a_border_agency_chooses_its_matter_and_the_way_follows(cast, story, see):
    case = story.border_draft(border_matter="")
    client = log_in(cast, "ruili.officer")
    page = client.get(edit_url(case)).content.decode()
    assert "不属于，走完整路线" in page
    assert "公安部国合局" in page.split("data-way")[1].split("</ol>")[0]
    saved = client.post(f"/cases/{case.pk}/autosave/", draft_form(case, border_matter="meeting")).json()
    assert saved["route"][-1].startswith("云南")
    after = client.get(edit_url(case)).content.decode()
    assert 'value="meeting" checked' in after
    assert "公安部国合局" not in after.split("data-way")[1].split("</ol>")[0]


def test_inland_drafts_ask_nothing_of_the_border(cast, story):
    assert 'name="border_matter"' not in page_of(cast, "kunshan.officer", edit_url(story.draft()))


def test_a_matter_that_may_not_go_directly_is_refused_at_its_field(cast, story):
    case = story.border_draft(country="TH", request_type="police_cooperation_out")
    client = log_in(cast, "ruili.officer")
    answer = client.post(edit_url(case), draft_form(case, border_matter="meeting", action="submit"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="f-border_matter-error"' in page
    assert "不接壤" in page
    assert "请清空边境事项" in page


def test_a_supplementary_request_names_the_first_and_the_first_names_it(cast, story, see):
    first = story.dispatched()
    client = log_in(cast, "kunshan.officer")
    page = client.get(f"/cases/{first.pk}/").content.decode()
    token = re.search(r'name="token" value="(\w+)"><input type="hidden" name="supplements"', page)
    assert token
    sent = {"token": token[1], "supplements": "1"}
    answers = [client.post(f"/cases/{first.pk}/copy/", sent) for _click in range(2)]
    with see("kunshan.officer"):
        copy = Case.objects.get(supplements=first)
    assert [answer["Location"] for answer in answers] == [edit_url(copy)] * 2
    assert first.number in client.get(edit_url(copy)).content.decode()
    assert first.number in client.get(f"/cases/{copy.pk}/").content.decode()
    assert copy.number in client.get(f"/cases/{first.pk}/").content.decode()
    assert copy.number not in page_of(cast, "suzhou.chief", first), "a draft is for its origin alone"


def test_what_was_never_sent_is_not_supplemented(cast, story):
    case = story.submitted()
    client = log_in(cast, "kunshan.officer")
    assert 'name="supplements"' not in client.get(f"/cases/{case.pk}/").content.decode()
    answer = client.post(f"/cases/{case.pk}/copy/", {"token": "a" * 22, "supplements": "1"})
    assert answer.status_code == 422
