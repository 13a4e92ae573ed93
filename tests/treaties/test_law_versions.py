"""The law of a request type in versions: the ministry's desk writes one, and everything reads the one that holds."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from agencies.models import AuditEvent
from cases.advice import Asked, advice_for
from cases.queries.drafting import wanted
from countries.models import Country
from tests.browsing import edit_url, log_in
from tests.cast import Cast
from tests.stories import Story
from treaties.advice import Option
from treaties.law_lines import lines_by_key, shown
from treaties.legal_basis import legal_basis_for
from treaties.models import RefusalGround, RequestType, TypeLaw, UsedBy
from treaties.queries import content_names, contents_of, grounds_offered, time_limits_for
from treaties.queries.law_types import Wanted, types_on
from treaties.queries.type_lines import lines_of
from treaties.type_law import law_of, laws_on, version_on
from treaties.web.law_forms import LineForm

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
LATER = TODAY + timedelta(days=40)
OUT, IN = "mla_evidence_out", "mla_evidence_in"
SHORT = "police_cooperation_out"  # a type with few lines
SOURCE = "【演示】公报2026年第9号"


def kind(code: str = OUT) -> RequestType:
    return RequestType.objects.get(code=code)


def edit(code: str = OUT) -> str:
    return reverse("law-type-edit", args=[code])


def page(code: str = OUT) -> str:
    return reverse("law-type", args=[code])


@pytest.fixture
def desk(cast: Cast) -> Client:
    return log_in(cast, "guohe.desk")


def sent_of(form: Any) -> dict[str, Any]:
    """What a browser posts for the form as it stands on the page."""
    found = {name: form.head[name].value() for name in form.head.fields}
    for section, lines in form.lines.items():
        found[f"{section}-n"] = len(lines)
        for line in lines:
            values = {field.html_name: field.value() for field in line}
            found |= {name: "on" if value is True else value for name, value in values.items() if value}
    return {name: "" if value is None else str(value) for name, value in found.items()}


def opened(client: Client, code: str = OUT, *, query: str = "", **changes: Any) -> dict[str, Any]:
    """The form as it is opened, with `changes`; "section__n__field" names a field of a line, None clears it."""
    form = client.get(edit(code) + query).context["form"]
    data = sent_of(form) | {"source": SOURCE, "remark": "【演示】修法", "effective_from": TODAY.isoformat()}
    for name, value in changes.items():
        data[name.replace("__", "-")] = value
    return {name: value for name, value in data.items() if value is not None}


def place(section: str, key: str, code: str = OUT) -> str:
    """The beginning of the names of a line's fields; "" is the blank line after the last."""
    keys = [held for of, held in lines_by_key(law_of(kind(code))) if of == section]
    return f"{section}-{keys.index(key) if key else len(keys)}"


def save(client: Client, data: dict[str, Any], code: str = OUT) -> TypeLaw:
    answer = client.post(edit(code), data | {"do": "save"})
    assert answer.status_code == 302, answer.context["form"].errors
    return TypeLaw.objects.filter(request_type__code=code).order_by("-number")[0]


def fresh(client: Client, code: str = OUT, **changes: Any) -> dict[str, Any]:
    """A form with one new content."""
    at = place("required_contents", "", code)
    line = {f"{at}-zh": "【演示】数据保留期", f"{at}-en": "[Demo] Retention", f"{at}-level": "mandatory"}
    return opened(client, code, **changes) | line | {f"{at}-article": "IMLA-13.1.7"}


# --- Reading ---------------------------------------------------------------------------------------------------------


def test_the_seeds_are_the_first_version_of_every_type() -> None:
    assert set(TypeLaw.objects.values_list("number", "effective_from", "entered_by")) == {(1, None, None)}
    assert sum(len(rows) for _words, rows in types_on(Wanted(on=TODAY))) == TypeLaw.objects.count() == 38


