"""The demo world: made by the real commands, whole, legal, once, and nowhere but on the embedded default."""

from __future__ import annotations

import itertools
import os
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db import connections
from oauth2_provider.models import get_application_model

from agencies import audit, outbox
from agencies.models import Agency, Appointment, AuditEvent, Delegation, Notice, Officer, OutboxMessage
from cases.models import Case, Deadline, Direction, DuplicatePair, Leg, RequestItem, Status
from cases.workflow import TRANSITIONS
from coopdesk import wiring
from coopdesk.demo import accounts, fiction, identities, plan, world
from coopdesk.demo.delegations import make_delegations
from coopdesk.demo.hours import SHANGHAI, OfficeHours
from coopdesk.demo.loader import load_cases
from countries.calendars import Calendar, work_calendar
from tests.conftest import TEMPLATE, clone, django_connected_as, drop, use_database

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@pytest.fixture
def demo_db(django_db_setup, django_db_blocker, settings, tmp_path):
    """An empty, seeded database of the embedded default, without the cast; files go to a folder of the test."""
    settings.EMBEDDED = settings.DEMO = True
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    }
    with django_db_blocker.unblock():
        base = connections["default"].settings_dict["NAME"]
        name = clone(os.environ[TEMPLATE])
        use_database(name)
        yield name
        use_database(base)
        drop(name)
    wiring.connect()


def _planner() -> plan.Planner:
    countries = {code: code for crime in fiction.phrases()["crime_types"] for code in crime["countries"]}
    types = frozenset(request["request_type"] for request in fiction.requests().values())
    return plan.Planner(OfficeHours(Calendar(), NOW), countries, dict.fromkeys(world.PLACES, types))


# --- The plan, without a database ---------------------------------------------------------------------------------


def test_about_four_hundred_cases_are_planned_with_every_ending() -> None:
    endings = Counter(plot.ending for plot in plan.plots())
    assert 380 <= sum(endings.values()) <= 440
    assert min(endings.values()) >= 3


def test_every_place_starts_cases() -> None:
    assert {plot.origin for plot in plan.plots()} == set(world.PLACES)


def test_each_case_is_told_in_working_hours_strictly_forward_and_in_the_past() -> None:
    planner = _planner()
    for plot in plan.plots():
        moments = [at for at, _act in planner.plan(plot).acts]
        assert all(earlier < later for earlier, later in itertools.pairwise(moments))
        assert moments[-1] <= NOW
        for local in (at.astimezone(SHANGHAI) for at in moments):
            assert local.weekday() < 5
            assert 9 <= local.hour <= 17


def test_a_correction_changes_what_was_opened() -> None:
    planner, corrected = _planner(), 0
    for plot in plan.plots():
        acts = [act for _at, act in planner.plan(plot).acts]
        edits = [act.data for act in acts if act.what == "edit"]
        corrected += bool(edits)
        assert all(data["summary"] != acts[0].data["summary"] for data in edits)
    assert corrected > 10


def test_the_same_plan_twice_says_the_same() -> None:
    assert [_planner().plan(plot) for plot in plan.plots()] == [_planner().plan(plot) for plot in plan.plots()]


def test_office_hours_count_back_over_the_weekend() -> None:
    hours = OfficeHours(Calendar(), datetime(2026, 11, 23, 2, 0, tzinfo=UTC))  # Monday, 10:00 in Shanghai
    assert hours.before(0).astimezone(SHANGHAI).hour == 10
    before = hours.before(1).astimezone(SHANGHAI)
    assert before.date() == date(2026, 11, 20)
    assert (before.hour, before.minute) == (10, 0)


@pytest.mark.parametrize("serial", range(12))
def test_identity_numbers_pass_their_check_digits_and_belong_nowhere(serial: int) -> None:
    number = identities.id_card(date(1990, 1, 2), serial)
    weights = [2**power % 11 for power in range(17, 0, -1)]
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
    check = 10 if number[-1] == "X" else int(number[-1])
    assert number.startswith("999999")
    assert (total + check) % 11 == 1


