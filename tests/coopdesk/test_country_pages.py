"""国别台账: every country's page, the lists, and what the ministry's desk states."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from agencies.models import AuditEvent
from countries import facts
from countries.models import Country, FactChange, Frontier, LedgerEntry
from tests.browsing import log_in
from tests.cast import Cast
from tests.ledgers import done, keep_post
from treaties.models import Instrument
from treaties.withdrawing import withdraw

pytestmark = pytest.mark.django_db
HOME = reverse("country-list")
MOST_QUERIES, NO_QUERY = 12, ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


def page_url(code: str) -> str:
    return reverse("country-detail", args=[code])


def value_url(topic: str, code: str = "TH", kind: str = "") -> str:
    return reverse("ledger-value", args=[code, topic]) + (f"?type={kind}" if kind else "")


SOURCED = re.compile(
    r'(?P<value>(?:(?!</dd>|</td>|</th>|</p>|<details).)*)<details class="src">(?P<source>.*?)</details>', re.DOTALL
)


def facts_in(page: str) -> list[tuple[str, str]]:
    """The values of a page, each with the markup of its source popover ("" when it has none)."""
    found = [(part, SOURCED.match(part)) for part in page.split("data-fact>")[1:]]
    return [
        (strip_tags(match["value"]).strip(), match["source"]) if match else (part[:80], "") for part, match in found
    ]


def facts_of(client: Client, url: str) -> list[tuple[str, str]]:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return facts_in(answer.content.decode())


def typed(client: Client, url: str, **changes: str) -> dict[str, str]:
    """What the form of a value posts, as it was opened, with changes."""
    form = client.get(url).context["form"]
    opened = {name: str(form.initial.get(name) or "") for name in form.fields}
    return opened | {"source": "【演示】外方法律文本第五条", "as_of": timezone.localdate().isoformat(), **changes}


def queries_of(client: Client, url: str) -> tuple[str, int]:
    """The page, and how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode(), len([query for query in queries if not query["sql"].startswith(NO_QUERY)])


def bare(page: str) -> list[str]:
    """What stands as a value in a list of facts, or in a cell of a treaty, and is neither sourced nor a blank."""
    main = page.partition("<main")[2].partition("</main>")[0]
    shown = re.sub(r'<details class="src.*?</details>', "", main, flags=re.DOTALL)
    facts = re.findall(r"<dd>(.*?)</dd>", shown, re.DOTALL)
    return [one for one in facts if not one.startswith(('<span class="fact" data-fact>', '<span class="muted">'))]


def check_sources(code: str, page: str, least: int) -> None:
    found = facts_in(page)
    assert len(found) >= least > 0, code
    assert bare(page) == [], code
    for value, source in found:
        assert value, code
        assert "<dt>来源</dt><dd>" in source, (code, value)
        assert "<dt>可信度</dt><dd>" in source, (code, value)


@pytest.mark.slow
def test_no_page_of_any_country_shows_a_value_without_its_source(cast: Cast) -> None:
    client = log_in(cast, "kunshan.officer")
    known = Counter(LedgerEntry.objects.exclude(provenance={}).values_list("country__code", flat=True))
    codes = list(Country.objects.filter(is_partner=True).values_list("code", flat=True))
    assert len(codes) == 194
    client.get(page_url("TH"))  # fills the cache of names
    for code in codes:
        page, queries = queries_of(client, page_url(code))
        assert queries <= MOST_QUERIES, code
        check_sources(code, page, known[code])
        for kind in ("extradition_out", "mla_evidence_out"):
            for value, source in facts_of(client, reverse("country-asking", args=[code, kind])):
                assert value, (code, kind)
                assert "<dt>来源</dt><dd>" in source, (code, kind, value)


@pytest.mark.parametrize("code", ["TH", "MM", "AD"])
def test_no_page_shows_a_value_without_its_source(cast: Cast, code: str) -> None:
    client = log_in(cast, "kunshan.officer")
    check_sources(code, client.get(page_url(code)).content.decode(), 1)