def test_a_version_holds_from_its_day_and_the_form_of_today_follows(desk: Client) -> None:
    row = save(desk, fresh(desk, effective_from=LATER.isoformat()))
    (added,) = [entry for entry in row.data["required_contents"] if entry.get("source")]
    assert (added["zh"], added["level"], added["cite"]) == ("【演示】数据保留期", "mandatory", "IMLA-13.1.7")
    assert added["cite_zh"] == "《国际刑事司法协助法》第十三条第一款第七项"
    assert (added["source"], added["verified"]) == (SOURCE, "secondary")
    known = {content.key for content in contents_of(kind())}
    assert added["key"] not in known
    assert {one.key for one in wanted(kind()).contents} == known
    assert version_on(kind(), LATER - timedelta(days=1)).number == 1  # type: ignore[union-attr]
    assert version_on(kind(), LATER).number == 2  # type: ignore[union-attr]
    data = fresh(desk, remark="【演示】马上")
    assert save(desk, data).number == 3
    assert "【演示】数据保留期" in [one.zh for one in wanted(kind()).contents]
    assert len(law_of(kind(), LATER)["required_contents"]) == len(known) + 1  # the third took the second's place


def test_what_was_noted_under_a_line_that_is_gone_keeps_its_name(desk: Client) -> None:
    first = contents_of(kind(IN))[0]
    save(desk, opened(desk, IN, **{f"{place('required_contents', first.key, IN)}-gone": "on"}), IN)
    assert first.key not in {content.key for content in contents_of(kind(IN))}
    assert content_names(kind(IN))[first.key] == first.zh


def test_no_version_of_the_ministry_is_changed_or_taken_away(desk: Client) -> None:
    row = save(desk, fresh(desk, SHORT), SHORT)
    for change in (lambda rows: rows.update(data={}), lambda rows: rows.delete()):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change(TypeLaw.objects.filter(pk=row.pk))


def test_drafts_of_today_show_it_and_noted_lines_of_old_cases_keep_their_names(
    cast: Cast, story: Story, desk: Client
) -> None:
    draft, old = story.draft(request_type=SHORT), story.registered(request_type=IN)
    first = contents_of(kind(IN))[0]
    old = story.step("guohe.desk", old, "check_form", result="returned", missing=[first.key])
    save(desk, fresh(desk, SHORT), SHORT)
    save(desk, opened(desk, IN, **{f"{place('required_contents', first.key, IN)}-gone": "on"}), IN)
    assert "【演示】数据保留期" in log_in(cast, "kunshan.officer").get(edit_url(draft)).content.decode()
    assert first.zh in desk.get(reverse("case-detail", args=[old.pk])).content.decode()


# --- Grounds and periods ---------------------------------------------------------------------------------------------


def test_a_ground_keeps_its_strength_and_a_new_one_can_be_named(desk: Client) -> None:
    at, blank = place("refusal_grounds", "political_offence", IN), place("refusal_grounds", "", IN)
    line = {"zh": "【演示】危害公共秩序", "level": "no_obligation", "article": "CTL-71.1"}
    changes = {f"{at}-level": "mandatory"} | {f"{blank}-{name}": value for name, value in line.items()}
    save(desk, opened(desk, IN, **changes), IN)
    grounds = law_of(kind(IN))["refusal_grounds"]
    assert "political_offence" in [ground["key"] for ground in grounds["mandatory"]]
    assert "political_offence" not in [ground["key"] for ground in grounds["optional"]]
    offered = [one for _law, some in grounds_offered(kind(IN), UsedBy.OURS) for one in some]
    (ours,) = [one for one in offered if one.key == "political_offence"]
    assert ours.strength == "mandatory"
    assert "【演示】危害公共秩序" in [one.name_zh for one in offered if one.strength == "no_obligation"]
    assert RefusalGround.objects.filter(name_zh="【演示】危害公共秩序").count() == 1


