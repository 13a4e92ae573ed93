"""Changing the calendar: asked by the administrator, counted and applied by the worker, every state readable after."""

from __future__ import annotations

from datetime import date

import pytest

from agencies import outbox
from agencies.errors import Conflict, GuardFailed, Malformed, NotPermitted, NotVisible
from agencies.models import AuditEvent
from countries import calendar_effects, notices
from countries.calendar_effects import Moved
from countries.calendars import Due, Rule, work_calendar
from countries.models import CalendarNotice, Country, NoticeKind, NoticeState, SpecialDay
from countries.seed import load_calendar
from countries.tables import table_after, table_of
from tests.conftest import django_connected_as
from tests.countries.test_calendar import at

TITLE = "国办发明电〔2026〕7号"
NOTICE = "日期,是否上班,名称\n2027-01-01,0,元旦\n2027-01-02,0,元旦\n2027-01-03,0,元旦\n2027-02-06,0,春节\n2027-02-14,1,春节\n"


@pytest.fixture
def effects(monkeypatch):
    """Callables in place of the cases': what they were asked, and what they answer."""
    calls: list[tuple] = []
    moved = [Moved("昆山市公安局", date(2027, 2, 9), date(2027, 2, 15), 3)]

    def preview(calendar, country_id):
        calls.append(("preview", calendar.is_workday(date(2027, 2, 14)), country_id))
        return moved

    def apply(calendar, country_id, notice_id):
        calls.append(("apply", calendar.is_workday(date(2027, 2, 14)), country_id, notice_id))
        return moved * 2

    monkeypatch.setattr(calendar_effects, "_previews", [preview])
    monkeypatch.setattr(calendar_effects, "_applies", [apply])
    return calls


@pytest.fixture
def admin(real_db, cast):
    return cast.actor("sysadmin")


def drain() -> None:
    with django_connected_as("worker"):
        outbox.drain()


def applied(notice: CalendarNotice, admin) -> CalendarNotice:
    drain()
    notices.confirm(actor=admin, notice_id=notice.pk, whole_year=True)
    drain()
    notice.refresh_from_db()
    return notice


def kinds() -> list[str]:
    return list(AuditEvent.objects.filter(kind__startswith="calendar.").order_by("pk").values_list("kind", flat=True))


def test_a_years_notice_from_the_file_to_the_clocks(admin, effects):
    before = table_of(None)
    monday = at("2027-02-12 10:00")
    assert work_calendar().due(monday, 1, "working_day") == Due(at("2027-02-15 17:00"), provisional=True)
    notice = notices.import_days(actor=admin, text=NOTICE, title=TITLE)
    assert (notice.state, notice.years) == (NoticeState.ASKED, [2027])
    drain()
    notice.refresh_from_db()
    assert notice.state == NoticeState.READY
    row = {"agency": "昆山市公安局", "before": "2027-02-09", "after": "2027-02-15", "n": 3}
    assert notice.moved == {"total": 3, "hidden": 0, "rows": [row]}
    assert table_of(None) == before  # nothing has changed yet
    with pytest.raises(GuardFailed):  # two months alone; somebody must say that it is the whole year
        notices.confirm(actor=admin, notice_id=notice.pk)
    notices.confirm(actor=admin, notice_id=notice.pk, whole_year=True)
    assert table_of(None) == before
    drain()
    notice.refresh_from_db()
    assert notice.state == NoticeState.DONE
    assert notice.moved["total"] == 6  # what it came to, counted anew
    # First with the calendar as it would be, then with the one that it is.
    assert effects == [("preview", True, None), ("apply", True, None, notice.pk)]
    assert work_calendar().due(monday, 1, "working_day") == Due(at("2027-02-14 17:00"), provisional=False)
    # An official year has no provisional days left.
    assert {day for day in table_of(None) if day.year == 2027} == {
        date(2027, 1, 1),
        date(2027, 1, 2),
        date(2027, 1, 3),
        date(2027, 2, 6),
        date(2027, 2, 14),
    }
    assert kinds() == ["calendar.ask", "calendar.preview", "calendar.confirm", "calendar.done"]
    # The seed, loaded again, changes nothing of it.
    with django_connected_as("migrate"):
        assert "0 created, 0 changed" in str(load_calendar())
    assert CalendarNotice.objects.filter(kind=NoticeKind.SEED).count() == 1


