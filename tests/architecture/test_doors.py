"""Every URL × method × cast member against the table of tests/architecture/doors.py."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from agencies.commands.reorganisation import merge_agency
from agencies.models import Appointment, AuditEvent
from cases import files
from cases.exports import jobs
from cases.kept_advice import keep_choice
from cases.models import InternalLimit
from countries.notices import set_day
from tests import samples
from tests.architecture.doors import DOORS, Door
from tests.delegating import lend
from tests.ledgers import done, keep_post, look_after, make_proposal, publish_text, submit_text, write_text
from tests.supervising import Overseer
from tests.treaties.test_overrides import new
from treaties.commands import set_override

HABITS_TH = {"code": "TH", "section": "habits"}
UNTOC_TH = {"code": "UNTOC", "country": "TH"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE")
INSIDERS = ("kunshan.officer", "kunshan.desk", "kunshan.chief", "suzhou.chief", "jiangsu.supervisor", "guohe.desk")
# Closed to all in this world: nobody in it has a second appointment, a registered client, a second factor or has
# acted on many.
NOT_HERE = frozenset(
    {
        ("acting-as", "POST"),
        ("bulk-done", "GET"),
        ("client-revoke", "POST"),
        ("mfa_deactivate_totp", "GET"),
        ("mfa_deactivate_totp", "POST"),
        ("mfa_view_recovery_codes", "GET"),
    }
)
QUICK = ("kunshan.officer", "guohe.desk", "ruili.officer", "auditor")  # the others walk in the long lane
STRANGERS = ("ruili.officer", "dehong.desk", "yunnan.chief", "chaoyang.officer", "sysadmin", "secadmin", "auditor")


def patterns(resolver: Any, prefix: str = "") -> Iterator[tuple[str | None, str]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield entry.name, prefix + str(entry.pattern)


def test_every_url_is_declared_and_every_declaration_is_an_url():
    names = {name for name, _route in patterns(get_resolver())}
    assert None not in names
    assert names == set(DOORS)


@pytest.fixture
def world(db, story, cast, see):
    """A submitted case of Kunshan's, its parts, and rows of the other rooms to point at."""
    draft = story.draft()
    with see("kunshan.officer"):
        drafter = cast.actor("kunshan.officer")
        paper = files.attach(actor=drafter, case_id=draft.pk, name="a.pdf", content=io.BytesIO(samples.PDF))
        subject, item = draft.subjects.get(), draft.items.order_by("position")[0]
        keep_choice(actor=drafter, case_id=draft.pk, way="interpol", purpose="lead", reason="")
        advised = AuditEvent.objects.get(subject=f"case:{draft.pk}", kind="case.advise")
    case = story.step("kunshan.officer", draft, "submit")
    with see("kunshan.officer"):
        deadline = case.deadlines.get(met_at=None)
    officer = cast.officer("ruili.officer")
    places = {"source_id": cast.agency("ruili").pk, "target_id": cast.agency("dehong").pk}
    day = {"day": date(2027, 3, 1), "is_workday": False, "name": "演示", "title": "演示"}
    notice = set_day(actor=cast.actor("sysadmin"), **day)
    order = merge_agency(actor=cast.actor("sysadmin"), reason="机构改革", **places)
    look_after(cast)
    publish_text(cast)
    publish_text(cast, "【演示】改过。", on=1)
    submit_text(cast, login="guohe.chief", on=2)
    write_text(cast, on=2)
    with see("kunshan.officer"):
        export = jobs.start(actor=drafter, kind="cases", file_format="xlsx", params={})
    return {
        "record_id": keep_post(cast).pk,
        "proposal_id": make_proposal(cast).pk,
        "case_id": case.pk,
        "event_id": advised.pk,
        "export_id": export.pk,
        "token": "nobodys",
        "subject_id": subject.pk,
        "file_id": paper.pk,
        "item_id": item.pk,
        "deadline_id": deadline.pk,
        "step": "recommend",
        "number": 1,
        "paper": "leg_list",
        "act": "archive",
        "kind": "order",
        "supervision_id": Overseer(cast).order("jiangsu.supervisor", case).pk,
        "code": cast.agency("kunshan").code,
        "officer_id": officer.pk,
        "appointment_id": Appointment.objects.get(officer=officer).pk,
        "delegation_id": lend(cast, "ruili.officer", "ruili.desk").pk,
        "account_id": 1,
        "order_id": order.pk,
        "override_id": done(set_override, actor=cast.actor("guohe.desk"), new=new()).pk,
        "notice_id": notice.pk,
        "year": 2027,
        "limit_id": InternalLimit.objects.earliest("pk").pk,
        "pk": 1,
    }


