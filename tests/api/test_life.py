"""A request's straight life by API alone: filed by a machine, moved by officers, answered and accepted."""

from __future__ import annotations

import pytest

from tests.api.conftest import COUNTERPART, content

pytestmark = pytest.mark.django_db


def test_from_filing_to_acceptance(caller, machine, cast):
    created = machine.post("cases/", content(responsible_officer="KUNSHAN.officer"))
    assert created.status_code == 201, created.content
    case = created.json()
    assert created.headers["ETag"] == f'"{case["version"]}"'
    assert created.headers["Location"].endswith(f"/api/v1/cases/{case['id']}/")
    assert case["status"] == "draft"
    assert case["holder"] == {"code": "320583000000", "name": "昆山市公安局"}
    assert case["filed_by"] == "昆山办案系统"
    assert case["responsible_officer"]["police_number"] == "kunshan.officer"
    assert case["available_steps"] == ["submit", "discard"]
    assert case["subjects"][0]["document_number"] == "ZZ•••••01"

    case = _go(machine, case, "submit")
    assert case["status"] == "in_review"
    assert case["available_steps"] == []
    for place in ("kunshan", "suzhou", "jiangsu", "guohe"):
        case = _go(caller(f"{place}.chief"), case, "approve", opinion="同意")
    assert case["status"] == "cleared"

    desk = caller("guohe.desk")
    case = _go(desk, case, "dispatch", channel="police_liaison", counterpart=COUNTERPART)
    assert case["status"] == "dispatched"
    assert case["side"] == "foreign"
    assert case["holder"] == {"code": "TH", "name": COUNTERPART["name"]}
    case = _go(desk, case, "record_acknowledgement", their_reference="TH-77")
    first, second = (item["id"] for item in case["items"])
    case = _go(desk, case, "record_reply", kind="interim", items=[{"id": first, "outcome": "executed"}])
    assert case["status"] == "dispatched"
    refused = {"id": second, "outcome": "refused", "ground": "cannot_execute", "note": "无此账户"}
    case = _go(desk, case, "record_reply", kind="final", items=[refused])
    assert case["status"] == "answered"
    for place in ("guohe", "jiangsu", "suzhou"):
        case = _go(caller(f"{place}.desk"), case, "relay")
    assert case["status"] == "delivered"
    case = _go(caller("kunshan.officer"), case, "accept", usefulness="partly")
    assert case["status"] == "closed"
    assert case["holder"] is None
    assert [item["outcome"] for item in case["items"]] == ["executed", "refused"]

    legs = case["legs"]
    assert [leg["closed_at"] for leg in legs[:-1]] == [leg["opened_at"] for leg in legs[1:]]
    assert [leg["side"] for leg in legs].count("foreign") == 1
    events = machine.get(f"cases/{case['id']}/events/").json()["results"]
    assert [event["kind"] for event in events][:3] == ["case.create", "case.submit", "case.approve"]
    assert events[0]["by"]["kind"] == "service"
    assert events[2]["text"] == "同意"
    assert events[-1]["status"] == "closed"


def test_returned_and_corrected(caller):
    officer = caller("kunshan.officer")
    case = officer.post("cases/", content()).json()
    case = _go(officer, case, "submit")
    case = _go(caller("kunshan.chief"), case, "approve")
    case = _go(caller("suzhou.desk"), case, "return_for_correction", reasons=["facts_unclear"], opinion="补充案情")
    assert case["status"] == "returned"
    assert case["holder"]["code"] == "320583000000"
    seen = officer.get(f"cases/{case['id']}/").json()
    assert seen["editable"] is True
    edited = officer.patch(f"cases/{case['id']}/", {"summary": "补充后的案情。"}, If_Match=f'"{seen["version"]}"')
    assert edited.status_code == 200
    case = _go(officer, edited.json(), "submit")
    assert case["content_version"] == 2
    case = _go(caller("kunshan.chief"), case, "approve")
    assert case["holder"]["code"] == "320500000000"


def _go(who, case, step, **data):
    answer = who.step(case, step, **data)
    assert answer.status_code == 200, (step, answer.content)
    body = answer.json()
    assert answer.headers["ETag"] == f'"{body["version"]}"'
    assert body["version"] > case["version"]
    return body
