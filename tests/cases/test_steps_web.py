"""Every step from its form on the case page, and every refusal: nothing typed is lost, and it says whose turn it is."""

from __future__ import annotations

import re
import uuid
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.models import AuditEvent
from agencies.scope import acting
from cases import content_input, drafts
from cases.models import Case, Status
from tests import samples
from tests.language import wrong_words

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Forms(HTMLParser):
    """The forms of a page by their action: names of the inputs and what they hold."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, Any]] = {}
        self._form: dict[str, Any] | None = None
        self._name, self._writing = "", False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = self.found.setdefault(given.get("action", ""), {})
        elif self._form is not None and given.get("name"):
            self._name, self._writing = given["name"], tag == "textarea"
            checked = given.get("type") not in ("checkbox", "radio") or "checked" in given
            held = given.get("value", "") if checked and tag == "input" else ""
            self._form[given["name"]] = self._form.get(given["name"]) or held
        elif self._form is not None and tag == "option" and "selected" in given:
            self._form[self._name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._writing and data.strip():
            self._form[self._name] = data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._writing = False


@pytest.fixture
def take(client, cast):
    """Open the page as somebody, fill in the step's form as it stands there, send it; gives the response."""

    def send(login: str, case: Case, step: str, **filled: Any):
        client.force_login(cast.officer(login), backend=BACKEND)
        page = client.get(f"/cases/{case.pk}/").content.decode()
        form = Forms(page).found[f"/cases/{case.pk}/steps/{step}/"]
        assert set(filled) <= set(form), set(filled) - set(form)
        held = {name: value for name, value in form.items() if name != "csrfmiddlewaretoken"}
        return client.post(f"/cases/{case.pk}/steps/{step}/", {**held, **filled})

    return send


@pytest.fixture
def now(see):
    """The case as it is now."""

    def read(case: Case) -> Case:
        with see("kunshan.chief"):
            return Case.objects.get(pk=case.pk)

    return read