def test_the_page_leads_to_every_room_and_says_who_adds_what_is_not_there(cast: Cast) -> None:
    page = log_in(cast, "kunshan.officer").get(page_url("TH")).content.decode()
    for url in (
        reverse("country-record", args=["TH"]),
        reverse("advice") + "?country=TH",
        reverse("instrument-list") + "?country=TH",
        reverse("instrument-detail", args=["EXTRADITION-TH"]),
        reverse("instrument-party", args=["UNTOC", "TH"]),
        reverse("country-asking", args=["TH", "extradition_out"]),
        reverse("ledger-propose", args=["TH"]),
    ):
        assert f'href="{url}"' in page, url
    assert "由公安部国际合作局录入；你知道的，写明出处告诉他们。" in page
    assert "由你们录入。" in log_in(cast, "guohe.desk").get(page_url("TH")).content.decode()
    assert "办案的民警可以提出更正。" in log_in(cast, "auditor").get(page_url("TH")).content.decode()
    asking = log_in(cast, "kunshan.officer").get(reverse("country-asking", args=["TH", "extradition_out"]))
    assert f'href="{reverse("advice")}?country=TH&amp;type=extradition_out"' in asking.content.decode()


@pytest.mark.parametrize("code", ["ZZ", "CN", "HK", "TW", "THA", "x"])
def test_an_unknown_code_is_not_found(cast: Cast, code: str) -> None:
    client = log_in(cast, "kunshan.officer")
    answer = client.get(page_url(code))
    assert answer.status_code == 404
    assert "没有这个伙伴国家。" in answer.content.decode()
    assert f'<li><a href="{reverse("country-list")}">' in answer.content.decode()
    assert "案件可能不在你的查看范围内" not in answer.content.decode()
    assert client.get(reverse("country-asking", args=[code, "mla_evidence_out"])).status_code == 404
    assert client.get(value_url("capital", code)).status_code == 404


def test_a_page_costs_twelve_queries_whatever_it_holds(cast: Cast) -> None:
    desk, url = log_in(cast, "guohe.desk"), value_url("customs", "MM")
    desk.post(url, typed(desk, url, text_zh="先打电话。"))
    assert queries_of(desk, page_url("MM"))[1] <= MOST_QUERIES


def test_a_day_decides_what_is_in_force(cast: Cast) -> None:
    client = log_in(cast, "kunshan.officer")
    now = {row.held.instrument.code: row.held.pair.standing for row in client.get(page_url("TH")).context["treaties"]}
    assert now["EXTRADITION-TH"] == "in_force"
    then = client.get(page_url("TH"), {"on": "1995-01-01"}).context["treaties"]
    assert {row.held.instrument.code: row.held.pair.standing for row in then}["EXTRADITION-TH"] == "signed"
    wrong = client.get(page_url("TH"), {"on": "1995-02-30"})
    assert (wrong.status_code, "写成 2026-01-31。" in wrong.content.decode()) == (400, True)


def test_what_is_unsettled_says_so_and_what_is_blank_is_not_a_fact(cast: Cast) -> None:
    client = log_in(cast, "kunshan.officer")
    page = client.get(page_url("TH"))
    assert page.context["unsettled"] > 0
    assert f"台账有 {page.context['unsettled']} 处待核实" in page.content.decode()
    assert "未收录" in page.content.decode()
    assert ">补充<" not in page.content.decode()
    assert ">补充<" in log_in(cast, "guohe.desk").get(page_url("TH")).content.decode()


# --- Finding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["泰国", "thailand", "tai guo", "TH", "THA"])
def test_a_country_is_found(cast: Cast, words: str) -> None:
    rows = log_in(cast, "kunshan.officer").get(HOME, {"q": words}).context["rows"]
    assert rows[0].country.code == "TH"


