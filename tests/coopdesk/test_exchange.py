"""A country as one signed file between networks that are not connected: what is in it, what is refused, what is taken over."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, AuditEvent
from agencies.scope import acting
from countries import facts, records
from countries.exchange import seal
from countries.models import Country, FactChange, Frontier, LedgerEntry, LedgerRecord, SectionText
from tests.browsing import log_in
from tests.cast import Cast
from tests.exchanging import (
    THERE,
    Body,
    Change,
    a_record,
    a_treaty,
    capital,
    frontier,
    frontier_with,
    piece,
    their_treaty,
    told,
    treaty_with,
    trust_another,
    value,
    written,
)
from tests.ledgers import done, keep_post
from treaties.models import Instrument, Party, Provision
from treaties.withdrawing import withdraw

pytestmark = pytest.mark.django_db
START, TAKE = reverse("country-exchange"), reverse("country-exchange-take")


@pytest.fixture
def keys(settings, tmp_path: Path) -> None:
    """We trust one other network, whose key is at hand to write its files with."""
    trust_another(settings, tmp_path)


@pytest.fixture
def desk(cast: Cast, keys: None) -> Client:
    return log_in(cast, "guohe.desk")


def upload(client: Client, content: bytes) -> Any:
    return client.post(START, {"file": SimpleUploadedFile("ledger.json", content)})


def choose(page: Any, *titles: str) -> dict[str, Any]:
    """What the page of a comparison posts with these lines ticked, all that may be when none is named."""
    rows = [line for group in page.context["groups"] for line, _ticked, _values in group["rows"]]
    rows += [line for line, _ticked in page.context["texts"] if not line.fault]
    lines = [row.id for row in rows if not titles or str(row.title) in titles]
    return {"file": page.context["text"], "seen": page.context["found"].seen, "line": lines}


def take(client: Client, content: bytes, *titles: str) -> Any:
    page = upload(client, content)
    assert page.status_code == 200, page.content.decode()
    return client.post(TAKE, choose(page, *titles))


def history() -> int:
    return FactChange.objects.count() + SectionText.objects.count() + LedgerRecord.objects.count()


def entry(topic: str = "capital") -> LedgerEntry:
    return LedgerEntry.objects.get(country__code="TH", topic__code=topic, about="")


# --- Writing ---------------------------------------------------------------------------------------------------------


def test_a_file_holds_the_facts_and_neither_contacts_nor_cases(cast: Cast, desk: Client) -> None:
    keep_post(cast)
    LedgerRecord.objects.update(attrs={"side": "ours", "case": "GJHZ-2026-1"})
    content = written(desk)
    body = seal.opened(content).body
    kinds = {one["kind"] for one in body["pieces"]}
    assert kinds == {"entry", "record", "instrument", "party", "provision"}
    assert piece(body, "entry", "capital")["values"]["text_en"]["value"] == "Bangkok"
    assert set(piece(body, "record")["values"]) == {"name_zh", "attrs"}
    assert "【演示】电话" not in content.decode()
    assert "GJHZ" not in content.decode()
    event = AuditEvent.objects.filter(kind="ledger.export").latest("pk")
    assert (event.subject, event.facts["pieces"]) == ("country:TH", len(body["pieces"]))


def test_what_was_withdrawn_is_not_written(cast: Cast, desk: Client) -> None:
    actor, whole = cast.actor("guohe.desk"), json.loads(written(desk))["body"]["pieces"]
    treaty = Instrument.objects.get(code="EXTRADITION-TH")
    part = Party.objects.get(instrument__code="UNTOC", country__code="TH")
    for row in (treaty, part):
        done(withdraw, actor=actor, row=row, reason="【演示】录错")
    left = {(one["kind"], *one["key"]) for one in json.loads(written(desk))["body"]["pieces"]}
    gone = {(one["kind"], *one["key"]) for one in whole} - left
    families = {("provision", treaty.code, one.family) for one in treaty.provisions.all()}
    assert gone == {("instrument", treaty.code), ("party", treaty.code), ("party", "UNTOC"), *families}


def test_the_desk_alone_exchanges(cast: Cast, keys: None) -> None:
    for login in ("kunshan.chief", "jiangsu.desk", "sysadmin"):
        client = log_in(cast, login)
        assert client.get(reverse("country-exchange-file", args=["TH"])).status_code == 403
        assert client.get(START).status_code == 403
        assert client.post(TAKE, {"file": "{}"}).status_code == 403


# --- What is refused -------------------------------------------------------------------------------------------------


def tampered(content: bytes) -> bytes:
    return content.replace(b"Bangkok", b"Bangkoc")


def of_version(content: bytes) -> bytes:
    return seal.canonical(json.loads(content) | {"version": 2})


def unknown_signer(content: bytes) -> bytes:
    return seal.canonical(json.loads(content) | {"key": "0" * 64})


NOT_AS_WRITTEN: list[tuple[Callable[[bytes], bytes], str]] = [
    (tampered, "签名不对"),
    (lambda content: content[:-40], "不是国别台账的交换文件"),
    (lambda content: content + b"\n", "不再是导出时的样子"),
    (lambda content: content.replace(b'"format"', b'"format":"x","format"'), "不再是导出时的样子"),
    (of_version, "第 2 版，本系统只认第 1 版"),
    (unknown_signer, "不在本系统信任的名单里"),
    (lambda content: b"\xff\xfe" + content, "不是国别台账的交换文件"),
    (lambda _content: b"[" * 100_000, "不是国别台账的交换文件"),
    (lambda _content: b'{"format": NaN}', "不是国别台账的交换文件"),
    (lambda _content: b"PK\x03\x04 a spreadsheet", "不是国别台账的交换文件"),
    (lambda content: content + b" " * seal.MOST, "不是国别台账的交换文件"),
]


def test_a_file_that_is_not_as_it_was_written_changes_nothing(desk: Client) -> None:
    content, before = written(desk), history()
    for spoil, words in NOT_AS_WRITTEN:
        page = upload(desk, spoil(content))
        assert page.status_code == 400
        assert words in page.content.decode(), words
    typed = {"file": tampered(content).decode(), "seen": "", "line": ["x"]}
    assert desk.post(TAKE, typed).status_code == 400
    assert history() == before


def test_a_file_of_our_own_is_told_so(desk: Client, settings, tmp_path: Path) -> None:
    settings.EXCHANGE_TRUSTED = tmp_path / "nobody"
    content = written(desk)
    assert "这是本系统自己导出的文件" in upload(desk, content).content.decode()
    assert "签名不对" in upload(desk, tampered(content)).content.decode()


def dated(name: str, day: str) -> Change:
    return lambda body: piece(body, "instrument", "EXTRADITION-TH")["values"].update({name: value(day)})


NOT_OF_A_FILE: list[Change] = [
    lambda body: body["country"].update(code="CN"),
    lambda body: body["country"].update(code="ZZ"),
    lambda body: body.update(more=1),
    lambda body: body.update(pieces={}),
    lambda body: body["pieces"].append(body["pieces"][0]),
    lambda body: body["pieces"].append({"kind": "case", "key": [], "plain": {}, "values": {}}),
    lambda body: piece(body, "entry")["values"].update(contact=value("x")),
    lambda body: piece(body, "entry")["values"].update(text_zh=value("x\x00y")),
    lambda body: piece(body, "entry")["values"].update(text_zh=value(["x"])),
    lambda body: piece(body, "entry")["values"].update(text_zh=value("x") | {"source": ""}),
    capital(confidence="gospel"),
    capital(as_of="2026-13-01"),
    capital(as_of="2999-01-01"),
    dated("in_force_on", "1999-02-30"),
    dated("stated", "perhaps"),
    lambda body: body["sections"].append({"section": "habits"}),
    lambda body: body.update(exported_on="2999-01-01"),
]


def test_a_signed_file_that_says_what_no_file_says_changes_nothing(desk: Client) -> None:
    plain = written(desk)
    before = history()
    for n, change in enumerate(NOT_OF_A_FILE):
        body = json.loads(plain)["body"]
        change(body)
        assert upload(desk, seal.sealed(body)).status_code == 400, n
    assert history() == before


def test_a_treaty_with_another_country_is_not_touched(desk: Client) -> None:
    """A file about Thailand that brings Viet Nam's treaty, and dates in the wrong order."""
    theirs = {"kind": "instrument", "key": ["EXTRADITION-VN"], "plain": {"kind": "extradition"}}
    content = told(
        desk,
        lambda body: body["pieces"].append(
            theirs | {"values": {"title_zh": value("【演示】"), "stated": value("none")}}
        ),
    )
    page = upload(desk, content)
    assert [line.title for line in page.context["faulty"]] == ["EXTRADITION-VN"]
    assert "和别的国家的条约" in page.content.decode()
    assert desk.post(TAKE, choose(page) | {"line": [page.context["faulty"][0].id]}).status_code == 400
    page = upload(desk, told(desk, dated("in_force_on", "1900-01-01")))
    assert "不能早于签署日期" in page.content.decode()