def test_a_period_follows_its_version_and_a_new_one_never_runs(desk: Client) -> None:
    at, blank = place("time_limits", "execution_evidence", IN), place("time_limits", "", IN)
    gone = place("time_limits", "execution_service", IN) if "execution_service" in keys(IN) else ""
    line = {"zh": "【演示】初核", "value": "5", "unit": "day", "kind": "deadline", "trigger_zh": "收到之日"}
    changes = {f"{at}-value": "2", f"{at}-article": "MPSR-379"}
    changes |= {f"{blank}-{name}": value for name, value in (line | {"article": "IMLA-15.1"}).items()}
    changes |= {f"{gone}-gone": "on"} if gone else {}
    save(desk, opened(desk, IN, **changes), IN)
    found = {limit.key: limit for limit in time_limits_for(kind(IN), country_id=None, on=TODAY)}
    assert (found["execution_evidence"].amount, found["execution_evidence"].starts_on) == (2, ("assigned",))
    (new,) = [limit for limit in found.values() if limit.name_zh == "【演示】初核"]
    assert (new.amount, new.unit, new.starts_on, new.confidence) == (5, "calendar_day", (), "secondary")
    assert not gone or "execution_service" not in found
    before = time_limits_for(kind(IN), country_id=Country.objects.get(code="TH").pk, on=TODAY - timedelta(days=1))
    assert {limit.key: limit.amount for limit in before}["execution_evidence"] == 3
    assert "【演示】初核" in desk.get(page(IN)).content.decode()


def keys(code: str) -> set[str]:
    return {entry["key"] for entry in law_of(kind(code))["time_limits"]}


# --- Every part of a type ---------------------------------------------------------------------------------------------

# What is typed into a new line, beside its article.
WRITTEN = {
    "legal_basis": {"zh": "【演示】双方商定的范围", "en": "[Demo] Scope"},
    "channel": {"zh": "【演示】先经警务联络官", "en": "[Demo] Liaison first"},
    "authority_chain": {
        "who": "【演示】省厅",
        "who_en": "[Demo] Province",
        "zh": "【演示】先核对",
        "en": "[Demo] Checks",
    },
    "approval": {"who": "【演示】局领导", "who_en": "[Demo] Director", "zh": "【演示】对外函", "en": "[Demo] Letters"},
}


def written(client: Client, code: str = SHORT, **changes: Any) -> dict[str, Any]:
    """A form with one new line in each of these sections."""
    return opened(client, code, **changes) | {
        f"{place(section, '', code)}-{name}": value
        for section, line in WRITTEN.items()
        for name, value in (line | {"article": "MPSR-377.1"}).items()
    }


def test_every_line_of_every_type_is_shown_as_it_is_and_has_a_name_of_its_own() -> None:
    for row in laws_on():
        held, told = lines_by_key(row.data), lines_of(row.data)
        assert [*told] == [*dict.fromkeys(section for section, _key in held)]
        assert len(held) == sum(len(lines) for lines in told.values())
        for (section, key), (level, entry) in held.items():
            line = LineForm(section, 0, key=key, **shown(section, level, entry))
            again = LineForm(section, 0, {field.html_name: field.value() for field in line if field.value()})  # type: ignore[arg-type]
            assert again.is_valid(), (row, section, key, again.errors)
            assert again.new().unchanged(held), (row, section, key)


def advised(cast: Cast, code: str, country: str, place: str, on: date = TODAY) -> list[Option]:
    """The advice on such a request that day."""
    of = {"kind": kind(code), "country": Country.objects.get(code=country), "origin": cast.agency(place)}
    return advice_for(Asked(**of, urgency="normal", purpose="evidence", on=on))


def test_basis_channel_chain_and_approval_hold_from_their_day(cast: Cast, desk: Client) -> None:
    thailand = Country.objects.get(code="TH")
    save(desk, written(desk, effective_from=LATER.isoformat()), SHORT)

    def statutes(on: date) -> set[str]:
        found = [basis for basis in legal_basis_for(thailand, kind(SHORT), on) if basis.kind == "statute"]
        return {article for basis in found for article in basis.articles}

    def told(on: date) -> str:
        return str([asdict(option) | {"legal_basis": ()} for option in advised(cast, SHORT, "TH", "kunshan", on)])

    eve = LATER - timedelta(days=1)
    assert ("MPSR-377.1" in statutes(eve), "MPSR-377.1" in statutes(LATER)) == (False, True)
    for words in ("【演示】先经警务联络官", "【演示】局领导", "【演示】对外函"):
        assert (words in told(eve), words in told(LATER)) == (False, True)
    with translation.override("en"):
        assert "[Demo] Director" in told(LATER)
        assert "[Demo] Liaison first" in told(LATER)
    reader = log_in(cast, "kunshan.officer")
    after = reader.get(f"{page(SHORT)}?on={LATER.isoformat()}").content.decode()
    for line in WRITTEN.values():
        assert line["zh"] in after
        assert line["zh"] not in reader.get(page(SHORT)).content.decode()


