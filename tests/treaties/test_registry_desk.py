"""The ministry's desk keeps the registry: a value corrected or confirmed, instruments and parties added, with sources."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.errors import Malformed
from agencies.models import AuditEvent
from agencies.scope import acting
from countries import facts
from countries.models import Country, FactChange
from tests.browsing import log_in
from tests.cast import Cast
from tests.ledgers import done
from treaties.instrument_commands import NewValue, correct_value
from treaties.legal_basis import legal_basis_for
from treaties.models import Instrument, Party, Provision, RequestType, Standing
from treaties.of_country import treaties_of
from treaties.queries import registry
from treaties.queries.matrix import matrix_on

pytestmark = pytest.mark.django_db
NEW = reverse("instrument-new")
TOMORROW = (timezone.localdate() + timedelta(days=2)).isoformat()


def edit(field: str, code: str = "EXTRADITION-TH") -> str:
    return reverse("instrument-value", args=[code, field])


@pytest.fixture
def desk(cast: Cast) -> Client:
    return log_in(cast, "guohe.desk")


def opened(client: Client, url: str, **changes: str) -> dict[str, str]:
    """What the form posts as it was opened, with `changes`."""
    form = client.get(url).context["form"]
    value = form.initial["value"]
    first = {"value": value.isoformat() if isinstance(value, date) else value or "", "seen": str(form.initial["seen"])}
    return first | {"source": "【演示】条约数据库", "as_of": "2026-11-01"} | changes


def held(field: str, code: str = "EXTRADITION-TH") -> Any:
    return getattr(Instrument.objects.get(code=code), field)


# --- A value ---------------------------------------------------------------------------------------------------------


def test_the_same_value_with_a_source_confirms_it(cast: Cast, desk: Client) -> None:
    url = edit("adopted_place")
    page = reverse("instrument-detail", args=["EXTRADITION-TH"])
    assert desk.post(url, opened(desk, url)).status_code == 302
    row = Instrument.objects.get(code="EXTRADITION-TH")
    assert "adopted_place" not in facts.unsettled(row)
    (change,) = desk.get(page).context["changes"]
    assert change["confirmed"]
    text = log_in(cast, "kunshan.officer").get(page).content.decode()
    assert "没有变，已核对" in text
    assert cast.officer("guohe.desk").name in text
    assert AuditEvent.objects.filter(kind="fact.correct", subject=row.subject).count() == 1


def test_a_corrected_value_keeps_the_former_one(desk: Client) -> None:
    url = edit("signed_on")
    assert desk.post(url, opened(desk, url, value="1993-08-27")).status_code == 302
    assert held("signed_on") == date(1993, 8, 27)
    (change,) = desk.get(reverse("instrument-detail", args=["EXTRADITION-TH"])).context["changes"]
    assert (change["before"], change["after"]) == ("1993年8月26日", "1993年8月27日")


@pytest.mark.parametrize(
    ("url", "value", "stored"),
    [
        (edit("stated"), "unknown", "unknown"),
        (edit("title_zh"), "中华人民共和国和泰王国引渡条约（定本）", "中华人民共和国和泰王国引渡条约（定本）"),
        (reverse("instrument-party-value", args=["UNTOC", "TH", "in_force_on"]), "2013-11-16", date(2013, 11, 16)),
        (reverse("instrument-provision-value", args=["UNTOC", "extradition", "articles"]), "16、 16.4", ["16", "16.4"]),
    ],
)
def test_each_kind_of_value_is_typed(desk: Client, url: str, value: str, stored: Any) -> None:
    assert desk.post(url, opened(desk, url, value=value)).status_code == 302
    field = url.strip("/").rpartition("/")[2]
    rows = [
        Instrument.objects.get(code="EXTRADITION-TH"),
        Party.objects.get(instrument__code="UNTOC", country__code="TH"),
        Provision.objects.get(instrument__code="UNTOC", family="extradition"),
    ]
    assert stored in [getattr(row, field, None) for row in rows]


@pytest.mark.parametrize(
    ("field", "changes", "words"),
    [
        ("in_force_on", {"value": "1990-01-01"}, "生效日期不能早于签署日期 1993-08-26"),
        ("signed_on", {"value": "2000-01-01"}, "生效日期不能早于签署日期 2000-01-01"),
        ("in_force_on", {"value": "1999-2-30"}, "写成 2026-01-31。"),
        ("in_force_on", {"value": ""}, "写明这个值|还没有填写"),
        ("adopted_place", {"source": "  "}, "没有出处的不能录入"),
        ("adopted_place", {"as_of": TOMORROW}, "查证日期不能晚于今天。"),
        ("adopted_place", {"value": "长" * 41}, "40"),
        ("stated", {"value": "terminated"}, "terminated"),
    ],
)
def test_bad_input_is_told_and_kept(desk: Client, field: str, changes: dict[str, str], words: str) -> None:
    url, before = edit(field), held(field)
    answer = desk.post(url, opened(desk, url, value="曼谷" if field == "adopted_place" else "1999-03-07") | changes)
    text = answer.content.decode()
    assert answer.status_code == 400
    assert any(word in text for word in words.split("|"))
    assert "【演示】条约数据库" in text or "source" in changes
    assert held(field) == before
    assert not FactChange.objects.exclude(officer=None).exists()


def test_of_two_at_once_the_second_sees_the_first_and_both_words_are_kept(cast: Cast, desk: Client) -> None:
    url = edit("adopted_place")
    other = log_in(cast, "guohe.chief")
    mine, theirs = opened(desk, url, value="曼谷"), opened(other, url, value="清迈", source="【演示】泰国公报")
    assert other.post(url, theirs).status_code == 302
    answer = desk.post(url, mine)
    text = answer.content.decode()
    assert answer.status_code == 412
    assert "刚刚被别人改过" in text
    for words in ("清迈", "【演示】泰国公报", "曼谷", "【演示】条约数据库"):
        assert words in text
    assert held("adopted_place") == "清迈"
    again = {name: answer.context["form"][name].value() for name in mine}
    assert again["seen"] != mine["seen"]
    assert desk.post(url, again).status_code == 302
    assert held("adopted_place") == "曼谷"
    said = FactChange.objects.filter(field="adopted_place", officer__isnull=False).order_by("id")
    assert [change.after["value"] for change in said] == ["清迈", "曼谷"]


@pytest.mark.parametrize("login", ["jiangsu.desk", "jiangsu.chief", "guohe.officer", "guohe.supervisor", "auditor"])
def test_nobody_else_changes_anything(cast: Cast, desk: Client, login: str) -> None:
    client = log_in(cast, login)
    urls = {
        edit("adopted_place"): opened(desk, edit("adopted_place"), value="曼谷"),
        NEW: typed(),
        reverse("instrument-party-new", args=["SCO-2001"]): party(),
    }
    for url, data in urls.items():
        assert {client.get(url).status_code, client.post(url, data).status_code} == {403}
    assert (
        edit("adopted_place") not in client.get(reverse("instrument-detail", args=["EXTRADITION-TH"])).content.decode()
    )
    assert not FactChange.objects.exclude(officer=None).exists()


def test_what_is_no_value_is_not_there(desk: Client) -> None:
    for url in (edit("note"), edit("code"), edit("stated", "NOTHING"), edit("nothing")):
        assert desk.get(url).status_code == 404
    family = reverse("instrument-provision-value", args=["UNTOC", "extradition", "family"])
    assert desk.get(family).status_code == 404


# --- New ones --------------------------------------------------------------------------------------------------------


def typed(**changes: Any) -> dict[str, Any]:
    """What the form posts for an assurance that Burundi has given."""
    return {
        "kind": "reciprocity_received",
        "country": "BI",
        "title_zh": "【演示】布隆迪关于取证的互惠承诺",
        "signed_on": "2026-03-02",
        "in_force_on": "2026-03-02",
        "families": ["mla_evidence"],
        "source": "【演示】布隆迪外交照会",
        "as_of": "2026-10-01",
        **changes,
    }


def test_an_assurance_becomes_the_basis_of_requests(cast: Cast, desk: Client) -> None:
    assert desk.post(NEW, typed()).status_code == 302
    row = Instrument.objects.get(code="RECIPROCITY-RECEIVED-BI")
    assert facts.origin_of(row, "in_force_on").by == cast.officer("guohe.desk").pk  # type: ignore[union-attr]
    kind, burundi = RequestType.objects.get(code="mla_evidence_out"), Country.objects.get(code="BI")
    found = [basis for basis in legal_basis_for(burundi, kind, date(2026, 11, 21)) if basis.kind == "reciprocity"]
    assert [(basis.instrument, basis.standing) for basis in found] == [(row, Standing.IN_FORCE)]
    before = legal_basis_for(burundi, kind, date(2026, 3, 1))
    assert row not in [basis.instrument for basis in before]
    listed = desk.get(reverse("instrument-list"), {"country": "BI", "kind": "reciprocity_received"}).context["rows"]
    assert [one["row"].instrument for one in listed] == [row]


def test_a_second_one_of_the_kind_has_a_code_of_its_own(desk: Client) -> None:
    assert desk.post(NEW, typed()).status_code == 302
    answer = desk.post(NEW, typed())
    assert answer.status_code == 400
    assert "已经有同名的：RECIPROCITY-RECEIVED-BI" in answer.content.decode()
    assert desk.post(NEW, typed(title_zh="【演示】另一项承诺")).status_code == 302
    assert Instrument.objects.filter(code="RECIPROCITY-RECEIVED-BI-2").exists()
    assert Instrument.objects.filter(code__startswith="RECIPROCITY-RECEIVED-BI").count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": " "}, "没有出处的不能录入"),
        ({"in_force_on": "2026-03-01"}, "生效日期不能早于签署日期 2026-03-02"),
        ({"country": ""}, "选对方国家。"),
        ({"kind": "multilateral"}, "多边公约不选国家"),
        ({"kind": "statute"}, "statute"),
        ({"signed_on": "", "in_force_on": ""}, "三样至少有一样"),
        ({"as_of": TOMORROW}, "查证日期不能晚于今天。"),
        ({"title_zh": " "}, "写明名称|还没有填写"),
        ({"families": ["nothing"]}, "nothing"),
    ],
)
def test_a_bad_new_one_is_told_and_kept(desk: Client, changes: dict[str, Any], words: str) -> None:
    count = Instrument.objects.count()
    answer = desk.post(NEW, typed(**changes))
    text = answer.content.decode()
    assert answer.status_code == 400
    assert any(word in text for word in words.split("|"))
    assert "互惠承诺" in text
    assert Instrument.objects.count() == count
    assert not FactChange.objects.exclude(officer=None).exists()


def party(**changes: str) -> dict[str, str]:
    return {
        "country": "KZ",
        "signed_on": "2001-06-15",
        "joined_on": "2002-04-18",
        "joined_by": "批准",
        "in_force_on": "2003-03-29",
        "source": "【演示】上合组织秘书处",
        "as_of": "2026-10-01",
        **changes,
    }


def test_a_party_is_added_once(desk: Client) -> None:
    url = reverse("instrument-party-new", args=["SCO-2001"])
    assert desk.post(url, party()).status_code == 302
    row = Party.objects.get(instrument__code="SCO-2001", country__code="KZ")
    assert row.in_force_on == date(2003, 3, 29)
    assert desk.get(reverse("instrument-detail", args=["SCO-2001"])).context["recorded"] == 1
    answer = desk.post(url, party(in_force_on="2003-03-30"))
    assert (answer.status_code, "不能添加两次" in answer.content.decode()) == (400, True)
    row.refresh_from_db()
    assert row.in_force_on == date(2003, 3, 29)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": ""}, "没有出处的不能录入"),
        ({"in_force_on": "2001-06-14"}, "生效日期不能早于签署日期"),
        ({"joined_on": "2001-06-14"}, "不能早于签署日期 2001-06-15"),
        ({"signed_on": "", "joined_on": "", "in_force_on": ""}, "至少有一样"),
    ],
)
def test_a_bad_party_is_told_and_kept(desk: Client, changes: dict[str, str], words: str) -> None:
    answer = desk.post(reverse("instrument-party-new", args=["SCO-2001"]), party(**changes))
    assert (answer.status_code, words in answer.content.decode()) == (400, True)
    assert not Party.objects.filter(instrument__code="SCO-2001").exists()


def test_a_bilateral_one_takes_no_further_party(desk: Client) -> None:
    assert desk.get(reverse("instrument-party-new", args=["EXTRADITION-TH"])).status_code == 404


# --- Dates in order --------------------------------------------------------------------------------------------------


def test_in_force_before_the_month_of_the_signature_is_refused(cast: Cast) -> None:
    row = Instrument.objects.filter(signed_on=None).exclude(signed_partial="")[0]

    def state(field: str, value: Any) -> None:
        said = {"source": "【演示】公报", "as_of": date(2026, 11, 1), "seen": last_seen(row, field)}
        done(correct_value, actor=cast.actor("guohe.desk"), row=row, new=NewValue(field=field, value=value, **said))

    year = int(row.signed_partial[:4])
    with pytest.raises(Malformed) as error:
        state("in_force_on", date(year - 1, 12, 31))
    assert f"生效日期不能早于签署日期 {row.signed_partial}" in str(error.value.reasons[0].words)
    state("in_force_on", date(year + 1, 1, 1))
    with pytest.raises(Malformed):
        state("signed_partial", str(year + 2))


def last_seen(row: Any, field: str) -> int:
    change = registry.last_change(row, field)
    return change.pk if change else 0


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"signed_on": date(2001, 1, 2), "joined_on": date(2001, 1, 1)}, "instrument_signed_before_joined"),
        ({"in_force_on": date(2001, 1, 2), "terminated_on": date(2001, 1, 1)}, "in_force_before_terminated"),
    ],
)
def test_the_tables_refuse_dates_in_the_wrong_order(cast: Cast, changes: dict[str, date], name: str) -> None:
    rows: list[Instrument | Party] = [Instrument.objects.get(code="UNTOC")]
    if "in_force_on" in changes:
        rows.append(Party.objects.get(instrument__code="UNTOC", country__code="TH"))
    for row in rows:
        for field, day in changes.items():
            setattr(row, field, day)
            row.provenance = {
                **row.provenance,
                field: {"source": "x", "as_of": "2026", "confidence": "sourced", "by": None},
            }
        with pytest.raises(IntegrityError, match=name), acting(cast.actor("guohe.desk")):
            row.save()


def test_the_ledger_of_the_partner_is_told_of_a_correction(desk: Client) -> None:
    provision = reverse("instrument-provision-value", args=["EXTRADITION-TH", "extradition", "articles"])
    for url, value in ((edit("adopted_place"), "曼谷"), (provision, "1 2")):
        assert desk.post(url, opened(desk, url, value=value)).status_code == 302
    untoc = edit("adopted_place", "UNTOC")
    assert desk.post(untoc, opened(desk, untoc, value="巴勒莫")).status_code == 302
    said = FactChange.objects.exclude(officer=None).select_related("country").order_by("id")
    assert [change.country and change.country.code for change in said] == ["TH", "TH", None]


# --- Entered by mistake ----------------------------------------------------------------------------------------------


def test_what_was_entered_by_mistake_is_withdrawn_and_comes_back(cast: Cast, desk: Client) -> None:
    thai, kind = Country.objects.get(code="TH"), RequestType.objects.get(code="extradition_out")
    url, page = (reverse(name, args=["EXTRADITION-TH"]) for name in ("instrument-withdraw", "instrument-detail"))
    row = Instrument.objects.get(code="EXTRADITION-TH")

    def seen() -> list[bool]:
        asked = {"country": "TH", "kind": "extradition"}
        matrix = matrix_on([thai], date(2026, 11, 21)).lines[0].cells
        return [
            row in [basis.instrument for basis in legal_basis_for(thai, kind, date(2026, 11, 21))],
            row in [one["row"].instrument for one in desk.get(reverse("instrument-list"), asked).context["rows"]],
            "extradition" in matrix,
            row in [held.instrument for held in treaties_of(thai, date(2026, 11, 21))],
            log_in(cast, "kunshan.officer").get(page).status_code == 200,
        ]

    assert seen() == [True] * 5
    assert desk.post(url, {"reason": " "}).status_code == 400
    assert log_in(cast, "kunshan.officer").post(url, {"reason": "x"}).status_code == 403
    assert desk.post(url, {"reason": "【演示】录重了"}).status_code == 302
    assert seen() == [False] * 5
    assert "【演示】录重了" in desk.get(page).content.decode()
    found = desk.get(reverse("instrument-list"), {"withdrawn": "on"}).context["rows"]
    assert [one["row"].instrument for one in found] == [row]
    officer = log_in(cast, "kunshan.officer").get(reverse("instrument-list"), {"withdrawn": "on"})
    assert row not in [one["row"].instrument for one in officer.context["rows"]]
    assert desk.post(url, {"reason": "【演示】没有录重"}).status_code == 302
    assert seen() == [True] * 5
    events = AuditEvent.objects.filter(subject=row.subject).order_by("id")
    assert [(event.kind, event.facts["reason"]) for event in events] == [
        ("treaty.withdraw", "【演示】录重了"),
        ("treaty.restore", "【演示】没有录重"),
    ]


def test_a_part_in_a_convention_is_withdrawn_alone(cast: Cast, desk: Client) -> None:
    thai, kind = Country.objects.get(code="TH"), RequestType.objects.get(code="extradition_out")
    url, page = (reverse(name, args=["UNTOC", "TH"]) for name in ("instrument-party-withdraw", "instrument-party"))
    assert desk.post(url, {"reason": "【演示】录错了国家"}).status_code == 302
    found = {one.instrument.code: one for one in legal_basis_for(thai, kind, date(2026, 11, 21)) if one.instrument}
    assert found["UNTOC"].standing == Standing.UNKNOWN
    assert log_in(cast, "kunshan.officer").get(page).status_code == 404
    assert desk.get(page).status_code == 200
    whole = desk.get(reverse("instrument-detail", args=["UNTOC"])).context
    assert [party.country for party in whole["withdrawn_parties"]] == [thai]
    assert "TH" not in [one["party"].country.code for one in whole["parties"]]
    answer = desk.post(reverse("instrument-party-new", args=["UNTOC"]), party(country="TH"))
    assert "被撤下了" in answer.content.decode()


# --- What a treaty demands -------------------------------------------------------------------------------------------


def demanding(**changes: str) -> dict[str, str]:
    return {
        "family": "mla_evidence",
        "articles": "9 10.2",
        "language": "【演示】英文",
        "channel": "【演示】两国司法部直接联系",
        "contents_zh": "【演示】证人的住址",
        "contents_en": "[demo] the address of the witness",
        "attachments_zh": "【演示】罪名条文",
        "source": "【演示】条约文本",
        "as_of": "2026-10-01",
        **changes,
    }


def test_what_a_treaty_demands_takes_the_place_of_the_statute(cast: Cast, desk: Client) -> None:
    assert desk.post(NEW, typed(kind="mla_criminal", title_zh="【演示】条约", families=[])).status_code == 302
    url = reverse("instrument-provision-new", args=["MLA-CRIMINAL-BI"])
    asked = {"country": "BI", "type": "mla_evidence_out", "purpose": "evidence", "on": "2026-11-21"}
    officer = log_in(cast, "kunshan.officer")
    assert "附被请求国官方文字的译文" in officer.get(reverse("advice"), asked).content.decode()
    assert desk.post(url, demanding()).status_code == 302
    first = officer.get(reverse("advice"), asked).context["options"][0].option
    told = [line.text for line in first.preconditions]
    assert first.way == "moj"
    assert "《【演示】条约》要求的文字：【演示】英文" in told
    assert "《【演示】条约》规定的联系途径：【演示】两国司法部直接联系" in told
    assert not [text for text in told if "附被请求国官方文字的译文" in text]
    named = {need.key: (need.text, need.article_zh) for need in first.missing}
    assert named["MLA-CRIMINAL-BI:contents"] == ("【演示】证人的住址", "《【演示】条约》第9条、第10.2条")
    assert named["MLA-CRIMINAL-BI:attachments"][0] == "【演示】罪名条文"
    page = officer.get(
        reverse("country-asking", args=["BI", "mla_evidence_out"]), {"on": "2026-11-21"}
    ).content.decode()
    assert page.index("【演示】英文") < page.index("法律依据")
    assert "【演示】证人的住址" in officer.get(reverse("instrument-detail", args=["MLA-CRIMINAL-BI"])).content.decode()


def test_a_demand_is_corrected(desk: Client) -> None:
    url = reverse("instrument-provision-value", args=["EXTRADITION-TH", "extradition", "language"])
    assert desk.post(url, opened(desk, url, value="泰文")).status_code == 302
    assert Provision.objects.get(instrument__code="EXTRADITION-TH", family="extradition").language == "泰文"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": " "}, "没有出处的不能录入"),
        ({"family": "nothing"}, "nothing"),
        ({"family": "extradition"}, "已经录入适用于这类请求"),
        ({"articles": "1" * 30}, "条款用空格隔开"),
        ({"contents_zh": "长" * 301}, "300"),
    ],
)
def test_a_bad_provision_is_told_and_kept(cast: Cast, desk: Client, changes: dict[str, str], words: str) -> None:
    url, count = reverse("instrument-provision-new", args=["EXTRADITION-TH"]), Provision.objects.count()
    answer = desk.post(url, demanding(**changes))
    assert (answer.status_code, words in answer.content.decode()) == (400, True)
    assert "【演示】英文" in answer.content.decode()
    assert Provision.objects.count() == count
    assert log_in(cast, "kunshan.officer").post(url, demanding()).status_code == 403
    assert desk.get(reverse("instrument-provision-new", args=["IMLA"])).status_code == 404