def said(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def test_the_whole_life_of_a_request_goes_through_its_forms(take, story, client, now, see):
    case = story.draft()
    assert take("kunshan.officer", case, "submit", opinion="请审批").status_code == 302
    assert "已报送，等" in said(client.get(f"/cases/{case.pk}/"))
    take("kunshan.chief", case, "assign_handler", handler="kunshan.desk")
    take("kunshan.desk", case, "recommend", opinion="拟同意")
    take("kunshan.chief", case, "return_for_correction", reasons=["facts_unclear", "items_unclear"], opinion="写清楚")
    assert now(case).status == Status.RETURNED
    take("kunshan.officer", case, "submit", opinion="已改")
    for place in ("kunshan", "suzhou", "jiangsu", "guohe"):
        assert take(f"{place}.chief", case, "approve", opinion="同意").status_code == 302
    assert now(case).status == Status.CLEARED
    sent = {"channel": "police_liaison", "counterpart-name": "泰国皇家警察总署", "counterpart-unit": "外事处"}
    take("guohe.desk", case, "dispatch", **sent)
    take("guohe.desk", case, "record_acknowledgement", their_reference="TH-1", their_desk="外事处")
    with see("guohe.desk"):
        first, second = case.items.order_by("position").values_list("pk", flat=True)
    take("guohe.desk", case, "record_reply", kind="interim", **{f"items-{first}-outcome": "executed"})
    assert now(case).status == Status.DISPATCHED
    refused = {f"items-{second}-outcome": "refused", f"items-{second}-ground": "cannot_execute"}
    take("guohe.desk", case, "record_reply", kind="final", **refused, **{f"items-{second}-note": "影像已覆盖"})
    assert now(case).status == Status.ANSWERED
    for place in ("guohe", "jiangsu", "suzhou"):
        take(f"{place}.desk", case, "relay", opinion="请查收")
    take("kunshan.officer", case, "accept", usefulness="partly", result="查明了开户人")
    assert now(case).status == Status.CLOSED
    page = said(client.get(f"/cases/{case.pk}/"))
    assert "已签收办结。" in page
    assert "影像已覆盖" in page
    take("kunshan.chief", case, "reopen", opinion="还有材料")
    assert now(case).status == Status.DELIVERED


@pytest.mark.parametrize(
    "step, status, login, ended",
    [
        ("discard", "draft", "kunshan.officer", Status.WITHDRAWN),
        ("withdraw", "in_review", "kunshan.chief", Status.WITHDRAWN),
        ("decline", "in_review", "kunshan.chief", Status.DECLINED),
    ],
)
def test_the_steps_that_end_a_case(take, story, now, step, status, login, ended):
    case = story.at(status)
    filled = {} if step == "discard" else {"opinion": "不再需要"}
    assert take(login, case, step, **filled).status_code == 302
    assert now(case).status == ended


# --- What comes back from abroad --------------------------------------------------------------------------------------


def test_receipt_abroad_is_recorded_without_a_number(take, story, client):
    case = story.dispatched()
    assert take("guohe.desk", case, "record_acknowledgement").status_code == 302
    take("guohe.desk", case, "record_acknowledgement", their_desk="外事处")
    page = said(client.get(f"/cases/{case.pk}/"))
    assert "登记外方已收，由 外事处 承办" in page


def reply(case, see, *uploads, **more):
    with see("guohe.desk"):
        ids = list(case.items.values_list("pk", flat=True))
    return {"kind": "final", **{f"items-{pk}-outcome": "executed" for pk in ids}, "file": list(uploads), **more}


def test_the_papers_of_a_reply_come_with_it(take, story, see, now):
    case = story.dispatched()
    paper = SimpleUploadedFile("复函.pdf", samples.PDF)
    assert take("guohe.desk", case, "record_reply", **reply(case, see, paper)).status_code == 302
    assert now(case).status == Status.ANSWERED
    with see("guohe.desk"):
        (file,) = case.attachments.all()
        assert (file.name, file.transmission.kind) == ("复函.pdf", "final")


def test_a_reply_with_a_refused_paper_is_not_recorded_and_keeps_its_words(take, story, see, now):
    case = story.dispatched()
    papers = SimpleUploadedFile("好.pdf", samples.PDF), SimpleUploadedFile("机密★10年.pdf", samples.PDF)
    response = take("guohe.desk", case, "record_reply", **reply(case, see, *papers, opinion="电话核实过"))
    html = response.content.decode()
    assert response.status_code == 422
    assert 'href="#record_reply-file"' in html
    assert "电话核实过" in html
    assert "已上传" not in html
    assert now(case).status == Status.DISPATCHED
    with see("guohe.desk"):
        assert not case.attachments.exists()
    assert AuditEvent.objects.filter(kind="case.secret_refused", subject=f"case:{case.pk}").count() == 1


def test_a_counterpart_without_a_name_is_asked_for_at_its_input(take, story):
    filled = {"channel": "", "counterpart-name": "", "counterpart-unit": ""}
    response = take("guohe.desk", story.cleared(), "dispatch", **filled)
    html = response.content.decode()
    assert response.status_code == 400
    assert "请填写外方收件单位的名称。" in html
    assert "请选择「渠道」。" in html
    assert 'href="#dispatch-counterpart-name"' in html
    assert 'aria-describedby="dispatch-counterpart-name-error"' in html


# --- A form that cannot be sent keeps what was typed -----------------------------------------------------------------


def test_a_malformed_form_comes_back_open_with_its_reasons_at_the_inputs(take, story, now):
    case = story.submitted()
    response = take("kunshan.chief", case, "return_for_correction", opinion="我写了很多要求")
    html = response.content.decode()
    assert response.status_code == 400
    assert re.search(r'<details class="act"[^>]*id="act-return_for_correction" open', html)
    assert 'href="#return_for_correction-reasons"' in html
    assert 'id="return_for_correction-reasons-error"' in html
    assert "我写了很多要求" in html
    assert now(case).status == Status.IN_REVIEW


def test_a_reply_without_ground_points_to_its_item(take, story, see):
    case = story.dispatched()
    with see("guohe.desk"):
        first, second = case.items.order_by("position").values_list("pk", flat=True)
    filled = {f"items-{second}-outcome": "refused", f"items-{second}-note": "他们说没有"}
    response = take("guohe.desk", case, "record_reply", kind="interim", **filled)
    html = response.content.decode()
    assert response.status_code == 400
    assert f'href="#record_reply-items-{second}-ground"' in html
    assert f'id="record_reply-items-{second}-ground"' in html
    assert "他们说没有" in html
    form = Forms(html).found[f"/cases/{case.pk}/steps/record_reply/"]
    assert form[f"items-{second}-outcome"] == "refused"
    assert form["kind"] == "interim"
    assert form[f"items-{first}-outcome"] == ""


def test_a_final_reply_with_gaps_says_which(take, story):
    response = take("guohe.desk", story.dispatched(), "record_reply", kind="final", opinion="来了")
    assert response.status_code == 422
    assert "第 1 项还没有结果" in said(response)
    assert "第 2 项还没有结果" in said(response)


def test_an_incomplete_draft_is_not_submitted_and_says_everything_that_is_missing(take, story, now):
    case = story.draft(summary="", purpose="", items=[], subjects=[])
    response = take("kunshan.officer", case, "submit", opinion="急")
    assert response.status_code == 422
    for words in ("写明案情", "写明请求的目的", "至少写一名涉案人员", "至少写一项请求事项"):
        assert words in said(response)
    assert "急" in response.content.decode()
    assert now(case).status == Status.DRAFT


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "1.5", "１"])
def test_a_form_without_a_proper_version_is_refused(client, cast, story, version):
    case = story.submitted()
    client.force_login(cast.officer("kunshan.chief"), backend=BACKEND)
    assert client.post(f"/cases/{case.pk}/steps/approve/", {"version": version}).status_code == 400