def test_a_line_without_a_key_is_changed_in_its_place_and_told_as_changed(desk: Client) -> None:
    before = law_of(kind(IN))["authority_chain"]
    at = "authority_chain-1"
    data = opened(desk, IN, **{f"{at}-who": "【演示】公安部国际合作局", f"{at}-who_en": "[Demo] Bureau"})
    (change,) = desk.post(edit(IN), data | {"do": "look"}).context["changes"]
    assert (change["how"], "【演示】公安部国际合作局" in change["after"]) == ("改动", True)
    save(desk, data, IN)
    after = law_of(kind(IN))["authority_chain"]
    assert [row["actor_zh"] for row in after][1] == "【演示】公安部国际合作局"
    assert [row for n, row in enumerate(after) if n != 1] == [row for n, row in enumerate(before) if n != 1]
    assert (after[1]["action_zh"], after[1]["cite"]) == (before[1]["action_zh"], before[1]["cite"])
    again = opened(desk, IN, **{f"{at}-who": "【演示】又改", f"{at}-who_en": ""})
    assert save(desk, again, IN).data["authority_chain"][1]["key"] == after[1]["key"]


def test_the_border_keeps_its_approval_when_its_line_is_written_anew(cast: Cast, desk: Client) -> None:
    code = "border_area_police_cooperation"
    data = opened(desk, code, **{"approval-0-who": "【演示】省厅批准", "approval-0-article": "MPSR-376.1"})
    save(desk, data, code)
    options = advised(cast, code, "MM", "ruili")
    by_way = {option.way.value: [row.who for row in option.approval] for option in options}
    assert by_way["border_liaison"] == ["【演示】省厅批准"]
    assert "【演示】省厅批准" not in by_way["interpol"]


@pytest.mark.parametrize(
    ("section", "field", "value", "words"),
    [
        ("legal_basis", "article", "", "写条款的代码"),
        ("legal_basis", "article", "XYZ-3", "法律要在"),
        ("channel", "zh", "长" * 201, "200"),
        ("authority_chain", "who", "", "写明由谁办"),
        ("approval", "who", "", "写明由谁办或者由谁审批"),
        ("approval", "zh", "", "用自己的话写明"),
    ],
)
def test_a_wrong_line_of_these_parts_is_told_at_its_field(
    desk: Client, section: str, field: str, value: str, words: str
) -> None:
    name = f"{place(section, '', SHORT)}-{field}"
    answer = desk.post(edit(SHORT), written(desk) | {name: value, "do": "save"})
    errors = answer.context["form"].errors
    assert (answer.status_code, list(errors)) == (400, [name])
    assert words in str(errors[name])
    assert WRITTEN["approval"]["who_en"] in answer.content.decode()
    assert not TypeLaw.objects.filter(number=2).exists()


def test_a_type_keeps_a_basis(desk: Client) -> None:
    n = len(law_of(kind(SHORT))["legal_basis"])
    data = opened(desk, SHORT, **{f"legal_basis-{one}-gone": "on" for one in range(n)})
    answer = desk.post(edit(SHORT), data | {"do": "save"})
    assert "至少留一条依据" in str(answer.context["form"].errors["legal_basis-0-gone"])


# --- Writing ---------------------------------------------------------------------------------------------------------


def test_it_is_looked_at_before_it_is_saved(cast: Cast, desk: Client) -> None:
    data = fresh(desk, effective_from=LATER.isoformat())
    look = desk.post(edit(), data | {"do": "look"})
    text = look.content.decode()
    assert "还没有保存" in text
    (change,) = look.context["changes"]
    assert (change["before"], str(change["how"])) == ("", "新加")
    assert "【演示】数据保留期" in change["after"]
    assert TypeLaw.objects.filter(number=2).count() == 0
    again = desk.post(edit(), dict(look.context["sent"]) | {"do": "edit"})
    assert sent_of(again.context["form"]) == sent_of(again.context["form"]) | data
    assert desk.post(edit(), dict(look.context["sent"]) | {"do": "save"}).status_code == 302
    event = AuditEvent.objects.get(kind="law.version")
    assert (event.facts["type"], event.facts["number"], event.officer) == (OUT, 2, cast.officer("guohe.desk"))
    reader = log_in(cast, "kunshan.officer")
    told = reader.get(page()).content.decode()
    assert "第 2 版从" in told
    assert "【演示】数据保留期" not in told
    assert "【演示】数据保留期" in reader.get(f"{page()}?on={LATER.isoformat()}").content.decode()
    history = reader.get(reverse("law-type-versions", args=[OUT]))
    assert [change["how"] for change in history.context["changes"]] == ["新加"]
    for words in (SOURCE, cast.officer("guohe.desk").name, "还没有开始", "【演示】修法"):
        assert words in history.content.decode()