def test_the_list_counts_and_says_when_nothing_is_found(cast: Cast) -> None:
    client = log_in(cast, "kunshan.officer")
    rows = {row.country.code: row for row in client.get(HOME).context["rows"]}
    assert len(rows) == 194
    assert "引渡条约" in rows["TH"].treaties
    assert rows["TH"].conventions > 0
    assert rows["TH"].unsettled > 0
    assert "没有找到这个国家" in client.get(HOME, {"q": "不存在国"}).content.decode()
    asia = client.get(HOME, {"region": rows["TH"].country.region_zh}).context["rows"]
    assert {row.country.region_zh for row in asia} == {rows["TH"].country.region_zh}


def test_two_to_four_stand_side_by_side(cast: Cast) -> None:
    client = log_in(cast, "kunshan.officer")
    url = reverse("country-compare")
    answer = client.get(url, {"c": ["TH", "vn"]})
    assert [row.code for row in answer.context["countries"]] == ["TH", "VN"]
    for value, source in facts_in(answer.content.decode()):
        assert value
        assert "来源" in source
    assert client.get(url).status_code == 200
    for codes in (["TH"], ["TH", "CN"], ["TH", "VN", "LA", "MM", "KH"]):
        assert client.get(url, {"c": codes}).status_code == 400


def test_what_waits_to_be_checked_is_listed_by_country(cast: Cast) -> None:
    client = log_in(cast, "kunshan.officer")
    url = reverse("country-unsettled")
    counted = {row.code: n for row, n in client.get(url).context["counted"]}
    rows = client.get(url, {"c": "TH"}).context["rows"]
    assert len(rows) == counted["TH"] == client.get(page_url("TH")).context["unsettled"]
    assert all(row.check for row in rows)


# --- What the desk states --------------------------------------------------------------------------------------------


def test_the_desk_confirms_corrects_and_adds(cast: Cast) -> None:
    desk = log_in(cast, "guohe.desk")
    url = value_url("relations")
    assert "待核实" in desk.get(url).content.decode()
    assert desk.post(url, typed(desk, url)).status_code == 302
    entry = LedgerEntry.objects.get(country__code="TH", topic__code="relations")
    assert entry.provenance["code"]["confidence"] == "confirmed"
    assert entry.provenance["code"]["by"] == cast.officer("guohe.desk").pk
    page = desk.get(url).content.decode()
    assert "演guohe.desk" in page
    assert "凭记忆录入，未见原文" in page  # the history keeps what was there

    url = value_url("nationals")
    assert desk.post(url, typed(desk, url, text_zh="可以不引渡本国公民。")).status_code == 302
    assert "可以不引渡本国公民。" in log_in(cast, "kunshan.officer").get(page_url("TH")).content.decode()
    events = AuditEvent.objects.filter(kind="fact.correct")
    assert [event.facts["confirmed"] for event in events.order_by("pk")] == [True, False]
    changes = desk.get(reverse("country-changes")).context["rows"]
    assert [str(row.about) for row in changes] == ["本国公民", "与我国外交关系"]


def test_a_value_by_request_type_shows_in_the_matrix(cast: Cast) -> None:
    desk = log_in(cast, "guohe.desk")
    url = value_url("availability", kind="mla_evidence_out")
    assert desk.post(url, typed(desk, url, code="partly", text_zh="要有条约。")).status_code == 302
    page = log_in(cast, "kunshan.officer").get(page_url("TH"))
    asking = page.context["asking"]
    assert ([topic.code for topic in asking.topics], len(asking.blank)) == (["availability"], 4)
    row = next(row for row in asking.rows if row.kind.code == "mla_evidence_out")
    assert (row.cells[0].cell, row.cells[0].text, row.cells[0].words) == ("part", "有条件", "要有条约。")
    assert "要有条约。" in log_in(cast, "kunshan.officer").get(row.url).content.decode()
    assert desk.get(value_url("availability")).status_code == 404
    assert desk.get(value_url("capital", kind="mla_evidence_out")).status_code == 404
    assert desk.get(value_url("availability", kind="nothing")).status_code == 404