def test_hostile_text_is_refused_in_words(take, story, now):
    case = story.submitted()
    for opinion, status in (("a\x00b", 400), ("长" * 5000, 400), ("机密★10年\n内容", 400)):
        response = take("kunshan.chief", case, "approve", opinion=opinion)
        assert response.status_code in (status, 422)
    assert now(case).status == Status.IN_REVIEW


# --- The case changed in between -------------------------------------------------------------------------------------


def post(client, cast, login: str, case: Case, step: str, **data: Any):
    client.force_login(cast.officer(login), backend=BACKEND)
    return client.post(f"/cases/{case.pk}/steps/{step}/", {"version": case.version, **data})


def test_a_conflict_shows_what_changed_and_keeps_what_was_typed(client, cast, story, now):
    opened = story.submitted()
    story.step("kunshan.desk", opened, "recommend", opinion="建议同意")
    response = post(
        client, cast, "kunshan.chief", opened, "return_for_correction", reasons=["facts_unclear"], opinion="我的意见"
    )
    html = response.content.decode()
    assert response.status_code == 412
    assert "案件刚刚有变动" in said(response)
    assert "写了拟办意见" in said(response)
    assert "建议同意" in html
    form = Forms(html).found[f"/cases/{opened.pk}/steps/return_for_correction/"]
    assert form["opinion"].strip() == "我的意见"
    assert form["reasons"] == "facts_unclear"
    assert form["version"] == str(now(opened).version)
    again = client.post(f"/cases/{opened.pk}/steps/return_for_correction/", form)
    assert again.status_code == 302
    assert now(opened).status == Status.RETURNED


def test_a_conflict_after_which_it_is_no_longer_mine_says_so_and_keeps_the_words(client, cast, story, now):
    opened = story.submitted()
    story.step("kunshan.chief", opened, "approve")
    response = post(client, cast, "kunshan.chief", opened, "decline", opinion="不合条件的理由")
    assert response.status_code == 412
    words = said(response)
    assert "苏州市公安局 审批人" in words
    assert "不合条件的理由" in response.content.decode()
    assert "昆山市公安局" in words
    assert f"/cases/{opened.pk}/steps/decline/" not in response.content.decode()
    assert now(opened).status == Status.IN_REVIEW