def test_a_code_is_of_plain_digits_and_the_pages_stand(desk: Client) -> None:
    """Of a division's code the addresses of pages are made."""
    for code in ("１５０２００", "15020", "1502001", "15020a"):
        page = upload(desk, told(desk, frontier(code)))
        assert [line.title for line in page.context["faulty"]] == [code]
        assert desk.post(TAKE, choose(page) | {"line": [page.context["faulty"][0].id]}).status_code == 400
    for bad in (dated("in_force_on", "2026-W01-1"), capital(as_of="２０２６")):
        assert upload(desk, told(desk, bad)).status_code == 400
    assert desk.get(reverse("country-detail", args=["TH"])).status_code == 200
    assert desk.get(reverse("country-changes")).status_code == 200


@pytest.mark.parametrize(
    "model, column, code",
    [(Frontier, "division_code", "１５０２００"), (Instrument, "code", "ＵＮＴＯＣ")],
)
def test_no_row_has_a_code_that_no_address_can_hold(cast: Cast, model: Any, column: str, code: str) -> None:
    row = model.objects.first()
    with acting(cast.actor("guohe.desk")), pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=row.pk).update(**{column: code})


CASE = "见 gjhz－2026－320583－000001"


def within(kind: str, field: str, said: dict[str, Any]) -> Change:
    return lambda body: piece(body, kind, *KEYS.get(kind, ()))["values"].update({field: said})