def test_every_earlier_state_can_be_read(admin):
    seed = CalendarNotice.objects.get(kind=NoticeKind.SEED)
    states = [table_of(None)]
    done = [applied(notices.import_days(actor=admin, text=NOTICE, title=TITLE), admin)]
    states.append(table_of(None))
    done.append(applied(notices.clear_day(actor=admin, day=date(2026, 10, 10), title="更正"), admin))
    states.append(table_of(None))
    again = {"day": date(2026, 10, 10), "is_workday": True, "name": "国庆节", "title": "再更正"}
    done.append(applied(notices.set_day(actor=admin, **again), admin))
    states.append(table_of(None))
    assert [table_after(notice) for notice in (seed, *done)] == states
    assert len({len(state) for state in states[:3]}) == 3


def test_without_cases_nothing_moves(admin, monkeypatch):
    monkeypatch.setattr(calendar_effects, "_previews", [])
    monkeypatch.setattr(calendar_effects, "_applies", [])
    notice = applied(notices.clear_day(actor=admin, day=date(2026, 10, 10), title="更正"), admin)
    assert (notice.state, notice.moved) == (NoticeState.DONE, {"total": 0, "hidden": 0, "rows": []})
    assert date(2026, 10, 10) not in table_of(None)
    # The seed does not bring back what an administrator took out.
    with django_connected_as("migrate"):
        load_calendar()
    assert date(2026, 10, 10) not in table_of(None)


def test_one_day_is_no_notice(admin):
    day = {"day": date(2027, 3, 8), "is_workday": False, "name": "演示", "title": "地方通知"}
    applied(notices.set_day(actor=admin, **day), admin)
    assert table_of(None)[date(2027, 3, 8)].status == "provisional"
    assert 2027 not in work_calendar().official
    applied(notices.set_day(actor=admin, **day | {"day": date(2026, 12, 28)}), admin)
    assert table_of(None)[date(2026, 12, 28)].status == "official"


def test_a_country_has_a_table_of_its_own(admin, effects):
    thailand, japan = (Country.objects.get(code=code) for code in ("TH", "JP"))
    songkran = {"day": date(2026, 4, 13), "is_workday": False, "name": "宋干节", "title": "泰方通报"}
    notice = applied(notices.set_day(actor=admin, **songkran, country_id=thailand.pk), admin)
    assert effects[-1] == ("apply", False, thailand.pk, notice.pk)
    friday = at("2026-04-10 10:00")
    assert work_calendar(thailand.pk).due(friday, 1, "working_day") == Due(at("2026-04-14 17:00"), True)
    # Ours is as before, and a country without a table counts Monday to Friday, always provisional.
    assert work_calendar().due(friday, 1, "working_day") == Due(at("2026-04-13 17:00"), False)
    assert work_calendar(japan.pk).due(friday, 1, "working_day") == Due(at("2026-04-13 17:00"), True)
    assert work_calendar(japan.pk).due(at("2026-10-01 10:00"), 1, "working_day").at == at("2026-10-02 17:00")
    assert not work_calendar(japan.pk).due(friday, 1, "calendar_day", rule=Rule.FIXED).provisional
    with pytest.raises(NotVisible):
        notices.set_day(actor=admin, **songkran, country_id=0)


@pytest.mark.parametrize("login", ["secadmin", "auditor", "kunshan.officer", "guohe.chief", "jiangsu.supervisor"])
def test_nobody_else_changes_it(db, cast, login):
    actor, waiting = cast.actor(login), notices.clear_day(actor=cast.actor("sysadmin"), day=date(2026, 5, 9), title="x")
    for act in (notices.confirm, notices.cancel, notices.look_again):
        with pytest.raises(NotPermitted):
            act(actor=actor, notice_id=waiting.pk)
    with pytest.raises(NotPermitted):
        notices.import_days(actor=actor, text=NOTICE, title=TITLE)
    with pytest.raises(NotPermitted):
        notices.clear_day(actor=actor, day=date(2026, 2, 14), title="x")
    with pytest.raises(NotPermitted):
        notices.set_day(actor=actor, day=date(2026, 3, 8), is_workday=True, name="x", title="x")


@pytest.mark.parametrize(
    "changes, pointers",
    [
        ({"name": " "}, {"/name"}),
        ({"name": "节" * 41}, {"/name"}),
        ({"title": ""}, {"/title"}),
        ({"title": "理" * 121}, {"/title"}),
        ({"day": date(1999, 12, 31)}, {"/day"}),
        ({"is_workday": True, "name": ""}, {"/what", "/name"}),
    ],
)
def test_a_day_that_cannot_be(db, cast, changes, pointers):
    day = {"day": date(2026, 3, 2), "is_workday": False, "name": "演示", "title": "通知"} | changes
    with pytest.raises(Malformed) as refusal:
        notices.set_day(actor=cast.actor("sysadmin"), **day)
    assert {reason.pointer for reason in refusal.value.reasons} == pointers