@pytest.mark.parametrize("account", ["FICT0000000001", "FICT1234567890"])
def test_ibans_pass_modulo_97_under_a_country_code_that_is_nobodys(account: str) -> None:
    text = identities.iban(account).replace(" ", "")
    turned = text[4:] + text[:4]
    assert text.startswith("ZZ")
    assert int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


# --- Where it may be loaded -----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("embedded", "demo"), [(False, True), (True, False), (False, False)])
@pytest.mark.parametrize("options", [{}, {"accounts": True}])
def test_it_is_refused_outside_the_embedded_default(settings, embedded, demo, options) -> None:
    settings.EMBEDDED, settings.DEMO = embedded, demo
    with pytest.raises(CommandError, match="什么也没有写"):
        call_command("load_demo", **options)
    assert not Officer.objects.filter(email__endswith="@demo.example").exists()


# --- Accounts -------------------------------------------------------------------------------------------------------


def _accounts() -> str:
    out = StringIO()
    call_command("load_demo", accounts=True, stdout=out)
    return out.getvalue()


def test_accounts_are_made_once_and_always_work_as_printed(demo_db, settings) -> None:
    first = _accounts()
    assert _accounts() == first
    logins = {"kunshan.officer", "guohe.desk", "beijing.chief", "jiangsu.supervisor", "sysadmin", "secadmin", "auditor"}
    assert all(login in first for login in logins)
    assert settings.DEMO_PASSWORD in first
    assert Officer.objects.count() == Appointment.objects.current().count() == len(world.posts()) == 32
    assert len(set(Officer.objects.values_list("name", flat=True))) == 32

    changed = Officer.objects.get(police_number="kunshan.officer")
    changed.set_password("something else")
    changed.save()
    settings.DEMO_PASSWORD = "Another-password-2026"
    assert "Another-password-2026" in _accounts()
    for login in ("kunshan.officer", "auditor"):
        assert check_password("Another-password-2026", Officer.objects.get(police_number=login).password)


def test_the_client_has_the_printed_secret_and_acts_for_kunshan(demo_db) -> None:
    printed = _accounts()
    application = get_application_model().objects.get(client_id=accounts.CLIENT_ID)
    assert f"CLIENT_ID={accounts.CLIENT_ID} CLIENT_SECRET={accounts.client_secret()}" in printed
    assert check_password(accounts.client_secret(), application.client_secret)
    assert application.service_account.agency.code == world.PLACES["kunshan"].code


# --- Cases ------------------------------------------------------------------------------------------------------------


def _all(model):
    """The rows as the worker role sees them: all."""
    return list(model.objects.all())


def _assert_history_is_legal() -> None:
    """Each case's events are a path of the workflow table, one leg follows the other, times move forward."""
    with django_connected_as("worker"):
        cases = {f"case:{case.pk}": case for case in _all(Case)}
        events = defaultdict(list)
        for event in AuditEvent.objects.filter(subject__startswith="case:").order_by("pk"):
            events[event.subject].append(event)
        assert set(events) == set(cases)
        for subject, case in cases.items():
            _assert_path(case, events[subject])
        assert all(deadline.started_at < datetime.now(UTC) for deadline in _all(Deadline))


def _assert_path(case: Case, events: list[AuditEvent]) -> None:
    assert case.title.startswith(world.TITLE_MARK)
    ours = case.direction == Direction.OUTGOING
    assert events[0].kind == ("case.create" if ours else "case.register")
    status, moment = Status.DRAFT if ours else Status.RECEIVED, events[0].at
    for event in events[1:]:
        assert event.at > moment
        moment = event.at
        step = TRANSITIONS.get((Direction(case.direction), event.kind.partition(".")[2]))
        if step is None:
            assert event.facts.get("status", status) == status  # what is no step leaves the status alone
            continue
        assert status in step.sources
        status = Status(event.facts["status"])
        assert status in (step.targets or step.sources)
    assert status == case.status
    assert moment < datetime.now(UTC)
    assert case.created_at == events[0].at
    assert case.updated_at <= moment


def _load(numbers: range | None = None) -> int:
    steps: list[tuple[int, int]] = []
    wanted = None if numbers is None else [plot for plot in plan.plots() if plot.number in numbers]
    made = load_cases(lambda there, total: steps.append((there, total)), wanted)
    assert steps[-1][0] == steps[-1][1]
    return made