def address(name: str, world: dict[str, Any]) -> str:
    route = dict(patterns(get_resolver()))[name]
    wanted = re.findall(r"<(?:\w+:)?(\w+)>", route)
    own = {
        "api-country-detail": {"code": "TH"},
        "api-country-ledger": {"code": "TH"},
        "country-detail": {"code": "TH"},
        "ledger-value": {"code": "TH", "topic": "capital"},
        "ledger-frontier": {"code": "MM", "division": "530500"},
        "ledger-record-new": {"code": "TH"},
        "ledger-propose": {"code": "TH"},
        "ledger-section-publish": HABITS_TH | {"number": 3},
        "ledger-section-send-back": HABITS_TH | {"number": 3},
        "ledger-section-submit": HABITS_TH | {"number": 4},
        "ledger-section-drop": HABITS_TH | {"number": 4},
        "country-asking": {"code": "TH", "kind": "mla_evidence_out"},
        "api-country-record": {"code": "TH"},
        "country-record": {"code": "TH"},
        "country-paper": {"code": "TH"},
        "country-exchange-file": {"code": "TH"},
        "country-agenda": {"code": "TH"},
        "api-request-type-detail": {"code": "police_cooperation_out"},
        "api-request-type-versions": {"code": "police_cooperation_out"},
        "law-type": {"code": "police_cooperation_out"},
        "law-type-versions": {"code": "police_cooperation_out"},
        "law-type-edit": {"code": "police_cooperation_out"},
        "instrument-detail": {"code": "UNTOC"},
        "instrument-party": UNTOC_TH,
        "instrument-value": {"code": "UNTOC", "field": "in_force_on"},
        "instrument-party-new": {"code": "UNTOC"},
        "instrument-withdraw": {"code": "UNTOC"},
        "instrument-provision-new": {"code": "UNTOC"},
        "instrument-party-withdraw": UNTOC_TH,
        "instrument-party-value": UNTOC_TH | {"field": "joined_on"},
        "instrument-provision-value": {"code": "UNTOC", "family": "extradition", "field": "articles"},
        "api-instrument-detail": {"code": "UNTOC"},
        "api-country-legal-basis": {"code": "TH"},
        "supervision-act": {"act": "answer"},
        "bulk-done": {"token": "x" * 22},
        "case-deadline-act": {"act": "pause"},
    }
    given = world | (HABITS_TH if name.startswith("ledger-section") else {}) | own.get(name, {})
    return reverse(name, kwargs={part: given[part] for part in wanted})


def every() -> Iterator[tuple[str, Door, str]]:
    for name, door in DOORS.items():
        if name != "account_logout":
            yield from ((name, door, method) for method in door.methods.split())


def refused(response: Any) -> bool:
    if response.status_code in (401, 403, 404):
        return True
    return response.status_code == 302 and "/account/login/" in response["Location"]


def send(client: Any, method: str, url: str) -> Any:
    return client.generic(method, url, data=b"", content_type="application/x-www-form-urlencoded")


def test_nobody_enters_without_a_login(client, world):
    wrong = []
    for name, door, method in every():
        response = send(client, method, address(name, world))
        if door.audience != "all" and not refused(response):
            wrong.append((name, method, response.status_code))
    assert not wrong


@pytest.mark.parametrize(
    "login", [pytest.param(login, marks=[] if login in QUICK else pytest.mark.slow) for login in INSIDERS + STRANGERS]
)
def test_each_officer_enters_where_the_table_says(client, world, cast, login):
    role, wrong = cast.actor(login).role, []
    client.force_login(cast.officer(login))
    for name, door, method in every():
        response = send(client, method, address(name, world))
        shut = refused(response)
        if response.status_code >= 500:
            good = False
        elif not door.admits(role) or (door.hides and login in STRANGERS):
            good = shut or (door.hides and response.status_code in (400, 428))  # malformed before any look-up
        else:
            good = door.further or not shut
        if not good:
            wrong.append((name, method, response.status_code))
    assert not wrong


def test_somebody_enters_every_door(client, world, cast):
    """A door that turns away some of its own audience still lets somebody through; else the table proves nothing."""
    shut = {(name, method) for name, door, method in every() if door.further and door.audience != "all"} - NOT_HERE
    for login in (*INSIDERS, "guohe.chief", "ruili.officer", "sysadmin", "secadmin", "auditor"):
        client.force_login(cast.officer(login))
        shut -= {(name, method) for name, method in shut if not refused(send(client, method, address(name, world)))}
    assert not shut


@pytest.mark.parametrize("login", STRANGERS[:4])
def test_a_hidden_case_answers_exactly_as_an_absent_one(client, world, cast, login):
    client.force_login(cast.officer(login))
    told = []
    for name, door, method in every():
        if not door.hides:
            continue
        answers = []
        for case_id in (world["case_id"], uuid.uuid4()):
            response = send(client, method, address(name, world | {"case_id": case_id}))
            answers.append((response.status_code, scrubbed(response, case_id)))
        if answers[0] != answers[1]:
            told.append((name, method, first_difference(answers[0][1], answers[1][1])))
    assert not told


def first_difference(one: str, two: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0)
    return f"{one[max(0, at - 60) : at + 60]!r} / {two[at : at + 40]!r}"


def scrubbed(response: Any, case_id: object) -> str:
    """The body without what differs by nature: the request's id, CSRF tokens, the clock, the address asked for."""
    text = response.content.decode().replace(str(case_id), "CASE").replace(response["X-Request-ID"], "ID")
    text = re.sub(r"<time.*?</time>", "NOW", text)
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "TOKEN", text)


def test_other_methods_are_refused(client, world, cast):
    client.force_login(cast.officer("kunshan.officer"))
    wrong = []
    for name, door in DOORS.items():
        for method in METHODS:
            if method in door.methods.split() or name in ALLAUTH_TREATS_PUT_AS_POST:
                continue
            response = send(client, method, address(name, world))
            if not 300 <= response.status_code < 500:
                wrong.append((name, method, response.status_code))
    assert not wrong


# Django's FormView answers PUT with the form again; nothing is changed.
ALLAUTH_TREATS_PUT_AS_POST = {"account_change_password", "account_reauthenticate"}
