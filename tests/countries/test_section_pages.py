"""The pages of a ledger's written parts: what everybody reads, how the desk writes and reviews, who comes back to it."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import AuditEvent
from countries.models import LedgerProposal, SectionCare, SectionText
from tests.browsing import log_in
from tests.cast import Cast
from tests.ledgers import HABITS, last_reviewed, look_after, make_proposal, publish_text, submit_text, write_text

pytestmark = pytest.mark.django_db
TH = reverse("country-detail", args=["TH"])
HERE = reverse("ledger-section", args=["TH", HABITS])
WRITE = reverse("ledger-section-write", args=["TH", HABITS])
DESK, CHIEF, READER = "guohe.desk", "guohe.chief", "kunshan.officer"


def text_of(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def version_url(number: int, act: str = "version") -> str:
    return reverse(f"ledger-section-{act}", args=["TH", HABITS, number])


def typed(client: Client, url: str = WRITE, **changes: str) -> dict[str, str]:
    """What the form posts, as it was opened, with changes."""
    form = client.get(url).context["form"]
    return {name: str(form.initial.get(name) or "") for name in form.fields} | {"act": "save"} | changes


def test_everybody_reads_what_was_published_with_its_sources(cast: Cast) -> None:
    write_text(cast, "【演示】还没有写完。")
    reader = log_in(cast, READER)
    assert "还没有写完" not in text_of(reader, TH)
    assert "修改文字" not in text_of(reader, TH)
    desk = log_in(cast, DESK)
    assert desk.post(version_url(1, "submit")).status_code == 302
    assert "还没有写完" not in text_of(reader, TH)
    assert log_in(cast, CHIEF).post(version_url(1, "publish")).status_code == 302
    page = text_of(reader, TH)
    assert "【演示】还没有写完。" in page
    assert "【演示】2026年10月会谈纪要" in page
    assert "修改文字" in text_of(desk, TH)


def test_the_english_page_shows_the_english_text_where_there_is_one(cast: Cast) -> None:
    row = write_text(cast, "【演示】先打电话。")
    SectionText.objects.filter(pk=row.pk).update(text_en="[Demo] Telephone first.")
    log_in(cast, DESK).post(version_url(1, "submit"))
    log_in(cast, CHIEF).post(version_url(1, "publish"))
    reader = log_in(cast, READER)
    assert "Telephone first" not in text_of(reader, TH)
    reader.cookies["coopdesk_language"] = "en"
    page = text_of(reader, TH)
    assert "Telephone first" in page
    assert "【演示】先打电话。" not in page


def test_an_overdue_review_shows_as_an_age_with_a_mark(cast: Cast) -> None:
    publish_text(cast)
    look_after(cast)
    assert 'data-due="late"' not in text_of(log_in(cast, READER), TH)
    last_reviewed(cast, date(2024, 1, 5))
    for url in (TH, HERE, reverse("country-stale")):
        page = text_of(log_in(cast, READER), url)
        assert 'data-due="late"' in page, url
        assert "个月前复核" in page, url
        assert f"演{DESK}" in page, url
    assert log_in(cast, CHIEF).post(reverse("ledger-section-confirm", args=["TH", HABITS])).status_code == 403
    desk = log_in(cast, DESK)
    assert "复核过，仍然有效" in text_of(desk, HERE)
    assert desk.post(reverse("ledger-section-confirm", args=["TH", HABITS])).status_code == 302
    assert 'data-due="late"' not in text_of(log_in(cast, READER), TH)


def test_a_draft_is_written_sent_back_mended_and_published(cast: Cast) -> None:
    desk, chief = log_in(cast, DESK), log_in(cast, CHIEF)
    said = typed(desk, text_zh="【演示】先打电话。\r\n再发函。", sources="【演示】会谈纪要", act="submit")
    assert desk.post(WRITE, said).status_code == 302
    row = SectionText.objects.get()
    assert (row.state, row.text_zh) == ("review", "【演示】先打电话。\n再发函。")
    assert desk.get(WRITE)["Location"] == version_url(1)
    assert "退回修改" in text_of(chief, version_url(1))
    assert "退回修改" not in text_of(desk, version_url(1))
    answer = chief.post(version_url(1, "send-back"), {"remark": " "})
    assert (answer.status_code, "写明要改什么" in answer.content.decode()) == (400, True)
    assert chief.post(version_url(1, "send-back"), {"remark": "补上年份。"}).status_code == 302
    assert "补上年份。" in text_of(desk, WRITE)
    assert desk.post(WRITE, typed(desk, text_zh="【演示】2026年起先打电话。", act="submit")).status_code == 302
    assert desk.post(version_url(1, "publish")).status_code == 403
    assert chief.post(version_url(1, "publish")).status_code == 302
    assert "2026年起先打电话" in text_of(log_in(cast, READER), TH)
    assert chief.post(version_url(1, "publish")).status_code == 409


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"sources": ""}, 422, "没有出处的不能发布"),
        ({"text_zh": "", "text_en": "kept words"}, 422, "还没有写中文正文"),
        ({"sources": "长" * 2001}, 400, "最多 2000 个字"),
        ({"text_zh": "记下的话\x00"}, 400, ""),
    ],
)
def test_what_is_refused_stays_in_the_form(cast: Cast, changes: dict[str, str], status: int, words: str) -> None:
    desk = log_in(cast, DESK)
    said = typed(desk, **({"text_zh": "记下的话", "sources": "出处在此", "act": "submit"} | changes))
    answer = desk.post(WRITE, said)
    page = answer.content.decode()
    assert (answer.status_code, words in page) == (status, True)
    for name in ("text_zh", "text_en", "sources"):
        assert said[name] in page
    # Sent again from the page that came back, mended, it goes through.
    form = answer.context["form"]
    again = {name: str(form[name].value() or "") for name in form.fields}
    again |= {"text_zh": "改好了", "sources": "会谈纪要", "act": "submit"}
    assert desk.post(WRITE, again).status_code == 302
    assert SectionText.objects.get().state == "review"


def test_two_owners_at_once_keep_both_texts(cast: Cast) -> None:
    publish_text(cast, "【演示】原来的。")
    desk, chief = log_in(cast, DESK), log_in(cast, CHIEF)
    slow = typed(desk, text_zh="【演示】联络员慢慢写的。", act="submit")
    look_after(cast)
    submit_text(cast, "【演示】审批人先写完的。", CHIEF, 1)
    assert desk.post(version_url(2, "publish")).status_code == 302
    answer = desk.post(WRITE, slow)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "审批人" in page
    assert page.count("联络员慢慢写的") >= 1  # still in the form
    assert "<ins>" in page
    mine = SectionText.objects.get(state="draft")
    assert mine.text_zh == "【演示】联络员慢慢写的。"
    form = answer.context["form"]
    again = {name: str(form[name].value() or "") for name in form.fields} | {"onto": "2"}
    assert desk.post(WRITE, again).status_code == 302
    mine.refresh_from_db()
    assert (mine.state, mine.number, mine.based_on.number) == ("draft", 3, 2)
    assert desk.post(WRITE, typed(desk, act="submit")).status_code == 302
    assert chief.post(version_url(3, "publish")).status_code == 302
    texts = list(SectionText.objects.order_by("number").values_list("text_zh", flat=True))
    assert texts == ["【演示】原来的。", "【演示】审批人先写完的。", "【演示】联络员慢慢写的。"]


def test_a_draft_saved_on_another_page_is_not_overwritten(cast: Cast) -> None:
    desk = log_in(cast, DESK)
    write_text(cast, "【演示】开头。")
    first, second = typed(desk, text_zh="【演示】第一页。"), typed(desk, text_zh="【演示】第二页。")
    assert desk.post(WRITE, first).status_code == 302
    answer = desk.post(WRITE, second)
    assert answer.status_code == 412
    assert SectionText.objects.get().text_zh == "【演示】第一页。"
    page = answer.content.decode()
    assert "【演示】第二页。" in page
    again = second | {"seen": answer.context["form"].data["seen"]}
    assert desk.post(WRITE, again).status_code == 302
    assert SectionText.objects.get().text_zh == "【演示】第二页。"


def test_two_versions_stand_side_by_side(cast: Cast) -> None:
    publish_text(cast, "【演示】先打电话。\n再发函。")
    publish_text(cast, "【演示】先打电话。\n三天后再发函。", 1)
    url, reader = reverse("ledger-section-compare", args=["TH", HABITS]), log_in(cast, READER)
    page = text_of(reader, url)
    assert "<ins>三天后</ins>" in page
    assert "<ins>三天后</ins>" in text_of(reader, url + "?a=2&b=1")
    for bad in ("?a=1&b=9", "?a=1", "?a=x&b=1", "?a=99999999999&b=1"):
        assert reader.get(url + bad).status_code == 404
    assert reader.get(reverse("ledger-section-compare", args=["TH", "posts"])).status_code == 404


def test_drafts_are_their_authors_and_reviews_the_desks(cast: Cast) -> None:
    write_text(cast)
    seen = {login: log_in(cast, login).get(version_url(1)).status_code for login in (DESK, CHIEF, READER, "auditor")}
    assert seen == {DESK: 200, CHIEF: 302, READER: 404, "auditor": 404}
    log_in(cast, DESK).post(version_url(1, "submit"))
    seen = {login: log_in(cast, login).get(version_url(1)).status_code for login in (DESK, CHIEF, READER)}
    assert seen == {DESK: 200, CHIEF: 200, READER: 404}


@pytest.mark.parametrize("login", [READER, "jiangsu.desk", "jiangsu.chief", "guohe.supervisor", "auditor"])
def test_nobody_else_writes_or_reviews(cast: Cast, login: str) -> None:
    publish_text(cast)
    client = log_in(cast, login)
    assert client.get(WRITE).status_code == 403
    urls = [WRITE, *(version_url(1, act) for act in ("submit", "publish", "send-back", "drop"))]
    urls += [reverse(f"ledger-section-{act}", args=["TH", HABITS]) for act in ("entrust", "confirm")]
    assert {client.post(url, {"text_zh": "x"}).status_code for url in urls} == {403}
    assert client.get(reverse("ledger-work")).status_code == 403


def test_an_approver_says_who_looks_after_it(cast: Cast) -> None:
    url = reverse("ledger-section-entrust", args=["TH", HABITS])
    chief, owner = log_in(cast, CHIEF), str(cast.officer(DESK).pk)
    for given, words in (
        ({"owner": owner, "every_months": "61"}, "复核间隔写 1 到 60 个月。"),
        ({"owner": str(cast.officer(READER).pk), "every_months": "6"}, "选一名民警。"),
        ({}, "选一名民警。"),
    ):
        answer = chief.post(url, given)
        assert (answer.status_code, words in answer.content.decode()) == (400, True)
    assert not SectionCare.objects.exists()
    assert chief.post(url, {"owner": owner, "every_months": "6"}).status_code == 302
    assert f"演{DESK}" in text_of(log_in(cast, READER), HERE)
    assert log_in(cast, DESK).post(url, {"owner": owner, "every_months": "6"}).status_code == 403


def test_what_waits_is_on_the_workbench_and_on_its_own_page(cast: Cast) -> None:
    desk, chief = log_in(cast, DESK), log_in(cast, CHIEF)
    work = reverse("ledger-work")
    assert work not in text_of(desk, reverse("workbench"))
    submit_text(cast, login=CHIEF)
    look_after(cast)
    last_reviewed(cast, date(2024, 1, 5))
    proposal = make_proposal(cast, section=HABITS)
    bench = text_of(desk, reverse("workbench"))
    for words in ("到期没有复核 1 节", "等复核 1 份", "等答复的建议 1 条"):
        assert words in bench
    page = text_of(desk, work)
    assert version_url(1) in page
    assert reverse("ledger-proposal", args=[proposal.pk]) in page
    assert work not in text_of(chief, reverse("workbench"))  # his own text, another's section
    assert work not in text_of(log_in(cast, READER), reverse("workbench"))


def test_a_proposal_for_a_section_becomes_the_owners_draft(cast: Cast) -> None:
    publish_text(cast, "【演示】先打电话。")
    reader, propose = log_in(cast, READER), reverse("ledger-propose", args=["TH"])
    assert reader.get(f"{propose}?section={HABITS}").context["form"]["topic"].value() == f"section:{HABITS}"
    given = {"kind": "correction", "topic": f"section:{HABITS}", "text": "周五下午不接电话。", "source": "外方答复"}
    assert reader.post(propose, given).status_code == 302
    desk, row = log_in(cast, DESK), LedgerProposal.objects.get()
    assert row.section == HABITS
    accept = desk.get(reverse("ledger-proposal", args=[row.pk])).context["accept_url"]
    said = typed(desk, accept)
    assert (said["text_zh"], said["proposal"]) == ("【演示】先打电话。\n\n周五下午不接电话。", str(row.pk))
    assert desk.post(accept, said).status_code == 302
    row.refresh_from_db()
    assert row.state == "accepted"
    assert SectionText.objects.get(state="draft").text_zh == said["text_zh"]
    # Decided meanwhile by another: the draft is kept all the same.
    answer = desk.post(accept, typed(desk, text_zh="【演示】又改。") | {"proposal": str(row.pk)})
    assert (answer.status_code, answer.context["form"].data["proposal"]) == (409, "")
    assert SectionText.objects.get(state="draft").text_zh == "【演示】又改。"


def test_every_write_leaves_a_trace_without_its_text(cast: Cast) -> None:
    publish_text(cast)
    log_in(cast, DESK).post(version_url(write_text(cast, on=1).number, "drop"))
    events = AuditEvent.objects.filter(subject="country:TH").order_by("pk")
    kinds = ["ledger.draft", "ledger.submit", "ledger.publish", "ledger.draft", "ledger.drop"]
    assert [event.kind for event in events] == kinds
    assert all("演示" not in str(event.facts) for event in events)


def test_a_link_to_a_version_that_was_renumbered_or_sent_back_lands_on_the_section(cast: Cast) -> None:
    submit_text(cast)
    chief, desk, reader = log_in(cast, CHIEF), log_in(cast, DESK), log_in(cast, READER)
    assert chief.post(version_url(1, "send-back"), {"remark": "【演示】补上年份。"}).status_code == 302
    for number in (1, 7):  # sent back, and no version at all: told alike
        answer = chief.get(version_url(number), follow=True)
        assert answer.redirect_chain == [(HERE, 302)]
        assert f"第 {number} 版已经退回、放弃或者换了版号" in answer.content.decode()
        assert reader.get(version_url(number)).status_code == 404
    assert desk.get(version_url(1)).status_code == 200
    assert chief.post(version_url(1, "publish")).status_code == 404