def test_a_type_rests_on_the_treaty_or_on_reciprocity(cast: Cast) -> None:
    client, treaty = log_in(cast, "kunshan.officer"), reverse("instrument-detail", args=["MLA-CRIMINAL-TH"])
    for code, bound in (("TH", True), ("BI", False)):
        answer = client.get(reverse("country-asking", args=[code, "mla_evidence_out"]))
        bases = answer.content.decode().partition('id="bases"')[2]
        kinds = {row.basis.kind for row in answer.context["bases"]}
        assert ("treaty" in kinds, treaty in bases) == (bound, bound), code
        assert ("reciprocity" in kinds, "互惠承诺" in bases) == (not bound, not bound), code


def test_two_at_once_lose_nothing(cast: Cast) -> None:
    desk, chief = log_in(cast, "guohe.desk"), log_in(cast, "guohe.chief")
    url = value_url("customs")
    first, second = typed(desk, url, text_zh="先打电话。"), typed(chief, url, text_zh="先发邮件。")
    assert desk.post(url, first).status_code == 302
    answer = chief.post(url, second)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "先打电话。" in page
    assert page.count("先发邮件。") >= 2  # beside the other's, and still in the form
    entry = LedgerEntry.objects.get(country__code="TH", topic__code="customs")
    assert entry.text_zh == "先打电话。"
    again = second | {"seen": answer.context["form"].data["seen"]}
    assert chief.post(url, again).status_code == 302
    entry.refresh_from_db()
    assert entry.text_zh == "先发邮件。"
    changes = FactChange.objects.filter(subject=entry.subject, field="text_zh").order_by("pk")
    assert [change.after["value"] for change in changes] == ["先打电话。", "先发邮件。"]


@pytest.mark.parametrize(
    ("topic", "changes", "words"),
    [
        ("customs", {"source": " "}, "写明出处。没有出处的不能录入。"),
        ("customs", {"as_of": "2999-01-01"}, "查证日期不能晚于今天。"),
        ("customs", {"text_zh": " "}, "中文、英文至少写一个。"),
        ("relations", {"code": "perhaps"}, "选一项。"),
    ],
)
def test_bad_input_keeps_what_was_typed(cast: Cast, topic: str, changes: dict[str, str], words: str) -> None:
    desk, url = log_in(cast, "guohe.desk"), value_url(topic)
    before = FactChange.objects.count()
    answer = desk.post(url, typed(desk, url, **({"text_zh": "记下的话。"} | changes)))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert changes.get("text_zh") == " " or "记下的话。" in answer.content.decode()
    assert FactChange.objects.count() == before


@pytest.mark.parametrize("login", ["kunshan.officer", "jiangsu.desk", "guohe.officer", "guohe.supervisor", "auditor"])
def test_only_the_ministrys_desk_states(cast: Cast, login: str) -> None:
    desk, url = log_in(cast, "guohe.desk"), value_url("customs")
    said = typed(desk, url, text_zh="先打电话。")
    client = log_in(cast, login)
    assert client.get(url).context["form"] is None
    assert client.post(url, said).status_code == 403
    assert not LedgerEntry.objects.filter(country__code="TH", topic__code="customs").exists()


# --- What changed, what awaits checking ------------------------------------------------------------------------------


