"""`request-types/`: the law of a type on a day in fields, and its versions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.api.conftest import pointers, problem
from tests.cast import Cast
from tests.ledgers import done
from treaties.law_commands import NewLaw, set_law
from treaties.law_lines import NewLine
from treaties.models import RequestType
from treaties.type_law import law_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
CODE = "extradition_in"


@pytest.fixture
def second(cast: Cast) -> Any:
    """A second version of the law of extradition, from tomorrow on."""
    line = NewLine(
        section="special_rules", key="", place="/x", zh="【演示】先联系", en="[Demo] Call first", article="EXT-54"
    )
    new = {"base": 1, "seen": 1, "effective_from": TODAY + timedelta(days=1), "source": "【演示】公报", "lines": [line]}
    return done(set_law, actor=cast.actor("guohe.desk"), new=NewLaw(kind=RequestType.objects.get(code=CODE), **new))


def test_the_law_of_a_type_in_fields(machine: Any) -> None:
    body = machine.get(f"request-types/{CODE}/").json()
    held = law_of(RequestType.objects.get(code=CODE))
    assert (body["version"], body["effective_from"], body["on"]) == (1, None, TODAY.isoformat())
    assert body["law"] == held
    assert {row["strength"] for row in body["contents"]} <= {"mandatory", "as_needed", "by_reference"}
    assert [row["key"] for row in body["contents"]] == [row["key"] for row in held["required_contents"]]
    for strength in ("mandatory", "optional", "no_obligation"):
        keys = [row["key"] for row in body["refusal_grounds"][strength]]
        assert keys == [row["key"] for row in held["refusal_grounds"].get(strength, ())]
    lines = [*body["contents"], *body["attachments"], *body["time_limits"], *body["assurances"], *body["special_rules"]]
    assert all(line["article"] and line["confidence"] in ("official", "secondary", "unverified") for line in lines)
    said = [*lines, *body["legal_basis"], *body["channel"], *body["authority_chain"], *body["approval"]]
    assert all(bool(line["source"]) == bool(line["confidence"]) for line in said)
    assert all(row["source"] for row in body["legal_basis"])
    sentences = [row["zh"] for row in held["special_rules"] if len(row["zh"]) > 24]
    assert sentences
    assert not set(sentences) & {row["zh"] for row in body["special_rules"]}


def test_each_day_has_its_version(machine: Any, caller: Any, second: Any) -> None:
    tomorrow = second.effective_from.isoformat()
    assert machine.get(f"request-types/{CODE}/").json()["version"] == 1
    body = machine.get(f"request-types/{CODE}/", on=tomorrow).json()
    assert (body["version"], body["effective_from"]) == (2, tomorrow)
    (line,) = [row for row in body["special_rules"] if row["source"] == "【演示】公报"]
    assert (line["zh"], line["article"], line["confidence"]) == ("【演示】先联系", "EXT-54", "secondary")
    rows = caller("kunshan.officer").get("request-types/", on=tomorrow, page_size=100).json()["results"]
    assert {row["code"] for row in rows if row["version"] == 2} == {CODE}
    versions = machine.get(f"request-types/{CODE}/versions/").json()["results"]
    assert [(row["version"], row["holds"], row["source"]) for row in versions] == [
        (2, False, "【演示】公报"),
        (1, True, "seeds/requirements.yaml"),
    ]
    assert len(versions[0]["special_rules"]) == len(versions[1]["special_rules"]) + 1


def test_what_is_not_there_or_no_day(caller: Any) -> None:
    who = caller("kunshan.officer")
    problem(who.get("request-types/nothing/"), 404)
    problem(who.get("request-types/nothing/versions/"), 404)
    assert pointers(problem(who.get(f"request-types/{CODE}/", on="x"), 400)) == {"/on"}
    assert pointers(problem(who.get("request-types/", on="x", direction="x"), 400)) == {"/on", "/direction"}