def test_a_conflict_over_corrected_content_shows_the_words(client, cast, story):
    opened = story.submitted()
    story.step("kunshan.chief", opened, "return_for_correction", reasons=["facts_unclear"])
    actor = cast.actor("kunshan.officer")
    with acting(actor):
        content = content_input.parse({"summary": "资金流入泰国三个账户。"})
        drafts.save_draft(actor=actor, case_id=opened.pk, content=content)
    story.step("kunshan.officer", opened, "submit")
    response = post(client, cast, "kunshan.chief", opened, "approve", opinion="同意")
    assert response.status_code == 412
    assert "<ins>三个</ins>" in response.content.decode()


def test_sending_twice_is_a_conflict_and_happens_once(client, cast, story, see):
    opened = story.submitted()
    assert post(client, cast, "kunshan.chief", opened, "approve").status_code == 302
    assert post(client, cast, "kunshan.chief", opened, "approve").status_code == 412
    with see("kunshan.chief"):
        assert opened.legs.count() == 3


# --- Not his step ----------------------------------------------------------------------------------------------------


def test_not_my_role_not_my_agency_not_my_eyes(client, cast, story, now):
    case = story.submitted()
    refused = post(client, cast, "kunshan.officer", case, "approve", opinion="我想同意")
    assert refused.status_code == 403
    assert "昆山市公安局 审批人" in said(refused)
    assert "演kunshan.chief" in said(refused)
    assert "我想同意" in refused.content.decode()
    elsewhere = post(client, cast, "guohe.chief", case, "approve")
    assert elsewhere.status_code == 403
    assert "昆山市公安局 审批人" in said(elsewhere)
    assert now(case).status == Status.IN_REVIEW


def test_four_eyes_names_somebody_else(client, cast, story):
    case = story.submitted()
    desk = cast.officer("kunshan.desk")
    story.step("kunshan.desk", case, "recommend", opinion="同意")
    post_of_desk = desk.appointments.get()
    post_of_desk.role = "approver"
    post_of_desk.save()
    case.version += 1
    response = post(client, cast, "kunshan.desk", case, "approve")
    assert response.status_code == 403
    assert "须由其他人办理" in said(response)
    assert "演kunshan.chief" in said(response)


def test_a_step_that_the_status_does_not_take(client, cast, story):
    response = post(client, cast, "kunshan.officer", story.submitted(), "accept", usefulness="useful")
    assert response.status_code == 409
    assert "没有办成" in said(response)


@pytest.mark.parametrize("login", ["ruili.chief", "auditor", "beijing.desk"])
@pytest.mark.parametrize("step", ["approve", "withdraw", "no-such-step"])
def test_a_hidden_case_and_an_unknown_step_are_absent(client, cast, story, login, step):
    case = story.submitted()
    client.force_login(cast.officer(login), backend=BACKEND)
    answers = [
        client.post(f"/cases/{pk}/steps/{step}/", {"version": 2, "opinion": "x"}) for pk in (case.pk, uuid.uuid4())
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    same = [re.sub("[0-9a-f-]{36}", "ID", said(answer)) for answer in answers]
    assert same[0] == same[1]


def test_an_unknown_step_of_a_visible_case_is_absent(client, cast, story):
    assert post(client, cast, "kunshan.chief", story.submitted(), "teleport").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_refusals_speak_both_languages(client, cast, story, language):
    client.cookies["coopdesk_language"] = language
    case = story.submitted()
    story.step("kunshan.desk", case, "recommend", opinion="建议同意")
    answers = [
        post(client, cast, "kunshan.chief", case, "approve", opinion="好"),
        post(client, cast, "guohe.chief", case, "approve", opinion="好"),
    ]
    case.version += 1
    answers += [
        post(client, cast, "kunshan.chief", case, "return_for_correction", opinion="好"),
        post(client, cast, "guohe.chief", case, "approve", opinion="好"),
        post(client, cast, "kunshan.officer", case, "accept", usefulness="useful"),
    ]
    for answer in answers:
        assert answer.status_code >= 400
        assert wrong_words(answer.content.decode(), language) == []