KEYS = {"entry": ("capital",), "instrument": ("EXTRADITION-TH",), "provision": ("EXTRADITION-TH",)}
SECTION = {"section": "habits", "text_zh": "【演示】先打电话。", "text_en": "", "sources": "【演示】会谈纪要"}
SECTION |= {"author": "【演示】张", "reviewer": "【演示】李", "published_on": "2026-01-05"}


NOT_TYPED_HERE: list[tuple[Change, str]] = [
    (within("instrument", "title_zh", value(CASE)), "中文名称：案件编号不进台账"),
    (within("entry", "text_en", value("x") | {"source": CASE}), "英文：出处不能收。案件编号不进台账"),
    (
        within("entry", "text_en", value("x") | {"by": "李\u200b核"}),
        "英文：出处不能收。最多 100 个字，不含看不见的字符",
    ),
    (within("entry", "text_zh", value("先\u202e核对")), "中文：最多 4000 个字，不含看不见的字符"),
    (within("entry", "text_zh", value(CASE)), "中文：案件编号不进台账"),
    (within("record", "attrs", value({"side": "ours", "secret": "x"})), "情况：有本系统不收的内容"),
    (within("record", "attrs", value({"side": "ours", "seat": CASE})), "驻在：案件编号不进台账"),
    (a_record("0001-01-01"), "开始日期：日期要在 1900 年和 2100 年之间"),
    (within("instrument", "signed_on", value("0001-01-01")), "签署：写成 2026-01-31，从 1840 年到 2100 年"),
    (within("party", "in_force_on", value("9999-12-31")), "生效：写成 2026-01-31，从 1840 年到 2100 年"),
    (within("provision", "limited_to", value("\u2066x")), "只适用于：最多 60 个字，不含看不见的字符"),
    (treaty_with(short_zh=CASE), "简称：案件编号不进台账"),
    (treaty_with(subject_field="x" * 41), "领域：最多 40 个字"),
    (treaty_with(note=CASE), "说明：案件编号不进台账"),
    (frontier_with(name="【演示】\u202e市"), "接壤的市县：最多 60 个字，不含看不见的字符"),
    (lambda body: body["sections"].append(SECTION | {"reviewer": CASE}), "案件编号不进台账"),
    (lambda body: body["sections"].append(SECTION | {"sources": "照\u200b会"}), "不含看不见的字符"),
]