def test_more_lines_keep_what_was_typed(desk: Client) -> None:
    data = fresh(desk)
    form = desk.post(edit(), data | {"do": "special_rules"}).context["form"]
    assert len(form.lines["special_rules"]) == int(data["special_rules-n"]) + 2
    assert sent_of(form) == sent_of(form) | data | {"special_rules-n": str(len(form.lines["special_rules"]))}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("source", " ", "没有出处的不能录入"),
        ("effective_from", "2026-2-30", "写成 2026-01-31。"),
        ("effective_from", "2101-01-01", "日期不对"),
        ("article", "IMLA-0", "写条款的代码"),
        ("article", "XYZ-3", "写条款的代码"),
        ("article", "", "写条款的代码"),
        ("zh", "", "用自己的话写"),
        ("zh", "长" * 201, "200"),
        ("level", "", "选一个"),
        ("level", "strict", "strict"),
    ],
)
def test_bad_input_is_told_at_its_field_and_kept(desk: Client, field: str, value: str, words: str) -> None:
    data = fresh(desk, SHORT)
    name = next((name for name in (field, f"{place('required_contents', '', SHORT)}-{field}") if name in data), field)
    data[name] = value
    answer = desk.post(edit(SHORT), data | {"do": "save"})
    assert answer.status_code == 400
    errors = answer.context["form"].errors
    assert list(errors) == [name]
    assert words in str(errors[name])
    assert "【演示】修法" in answer.content.decode()
    assert not TypeLaw.objects.filter(number=2).exists()


def test_a_period_without_number_or_unit_is_refused(desk: Client) -> None:
    at = place("time_limits", "execution_evidence", "police_cooperation_in")
    data = opened(desk, "police_cooperation_in")
    for field, value in (("value", "0"), ("value", ""), ("unit", ""), ("trigger_zh", "")):
        answer = desk.post(edit("police_cooperation_in"), data | {f"{at}-{field}": value, "do": "save"})
        assert (answer.status_code, list(answer.context["form"].errors)) == (400, [f"{at}-{field}"])


def test_nothing_to_change_and_a_day_before_the_present_version_are_refused(desk: Client) -> None:
    answer = desk.post(edit(SHORT), opened(desk, SHORT) | {"do": "save"})
    assert "没有改动" in answer.content.decode()
    save(desk, fresh(desk, SHORT, effective_from=(TODAY - timedelta(days=3)).isoformat()), SHORT)
    early = fresh(desk, SHORT, effective_from=(TODAY - timedelta(days=4)).isoformat())
    assert list(desk.post(edit(SHORT), early | {"do": "save"}).context["form"].errors) == ["effective_from"]
    back = opened(desk, SHORT, query="?from=1")
    assert save(desk, back, SHORT).data == TypeLaw.objects.get(request_type__code=SHORT, number=1).data


def test_of_two_at_once_the_second_sees_the_first_and_nothing_is_lost(cast: Cast, desk: Client) -> None:
    other = log_in(cast, "guohe.chief")
    first, second, third = [content.key for content in contents_of(kind())[:3]]
    at = [place("required_contents", key) for key in (first, second, third)]
    theirs = opened(other, **{f"{at[0]}-zh": "【演示】他写的", f"{at[1]}-zh": "【演示】他也改", f"{at[2]}-gone": "on"})
    mine = fresh(desk) | {f"{at[1]}-zh": "【演示】我改的", f"{at[2]}-zh": "【演示】我留着"}
    save(other, theirs)
    answer = desk.post(edit(), mine | {"do": "save"})
    text = answer.content.decode()
    assert answer.status_code == 412
    for words in ("【演示】他写的", "【演示】他也改", "【演示】我改的", "【演示】我留着", "【演示】数据保留期"):
        assert words in text
    again = sent_of(answer.context["form"])
    assert (again["base"], again["seen"]) == ("2", "2")
    row = save(desk, again)
    said = [entry["zh"] for entry in row.data["required_contents"]]
    assert {"【演示】他写的", "【演示】我改的", "【演示】我留着", "【演示】数据保留期"} <= set(said)
    assert "【演示】他也改" not in said