def test_one_change_at_a_time(db, cast):
    admin = cast.actor("sysadmin")
    with pytest.raises(GuardFailed) as nothing:
        notices.clear_day(actor=admin, day=date(2026, 3, 2), title="已是平日")
    assert [reason.code for reason in nothing.value.reasons] == ["nothing_changes"]
    waiting = notices.clear_day(actor=admin, day=date(2026, 5, 9), title="更正")
    with pytest.raises(Conflict) as refusal:
        notices.import_days(actor=admin, text=NOTICE, title=TITLE)
    assert f"第 {waiting.pk} 号改动还没有办完" in str(refusal.value.reasons[0].words)
    # A country's calendar does not wait for ours.
    country = Country.objects.get(code="TH").pk
    notices.import_days(actor=admin, text=NOTICE, title=TITLE, country_id=country)
    notices.cancel(actor=admin, notice_id=waiting.pk)
    with pytest.raises(Conflict):
        notices.confirm(actor=admin, notice_id=waiting.pk)
    notices.import_days(actor=admin, text=NOTICE, title=TITLE)


def test_what_changed_meanwhile_stops_it(admin):
    notice = notices.clear_day(actor=admin, day=date(2026, 5, 9), title="更正")
    drain()
    notices.confirm(actor=admin, notice_id=notice.pk)
    with django_connected_as("migrate"):
        SpecialDay.objects.filter(date=date(2026, 5, 9), country=None).update(name="另一个名称")
    drain()
    notice.refresh_from_db()
    assert (notice.state, notice.fault) == (NoticeState.READY, "stale")
    assert date(2026, 5, 9) in table_of(None)
    with pytest.raises(Conflict):
        notices.confirm(actor=admin, notice_id=notice.pk)


def test_a_failure_leaves_everything_as_it_was(admin, monkeypatch):
    def broken(*_args):
        raise RuntimeError("broken")

    monkeypatch.setattr(calendar_effects, "_applies", [broken])
    before = table_of(None)
    notice = applied(notices.clear_day(actor=admin, day=date(2026, 5, 9), title="更正"), admin)
    assert (notice.state, notice.fault) == (NoticeState.READY, "failed")
    assert table_of(None) == before
    assert kinds()[-1] == "calendar.refused"
    monkeypatch.setattr(calendar_effects, "_applies", [])
    assert applied(notice, admin).state == NoticeState.DONE
    assert kinds()[-2:] == ["calendar.confirm", "calendar.done"]


def test_latecomers_follow_once(admin, effects, monkeypatch):
    notice = applied(notices.clear_day(actor=admin, day=date(2026, 5, 9), title="更正"), admin)
    with django_connected_as("worker"):
        assert calendar_effects.settle() == 0  # requests that began before may still be at it
        monkeypatch.setattr(calendar_effects, "SETTLES", calendar_effects.timedelta(0))
        assert calendar_effects.settle() == 6
        assert calendar_effects.settle() == 0
    assert [call[0] for call in effects] == ["preview", "apply", "apply"]
    assert kinds()[-1] == "calendar.settle"
    notice.refresh_from_db()
    assert notice.settled_at


def test_a_later_seed_moves_what_is_open(admin, effects):
    """A release with other days: written down as a change, and the deadlines follow."""
    with django_connected_as("migrate"):
        SpecialDay.objects.filter(date=date(2026, 5, 9)).delete()
        load_calendar()
    drain()
    notice = CalendarNotice.objects.filter(kind=NoticeKind.SEED).first()
    assert [change["date"] for change in notice.changes] == ["2026-05-09"]
    assert effects == [("apply", False, None, notice.pk)]
    assert notice.moved["total"] == 6


def test_the_web_cannot_count_and_the_worker_cannot_ask(admin):
    notice = notices.clear_day(actor=admin, day=date(2026, 5, 9), title="更正")
    for role, field in (("app", "moved"), ("app", "changes"), ("worker", "changes"), ("worker", "decided_by")):
        with django_connected_as(role), pytest.raises(Exception, match="permission denied"):
            CalendarNotice.objects.filter(pk=notice.pk).update(**{field: None})
    for role in ("app", "worker"):
        with django_connected_as(role), pytest.raises(Exception, match="permission denied"):
            CalendarNotice.objects.filter(pk=notice.pk).delete()