def test_what_no_form_of_ours_takes_no_file_brings(cast: Cast, desk: Client) -> None:
    """The line is named with what is wrong, cannot be chosen, and shows what hides in it."""
    keep_post(cast)
    before = history()
    for change, words in NOT_TYPED_HERE:
        page = upload(desk, told(desk, change))
        assert page.status_code == 200, words
        bad = [line for line in [*page.context["faulty"], *page.context["found"].texts] if words in line.fault]
        assert bad, (words, page.context["faulty"])
        assert desk.post(TAKE, choose(page) | {"line": [line.id for line in bad]}).status_code == 400
        assert not any(mark in page.content.decode().split('name="seen"')[1] for mark in "\u202e\u200b\u2066"), words
    assert history() == before


# --- Taking over -----------------------------------------------------------------------------------------------------


def test_what_is_chosen_is_taken_over_with_its_source_and_nothing_the_second_time(cast: Cast, desk: Client) -> None:
    content = told(desk, capital())
    page = upload(desk, content)
    assert [group["verdict"] for group in page.context["groups"]] == ["differs"]
    assert "【演示】新都" in page.content.decode()
    answer = take(desk, content)
    assert answer.url == reverse("country-detail", args=["TH"])
    row = entry()
    origin = row.provenance["text_en"]
    assert (row.text_en, origin["confidence"], origin["by"]) == (
        "【演示】新都",
        "sourced",
        cast.officer("guohe.desk").pk,
    )
    assert origin["source"].startswith("【演示】外方来函（【演示】李核核对，")
    assert THERE in origin["source"]
    change = FactChange.objects.filter(subject=row.subject).first()
    assert change is not None
    assert (change.before["value"], change.after["value"], change.country) == ("Bangkok", "【演示】新都", row.country)
    kinds = AuditEvent.objects.filter(kind__in=["fact.adopt", "ledger.import"]).values_list("kind", flat=True)
    assert sorted(kinds) == ["fact.adopt", "ledger.import"]
    assert AuditEvent.objects.get(kind="ledger.import").facts["site"] == THERE
    before = history()
    again = upload(desk, content)
    assert not again.context["any"]
    assert again.context["groups"] == []
    assert desk.post(TAKE, choose(again)).status_code == 400
    assert history() == before


def test_our_officers_word_and_the_later_day_are_shown_and_not_ticked(cast: Cast, desk: Client) -> None:
    row = entry()
    done(
        facts.correct,
        actor=cast.actor("guohe.desk"),
        row=row,
        field="text_en",
        value="Krung Thep",
        source="【演示】",
        as_of=timezone.localdate(),
    )
    page = upload(desk, told(desk, capital()))
    assert [group["verdict"] for group in page.context["groups"]] == ["ours"]
    assert not page.context["groups"][0]["rows"][0][1]
    police = entry("police")
    older = told(desk, lambda body: piece(body, "entry", "police")["values"].update(text_en=value("x", as_of="2020")))
    assert [group["verdict"] for group in upload(desk, older).context["groups"]] == ["older"]
    police.refresh_from_db()
    assert police.text_en != "x"


def test_what_they_have_checked_settles_what_we_have_not(desk: Client) -> None:
    row = entry("legal_family")
    assert row.provenance["code"]["confidence"] == "secondary"
    content = told(desk, lambda body: piece(body, "entry", "legal_family")["values"].update(code=value(row.code)))
    page = upload(desk, content)
    assert [(group["verdict"], group["rows"][0][1]) for group in page.context["groups"]] == [("settles", True)]
    take(desk, content)
    row.refresh_from_db()
    assert row.provenance["code"]["confidence"] == "sourced"
    assert not upload(desk, content).context["any"]