def test_the_changes_say_what_they_are_about_and_lead_there(cast: Cast) -> None:
    today, desk = timezone.localdate(), cast.actor("guohe.desk")
    said = {"source": "【演示】外方照会", "as_of": today}
    treaty = Instrument.objects.get(code="MLA-CRIMINAL-TH")
    done(facts.correct, actor=desk, row=treaty, field="signed_on", value=date(2003, 6, 22), **said)
    frontier = Frontier.objects.select_related("country").filter(country__code="MM").first()
    assert frontier is not None
    done(facts.correct, actor=desk, row=frontier, field="approx_km", value=77, country=frontier.country, **said)
    post = keep_post(cast)
    client = log_in(cast, "kunshan.officer")
    rows = {strip_tags(str(row.about)): row for row in client.get(reverse("country-changes")).context["rows"]}
    page = client.get(reverse("country-changes")).content.decode()
    law = next(row for about, row in rows.items() if "签署" in about)
    assert (law.url, "2003年6月22日" in law.after) == (reverse("instrument-detail", args=[treaty.code]), True)
    assert rows[f"陆地边界 · {frontier.division_name}"].after == "约 77 公里"
    assert rows[f"联络官 · {post.name}"].url == reverse("ledger-record", args=[post.pk])
    assert "哪一方 我方" in page
    for raw in ("{", "ledgerrecord", "approx_km", "signed_on"):
        assert raw not in "".join(f"{row.about}{row.before}{row.after}" for row in rows.values())
    done(withdraw, actor=desk, row=treaty, reason="【演示】录错")
    rows = {str(row.about): row for row in client.get(reverse("country-changes")).context["rows"]}
    law = rows["刑事司法协助条约"]
    assert (law.url, law.before, law.after) == ("", "", "已撤下")


def test_a_frontier_awaits_checking_with_the_values(cast: Cast) -> None:
    client, url = log_in(cast, "kunshan.officer"), reverse("country-unsettled")
    counted = {row.code: n for row, n in client.get(url).context["counted"]}
    rows = client.get(url, {"c": "IN"}).context["rows"]
    assert any("边界长度" in str(row.label) for row in rows)
    assert len(rows) == counted["IN"]


def test_the_desk_states_how_long_a_frontier_is(cast: Cast) -> None:
    row = Frontier.objects.filter(country__code="MM").first()
    assert row is not None
    url = reverse("ledger-frontier", args=["MM", row.division_code])
    desk, chief, client = (log_in(cast, login) for login in ("guohe.desk", "guohe.chief", "kunshan.officer"))
    assert url in client.get(page_url("MM")).content.decode()
    assert client.get(url).context["form"] is None
    assert client.post(url, {"approx_km": "5"}).status_code == 403
    first, second = typed(desk, url, approx_km="77"), typed(chief, url, approx_km="78")
    assert desk.post(url, typed(desk, url, approx_km="0")).status_code == 400
    assert desk.post(url, first).status_code == 302
    answer = chief.post(url, second)
    assert (answer.status_code, "另有人改了这个值" in answer.content.decode()) == (400, True)
    assert answer.context["form"]["approx_km"].value() == "78"
    row.refresh_from_db()
    assert (row.approx_km, row.provenance["approx_km"]["confidence"]) == (77, "confirmed")
    assert "约 77 公里" in client.get(url).content.decode()


def test_no_relations_are_said_to_be_unchecked_until_they_are(cast: Cast) -> None:
    row = LedgerEntry.objects.select_related("country", "topic").filter(topic__code="relations", code="no").first()
    assert row is not None
    client, page = log_in(cast, "kunshan.officer"), page_url(row.country.code)
    assert row.provenance["code"]["confidence"] == "recollection"
    assert "与我国没有外交关系（待核实）。" in client.get(page).context["lede"]
    said = {"source": "【演示】外交部网站", "as_of": timezone.localdate(), "country": row.country}
    done(facts.correct, actor=cast.actor("guohe.desk"), row=row, field="code", value="no", **said)
    assert "与我国没有外交关系。" in client.get(page).context["lede"]


def test_too_many_to_compare_are_counted_before_they_are_looked_up(cast: Cast) -> None:
    client = log_in(cast, "kunshan.officer")
    codes = [f"{a}{b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ"]
    client.get(reverse("country-compare"), {"c": codes[:5]})
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(reverse("country-compare"), {"c": codes})
    assert (answer.status_code, "选两个到四个国家" in answer.content.decode()) == (400, True)
    assert len(queries) < 30