def test_a_small_world_is_legal_and_loading_again_goes_on_where_it_stopped(demo_db) -> None:
    _accounts()
    assert _load(range(2, 300, 30)) == 10
    assert _load(range(2, 300, 15)) == 10
    assert _load(range(2, 300, 15)) == 0
    ways = {plot.ending: plot.number for plot in plan.plots() if plot.way and plot.turn == 1}
    made = load_cases(lambda _there, _total: None, [plot for plot in plan.plots() if plot.number in ways.values()])
    assert made == len(ways)
    _assert_history_is_legal()
    with django_connected_as("worker"):
        assert Case.objects.count() == 20 + len(ways)
        assert not OutboxMessage.objects.filter(done_at=None).exists()
        assert all(notice.created_at <= notice.event.at for notice in Notice.objects.select_related("event"))


def test_a_case_that_breaks_off_leaves_nothing_and_is_made_the_next_time(demo_db, monkeypatch) -> None:
    _accounts()
    whole = audit.record

    def broken(**given):
        if given["kind"] == "demo.case":
            raise KeyboardInterrupt
        return whole(**given)

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(KeyboardInterrupt):
        _load(range(100, 101))
    monkeypatch.undo()
    with django_connected_as("worker"):
        assert not Case.objects.exists()
    assert _load(range(100, 101)) == 1


def test_three_delegations_are_made_once(demo_db) -> None:
    _accounts()
    for _time in range(2):
        make_delegations()
        states = Counter(Delegation.objects.with_state().values_list("state", flat=True))
        assert states == {"running": 1, "coming": 1, "revoked": 1}


@pytest.mark.slow
def test_the_whole_world_has_what_was_promised(demo_db) -> None:
    out, began = StringIO(), datetime.now(UTC)
    call_command("load_demo", stdout=out)
    planned = len(list(plan.plots()))
    assert f"演示案件 {planned}/{planned}" in out.getvalue()
    _assert_history_is_legal()
    with django_connected_as("worker"):
        _assert_promises()
        _assert_office_hours(began)
    assert _load() == 0


def _assert_promises() -> None:
    wiring.connect()
    outbox.drain()
    assert DuplicatePair.objects.count() >= 3
    statuses = Counter(case.status for case in _all(Case))
    assert min(statuses[status] for status in Status) >= 3, statuses
    of = Counter((way.status, plot.ending) for plot in plan.plots() if (way := plot.way))
    assert min(of.values()) >= 3
    tiers = dict(Agency.objects.values_list("pk", "tier"))
    assert min(Counter(tiers[case.origin_id] for case in _all(Case)).values()) >= 3
    open_legs = Leg.objects.filter(closed_at=None, case__status=Status.IN_REVIEW)
    assert min(Counter(tiers[leg.agency_id] for leg in open_legs).values()) >= 3
    month_ago = datetime.now(UTC) - timedelta(days=30)
    assert open_legs.filter(opened_at__lt=month_ago).count() >= 5
    answers: dict[object, set[str]] = defaultdict(set)
    for item in RequestItem.objects.exclude(outcome="waiting"):
        answers[item.case_id].add(item.outcome)
        assert (item.outcome == "refused") == (item.ground_id is not None)
    assert sum("refused" in given and len(given) > 1 for given in answers.values()) >= 10


def _assert_office_hours(began: datetime) -> None:
    """Steps were taken in office hours; what supervisors do to the world is done while it is loaded, whenever that is."""
    calendar = work_calendar()
    steps = {name for _direction, name in TRANSITIONS}
    for event in AuditEvent.objects.filter(subject__startswith="case:"):
        if event.at >= began:
            assert event.kind.partition(".")[2] not in steps
            continue
        local = event.at.astimezone(SHANGHAI)
        assert calendar.is_workday(local.date())
        assert 9 <= local.hour <= 17


def test_a_demo_officer_can_log_in(demo_db, rf, settings) -> None:
    _accounts()
    request = rf.post("/")
    officer = authenticate(request, username="kunshan.officer", password=settings.DEMO_PASSWORD)
    assert officer is not None