def test_a_value_that_nobody_checked_stays_unchecked(desk: Client) -> None:
    take(desk, told(desk, capital(confidence="recollection")))
    assert entry().provenance["text_en"]["confidence"] == "recollection"


def test_a_treaty_that_we_have_not_comes_with_its_parts_or_not_at_all(desk: Client) -> None:
    content = told(desk, a_treaty)
    page = upload(desk, content)
    rows = page.context["groups"][0]["rows"]
    party = next(line.id for line, _ticked, _values in rows if line.piece.kind == "party")
    refused = desk.post(TAKE, choose(page) | {"line": [party]})
    assert refused.status_code == 409
    assert "没有选条约" in refused.content.decode()
    assert not Instrument.objects.filter(code="DEMO-TH").exists()
    assert desk.post(TAKE, choose(page)).status_code == 302
    assert Party.objects.filter(instrument__code="DEMO-TH", country__code="TH").exists()
    assert Provision.objects.get(instrument__code="DEMO-TH").provenance["family"]["source"]
    assert not upload(desk, content).context["any"]


def test_all_that_will_be_stored_is_listed(desk: Client) -> None:
    """What stands beside the values too: it has no source, and whoever ticks the line takes it over."""

    def change(body: Body) -> None:
        treaty_with(short_zh="【演示】简称", subject_field="【演示】领域", note="【演示】说明")(body)
        frontier_with(note="【演示】只有小路", agency="150200000000")(body)

    page = upload(desk, told(desk, change))
    listed = {
        line.piece.kind: [(str(label), said) for label, said in line.beside]
        for line, _ticked, _values in page.context["groups"][0]["rows"]
    }
    assert listed["instrument"] == [
        ("代码", "DEMO-TH"),
        ("种类", "警务合作协定"),
        ("简称", "【演示】简称"),
        ("领域", "【演示】领域"),
        ("说明", "【演示】说明"),
    ]
    organ = Agency.objects.get(code="150200000000").name
    assert [said for _label, said in listed["frontier"]] == ["150299", "【演示】市", "city", organ, "【演示】只有小路"]
    assert all(said in page.content.decode() for told in listed.values() for _label, said in told)
    desk.post(TAKE, choose(page))
    row = Instrument.objects.get(code="DEMO-TH")
    assert (row.short_zh, row.subject_field, row.note) == ("【演示】简称", "【演示】领域", "【演示】说明")


def test_one_choice_that_cannot_stand_undoes_all(desk: Client) -> None:
    """Signed later than it is in force: each date is right beside the other one of theirs, not beside ours."""

    def change(body: Body) -> None:
        capital()(body)
        values = piece(body, "instrument", "EXTRADITION-TH")["values"]
        values.update(signed_on=value("2020-01-01"), in_force_on=value("2020-02-01"))

    before = history()
    page = upload(desk, told(desk, change))
    assert "不能早于签署日期" in page.content.decode()
    assert history() == before


def test_a_record_and_a_frontier_come_over(desk: Client) -> None:
    content = told(desk, a_record())
    assert take(desk, content).status_code == 302
    row = LedgerRecord.objects.get(name_zh="【演示】对话")
    assert (row.attrs, row.country.code) == ({"maturity": "dialogue"}, "TH")
    assert not upload(desk, content).context["any"]
    bad = told(desk, lambda body: piece(body, "record")["values"].update(attrs=value({"maturity": "moon"})))
    assert "选一项。" in upload(desk, bad).content.decode()
    far = told(desk, lambda body: piece(body, "frontier")["values"].update(approx_km=value(7)), "MM")
    division = str(upload(desk, far).context["groups"][0]["rows"][0][0].title)
    assert take(desk, far).status_code == 302
    assert Frontier.objects.get(country__code="MM", division_name=division).approx_km == 7