@pytest.mark.parametrize("login", ["jiangsu.desk", "kunshan.officer", "guohe.officer", "guohe.supervisor", "auditor"])
def test_nobody_else_writes_it(cast: Cast, desk: Client, login: str) -> None:
    client = log_in(cast, login)
    assert {
        client.get(edit(SHORT)).status_code,
        client.post(edit(SHORT), fresh(desk, SHORT) | {"do": "save"}).status_code,
    } == {403}
    assert "条约和法律的规定由" in client.get(edit(SHORT)).content.decode()
    assert edit(SHORT) not in client.get(page(SHORT)).content.decode()
    assert not TypeLaw.objects.filter(number=2).exists()


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_the_list_is_narrowed_and_searched(cast: Cast) -> None:
    client = log_in(cast, "kunshan.officer")
    url = reverse("law-type-list")

    def codes(**query: str) -> set[str]:
        groups = client.get(url, query).context["groups"]
        return {row["kind"].code for _title, rows in groups for row in rows}

    assert len(codes()) == 38
    assert OUT in codes(direction="outgoing")
    assert IN not in codes(direction="outgoing")
    assert codes(family="extradition") == {row.code for row in RequestType.objects.filter(family="extradition")}
    assert {OUT, IN} <= codes(q="IMLA-25")
    assert codes(q="没有这样的词") == set()
    assert client.get(url, {"on": "昨天"}).status_code == 400
    assert client.get(reverse("law-type", args=["nothing"])).status_code == 404


def test_grounds_are_told_by_their_strength_and_unsettled_lines_are_marked(cast: Cast) -> None:
    client = log_in(cast, "kunshan.officer")
    answer = client.get(page("extradition_in"))
    (grounds,) = [section for section in answer.context["sections"] if section.key == "refusal_grounds"]
    levels = {str(group.level): {line.key for line in group.lines} for group in grounds.groups}
    held = law_of(kind("extradition_in"))["refusal_grounds"]
    assert levels == {
        "应当拒绝": {entry["key"] for entry in held["mandatory"]},
        "可以拒绝": {entry["key"] for entry in held["optional"]},
    }
    unsettled = [
        code
        for code in RequestType.objects.values_list("code", flat=True)
        if any("verified" in entry for entry in law_of(kind(code))["time_limits"])
    ]
    assert "待核实" in client.get(page(unsettled[0])).content.decode()


def test_no_page_shows_a_sentence_of_the_law(cast: Cast) -> None:
    client = log_in(cast, "kunshan.officer")
    for code in ("extradition_in", "police_cooperation_out", "mla_freeze_in"):
        text = client.get(page(code)).content.decode()
        for entry in law_of(kind(code))["special_rules"]:
            assert len(entry["zh"]) <= 24 or entry["zh"] not in text


def test_an_article_tells_what_cites_it(cast: Cast, desk: Client) -> None:
    client = log_in(cast, "kunshan.officer")
    url = reverse("law-statutes")
    answer = client.get(url, {"q": "EXT-8.1.1"})
    (article,) = [one for one in answer.context["found"] if one.cite == "EXT-8.1.1"]
    assert "extradition_in" in article.types
    assert "应当拒绝的理由" in [str(words) for words, _labels in article.told]
    assert reverse("law-type", args=["extradition_in"]) in answer.content.decode()
    counts = {row["statute"].code: row["articles"] for row in client.get(url).context["statutes"]}
    assert counts["IMLA"] > 50
    save(desk, fresh(desk) | {f"{place('required_contents', '')}-article": "NCL-1"})
    assert "NCL-1" in client.get(reverse("instrument-detail", args=["NCL"])).content.decode()
