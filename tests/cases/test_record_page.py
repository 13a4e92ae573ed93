"""我们的记录 in the browser and by the API: the same numbers for everybody, the reader's own cases below."""

from __future__ import annotations

import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from agencies.models import AuditEvent
from tests import recording
from tests.browser import DESK, PHONE, chromium, complaints, open_page, scrolls_sideways, serving
from tests.browsing import log_in
from tests.language import wrong_words

PAGE = reverse("country-record", args=["TH"])
API = reverse("api-country-record", args=["TH"])


@pytest.fixture
def world(real_world):
    return real_world(recording.a_world)


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def tiles(client: Client) -> dict[str, str]:
    record = client.get(PAGE).context["record"]
    return {tile["label"]: tile["value"] for tile in record["tiles"]}


def test_page_and_api_say_the_same_to_everybody(world, cast):
    seen = []
    for login in ("kunshan.officer", "ruili.desk", "guohe.supervisor", "auditor"):
        client = log_in(cast, login)
        body = client.get(API).json()
        sent, received = body["sent"], body["received"]
        assert tiles(client) == {
            "发出": str(sent["n"]),
            "全部答复": str(sent["answered"]),
            "部分或拒绝": str(sent["partly"] + sent["refused"]),
            "在外方": str(sent["waiting"]),
            "收到": str(received["n"]),
            "我方欠对方": str(received["waiting"]),
        }
        seen.append(body)
    assert all(body == seen[0] for body in seen)
    assert (sent["n"], received["n"], body["least"]) == (13, 10, 10)
    assert sum(sent[state] for state in ("answered", "partly", "refused", "unanswered", "withdrawn", "open")) == 13
    assert [step["at_risk"] for step in sent["curve"]] == sorted((s["at_risk"] for s in sent["curve"]), reverse=True)
    assert sent["curve"][0]["low"] <= sent["curve"][0]["answered"] <= sent["curve"][0]["high"]


def test_what_is_too_small_and_what_is_not_there(world, cast):
    client = log_in(cast, "ruili.officer")
    few = client.get(reverse("country-record", args=["MM"]))
    assert "样本太少" in text(few)
    assert "都不到 10 件" in text(few)
    assert client.get(reverse("api-country-record", args=["MM"])).json()["sent"] is None
    narrowed = client.get(PAGE, {"type": "mla_evidence_out"})
    assert "样本太少" in text(narrowed)
    assert client.get(API, {"request_type": "mla_evidence_out"}).json()["sent"] is None
    assert "我方请求的结果" in text(client.get(PAGE, {"channel": "police_liaison", "type": ""}))
    for code in ("CN", "XX"):
        assert client.get(reverse("country-record", args=[code])).status_code == 404
        assert client.get(reverse("api-country-record", args=[code])).status_code == 404
    assert client.get(PAGE, {"type": "nonsense"}).status_code == 400
    assert client.get(API, {"request_type": "nonsense"}).status_code == 400
    assert client.get(API, {"surprise": "1"}).status_code == 400


def test_the_open_cases_are_the_readers_own(world, cast):
    mine = text(log_in(cast, "kunshan.officer").get(PAGE))
    assert "对方欠我方" in mine
    assert "没有欠对方答复的" in mine
    assert mine.count("等外方答复") == 1
    assert "没有在等对方的" in text(log_in(cast, "beijing.chief").get(PAGE))
    assert "对方欠我方" not in text(log_in(cast, "auditor").get(PAGE))


def test_the_agenda_lists_what_the_officer_sees_without_titles_and_secrets(world, cast):
    url = reverse("country-agenda", args=["TH"])
    answer = log_in(cast, "guohe.chief").get(url)
    assert answer["Content-Type"] == "application/pdf"
    said = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(b"".join(answer))).pages)
    rows = len(re.findall(r"GJHZ-", said))
    assert rows == 10  # four of ours, a supplement, a question and four of theirs; the secret two are not there
    for words in ("与泰国会谈议题", "Agenda with Thailand", "RTP-2026-77", "请对方答复", "Awaiting our answer"):
        assert words in said
    for words in ("跨境刷单", "调取银行记录"):
        assert words not in said
    event = AuditEvent.objects.filter(kind="record.agenda").latest("pk")
    assert (event.subject, event.facts["cases"]) == ("country:TH", 10)
    assert log_in(cast, "auditor").get(url).status_code == 403
    assert log_in(cast, "kunshan.officer").get(reverse("country-agenda", args=["CN"])).status_code == 404


def advised(client: Client, code: str = "TH") -> dict[str, dict]:
    """Our figures by channel, as advice tells them."""
    asked = {"country": code, "type": "police_cooperation_out", "agency": "320583000000"}
    context = client.get(reverse("advice"), asked).context
    return {shown.option.way.value: shown.option for shown in (*context["options"], *context["closed"])}


def test_the_countrys_page_and_advice_tell_the_same_record(world, cast):
    client = log_in(cast, "ruili.officer")
    sent = client.get(API).json()["sent"]
    (channel,) = sent["channels"]
    page = client.get(reverse("country-detail", args=["TH"]))
    assert {tile["label"]: tile["value"] for tile in page.context["record"]["tiles"]} == tiles(client)
    assert "对方答复的累计比例" in text(page)
    assert "都不到 10 件" in text(client.get(reverse("country-detail", args=["MM"])))
    option = advised(client)["police_liaison"]
    told = option.record
    assert (told.n, told.answered, told.refused, told.median) == (
        channel["n"],
        channel["answered"] + channel["partly"],
        channel["refused"],
        channel["median_days"],
    )
    assert (option.expected_by - timezone.localdate()).days == told.median
    # Less than ten by a channel, or with a country, are not told; nor does a new case show before the week is counted.
    assert [way for way, one in advised(client).items() if one.record] == ["police_liaison"]
    assert not any(one.record for one in advised(client, "MM").values())
    world.begin(1).dispatched("guohe")
    assert recording.count() is None
    assert advised(client)["police_liaison"].record == told


def test_a_busy_countrys_page_takes_twelve_queries_as_any_other(world, cast):
    client, url = log_in(cast, "kunshan.officer"), reverse("country-detail", args=["TH"])
    client.get(url)  # fills the cache of names
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url)
    assert page.context["record"]["sent"]["n"] == 13
    assert len([query for query in queries if query["sql"] not in ("BEGIN", "COMMIT")]) <= 12


@pytest.mark.browser
@pytest.mark.slow
def test_it_reads_at_the_desk_on_the_phone_and_in_english(world):
    with serving() as address, chromium() as browser:
        for size in (DESK, PHONE):
            page = open_page(browser, address, "guohe.chief", size=size)
            page.goto(f"{address}{PAGE}")
            for more in page.locator("details.data > summary").all():
                more.click()
            assert not complaints(page)
            assert not scrolls_sideways(page)
            assert not page.said
        page = open_page(browser, address, "guohe.chief", language="en", size=PHONE)
        page.goto(f"{address}{PAGE}")
        assert not scrolls_sideways(page)
        assert not wrong_words(page.content(), "en")
        page = open_page(browser, address, "guohe.chief")
        page.goto(f"{address}{PAGE}")
        page.get_by_label("渠道").select_option("police_liaison")
        page.wait_for_url("**channel=police_liaison**")
        assert page.get_by_role("heading", name="对方请求的结果").count() == 0
