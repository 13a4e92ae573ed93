"""`time-limits/`: the periods of the law, read by machines."""

from __future__ import annotations

import pytest

from tests.api.conftest import pointers, problem
from tests.ledgers import done
from tests.treaties.test_overrides import new
from treaties.commands import set_override
from treaties.models import PeriodOverride

pytestmark = pytest.mark.django_db
ARREST = "extradition_provisional_arrest_in"


def one(body, key):
    (found,) = [row for row in body["results"] if row["key"] == key]
    return found


def test_a_period_says_all_about_itself(caller):
    body = caller("kunshan.officer").get("time-limits/", request_type=ARREST, on="2026-03-02").json()
    assert body["on"] == "2026-03-02"
    assert one(body, "formal_request_after_detention") == {
        "request_type": ARREST,
        "key": "formal_request_after_detention",
        "name_zh": "引渡拘留后收到正式引渡请求",
        "name_en": "Formal request received after detention for extradition",
        "amount": 30,
        "amount_max": None,
        "unit": "calendar_day",
        "strength": "deadline",
        "actor": "requester",
        "actor_zh": "请求国（外交部收到）",
        "actor_en": "Requesting State (received by the Ministry of Foreign Affairs)",
        "trigger_zh": "采取引渡拘留措施",
        "trigger_en": "Detention for extradition begins",
        "consequence_zh": "应当撤销引渡拘留；请求国可以在事后对同一犯罪正式提出引渡该人的请求（EXT-31.3）",
        "consequence_en": "The detention is lifted; the requesting State may later request extradition for the same offence "
        "formally (EXT-31.3)",
        "extension": {
            "kind": "added",
            "amount": 15,
            "unit": "calendar_day",
            "text_zh": "经该外国请求",
            "text_en": "At the request of that State",
            "article": "EXT-31.2",
        },
        "basis": {"article": "EXT-31.2", "article_zh": "《引渡法》第三十一条第二款", "confidence": "official"},
        "starts_on": ["recorded"],
        "urgencies": [],
        "covers": "",
        "overlap": "",
        "detention": True,
        "alarms": {"warn_before": 5, "escalate_after": 1, "unit": "calendar_day", "source": "default"},
        "overridden_by": None,
    }
    assert {row["request_type"] for row in body["results"]} == {ARREST, None}


def test_all_types_at_once(caller):
    results = caller("auditor").get("time-limits/").json()["results"]
    assert len(results) == 124
    assert {row["basis"]["confidence"] for row in results} == {"official", "secondary"}
    assert {row["amount"] for row in results if row["key"] == "by_request"} == {None}


def test_a_treatys_period_stands_in_for_the_statutes(caller, cast):
    done(set_override, actor=cast.actor("guohe.desk"), new=new(confidence="sourced"))
    who = caller("kunshan.officer")
    asked = {"request_type": ARREST, "country": "th"}
    found = one(who.get("time-limits/", **asked, on="2026-03-01").json(), "formal_request_after_detention")
    assert (found["amount"], found["extension"]) == (45, None)
    assert found["basis"] == {
        "article": "【演示】引渡条约第十条",
        "article_zh": "【演示】引渡条约第十条",
        "confidence": "secondary",
    }
    assert found["overridden_by"] == {"id": PeriodOverride.objects.get().pk, "source": "【演示】条约文本"}
    before = one(who.get("time-limits/", **asked, on="2026-02-28").json(), "formal_request_after_detention")
    assert (before["amount"], before["overridden_by"]) == (30, None)


def test_its_alarms_are_the_treatys_own_or_by_its_length(caller, cast):
    desk = cast.actor("guohe.desk")
    done(set_override, actor=desk, new=new(warn_before=20, escalate_after=3))
    done(set_override, actor=desk, new=new(scope="", key="interrogation", amount=40, unit="hour"))
    body = caller("kunshan.officer").get("time-limits/", request_type=ARREST, country="TH", on="2026-03-01").json()
    own = {"warn_before": 20, "escalate_after": 3, "unit": "calendar_day", "source": "ministry"}
    assert one(body, "formal_request_after_detention")["alarms"] == own
    by_length = {"warn_before": 10, "escalate_after": 1, "unit": "hour", "source": "default"}
    assert one(body, "interrogation")["alarms"] == by_length
    body = caller("kunshan.officer").get("time-limits/", request_type="police_cooperation_in").json()
    named = {"warn_before": None, "escalate_after": 1, "unit": "calendar_day", "source": "default"}
    assert one(body, "by_request")["alarms"] == named
    assert one(body, "execution_evidence")["alarms"]["unit"] == "calendar_day"
    body = caller("kunshan.officer").get("time-limits/", request_type="mla_service_in").json()
    assert one(body, "summons_min_notice")["alarms"] is None


def test_a_bad_question(caller):
    answer = caller("kunshan.officer").get("time-limits/", request_type="x", country="CN", on="2026-02-30")
    assert pointers(problem(answer, 400)) == {"/request_type", "/country", "/on"}