def test_what_we_have_withdrawn_does_not_come_back_by_itself(cast: Cast, desk: Client) -> None:
    content = told(desk, a_record("2020-05-06"))
    take(desk, content)
    row = LedgerRecord.objects.get(name_zh="【演示】对话")
    done(records.withdraw_record, actor=cast.actor("guohe.desk"), record_id=row.pk, reason="【演示】记错了国家")
    page = upload(desk, content)
    assert [(group["verdict"], group["rows"][0][1]) for group in page.context["groups"]] == [("withdrawn", False)]
    assert f"我方 {timezone.localdate().isoformat()} 撤下：【演示】记错了国家" in page.content.decode()
    treaty = Instrument.objects.get(code="EXTRADITION-TH")
    done(withdraw, actor=cast.actor("guohe.desk"), row=treaty, reason="【演示】录错了")
    page = upload(desk, told(desk, lambda body: body["pieces"].append(their_treaty(treaty.code))))
    assert [(group["verdict"], group["rows"][0][1]) for group in page.context["groups"]] == [("withdrawn", False)]


def test_a_record_comes_once(desk: Client) -> None:
    """Whose key says another name, or counts from two, would come anew with each replay."""
    page = upload(desk, told(desk, a_record(key="【演示】别的")))
    assert "对不上" in page.context["faulty"][0].fault
    assert desk.post(TAKE, choose(page) | {"line": [page.context["faulty"][0].id]}).status_code == 400
    assert upload(desk, told(desk, a_record(number="7"))).status_code == 400
    assert not LedgerRecord.objects.filter(name_zh="【演示】对话").exists()


def test_a_section_becomes_a_draft_of_the_officers_own(cast: Cast, desk: Client) -> None:
    content = told(desk, lambda body: body["sections"].append(SECTION))
    assert take(desk, content).status_code == 302
    row = SectionText.objects.get()
    assert (row.state, row.text_zh, row.author) == ("draft", "【演示】先打电话。", cast.officer("guohe.desk"))
    assert THERE in row.sources
    assert not upload(desk, content).context["any"]
    other = told(desk, lambda body: body["sections"].append(SECTION | {"text_zh": "【演示】另一个说法。"}))
    page = upload(desk, other)
    assert "先送出或者放弃它" in page.content.decode()
    assert desk.post(TAKE, choose(page) | {"line": ["section-habits"]}).status_code == 400
    assert SectionText.objects.get().text_zh == "【演示】先打电话。"


def test_somebody_edits_between_looking_and_taking(cast: Cast, desk: Client) -> None:
    page = upload(desk, told(desk, capital()))
    posted = choose(page)
    row = entry("police")
    said = {"source": "【演示】", "as_of": timezone.localdate(), "country": Country.objects.get(code="TH")}
    done(facts.correct, actor=cast.actor("guohe.chief"), row=row, field="text_zh", value="【演示】改过", **said)
    answer = desk.post(TAKE, posted)
    assert answer.status_code == 409
    assert "另有人改了这个国家的台账" in answer.content.decode()
    assert answer.context["groups"][0]["rows"][0][1]  # what he had ticked is ticked
    assert entry().text_en == "Bangkok"
    assert desk.post(TAKE, choose(answer) | {"line": posted["line"]}).status_code == 302
    assert (entry().text_en, entry("police").text_zh) == ("【演示】新都", "【演示】改过")


def test_who_we_are_and_whom_we_trust(desk: Client, settings) -> None:
    page = desk.get(START).content.decode()
    pem, key = seal.own_public()
    assert " ".join(key[n : n + 4] for n in range(0, 64, 4)) in page
    assert THERE in page
    assert pem.splitlines()[1] in page
    (settings.EXCHANGE_TRUSTED / "not-a-key.pem").write_text("nothing")
    assert desk.get(START).status_code == 200
    settings.EXCHANGE_KEY, settings.TESTING = settings.EXCHANGE_TRUSTED / "absent", False
    assert "COOPDESK_EXCHANGE_KEY" in desk.get(START).content.decode()
    assert desk.get(reverse("country-exchange-file", args=["TH"])).status_code == 422
