"""Internal limits as data: which holds, who may set it, that nobody loosens the ministry's, and what started stays."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from agencies.errors import GuardFailed, Malformed, NotPermitted
from agencies.models import AuditEvent
from agencies.scope import acting
from cases import internal_limits
from cases.clocks.limits import limits_for
from cases.internal_limits import Asked, today
from cases.models import Case, ClockRule, Deadline, InternalLimit
from cases.queries import limits as reading
from cases.queries.limits import differing
from countries.calendars import work_calendar
from treaties.models import RequestType

pytestmark = pytest.mark.django_db
ASKED = {"kind": "review", "urgency": "normal", "amount": 4, "warn_before": 1, "escalate_after": 2, "extend_by": 4}


@pytest.fixture
def put(cast):
    """`put("guohe.chief", amount=3, tier="county")` sets a limit."""

    def put(login: str = "guohe.chief", **changes) -> InternalLimit:
        actor = cast.actor(login)
        with acting(actor):
            return internal_limits.set_limit(actor=actor, asked=Asked(**{**ASKED, **changes}))

    return put


@pytest.fixture
def holds(cast):
    """What the limit of review is for a case like this at that place."""

    def holds(place="kunshan", day=0, kind="review", **case) -> tuple[int, str]:
        about = Case(**{"urgency": "normal", "direction": "outgoing", **case})
        found = limits_for(about, today() + timedelta(days=day), kind=kind).of(kind, cast.agency(place))
        return (found.amount, found.source)

    return holds


def typed(family: str) -> RequestType:
    return RequestType.objects.filter(family=family).first()


class TestWhichHolds:
    def test_the_family_says_more_than_the_tier_and_the_tier_more_than_the_direction(self, put, holds):
        evidence = typed("mla_evidence")
        assert holds(request_type=evidence) == (5, "default")
        put(amount=9)
        assert holds(request_type=evidence) == (9, "ministry")
        put(amount=8, direction="outgoing")
        assert holds(request_type=evidence) == (8, "ministry")
        put(amount=7, tier="county")
        assert holds(request_type=evidence) == (7, "ministry")
        put(amount=6, family="mla_evidence")
        assert holds(request_type=evidence) == (6, "ministry")
        assert holds(request_type=typed("extradition")) == (7, "ministry")
        assert holds(place="suzhou") == (8, "ministry")
        assert holds(place="suzhou", direction="incoming") == (9, "ministry")
        assert holds(urgency="urgent") == (3, "default")
        assert holds(kind="dispatch") == (5, "default")

    def test_from_its_day_on_and_what_is_set_later_for_one_day_wins(self, put, holds):
        put(amount=4, effective_from=today() + timedelta(days=10))
        put(amount=3, effective_from=today() + timedelta(days=20))
        assert [holds(day=day) for day in (0, 9, 10, 19, 20, 99)] == [
            (5, "default"),
            (5, "default"),
            (4, "ministry"),
            (4, "ministry"),
            (3, "ministry"),
            (3, "ministry"),
        ]
        put(amount=2, effective_from=today() + timedelta(days=10))
        assert (holds(day=10), holds(day=20)) == ((2, "ministry"), (3, "ministry"))

    def test_a_provinces_counts_below_it_and_as_long_as_it_is_tighter(self, put, holds):
        put("jiangsu.supervisor", amount=3)
        assert [holds(place) for place in ("jiangsu", "suzhou", "kunshan")] == [(3, "province")] * 3
        assert [holds(place) for place in ("guohe", "yunnan", "ruili")] == [(5, "default")] * 3
        put(amount=2)
        assert holds("kunshan") == (2, "ministry")
        put(amount=6)
        assert holds("kunshan") == (3, "province")

    def test_a_provinces_leaves_no_more_room_than_the_ministrys_of_later(self, put, cast):
        put("jiangsu.chief", amount=3, extend_by=3)
        put(amount=4, extend_by=1, escalate_after=1)
        found = limits_for(Case(urgency="normal", direction="outgoing"), today()).of("review", cast.agency("kunshan"))
        assert (found.amount, found.extend_by, found.escalate_after) == (3, 1, 1)

    def test_what_is_withdrawn_says_nothing_any_more(self, put, holds):
        put(amount=9)
        put(amount=7, tier="county")
        put("jiangsu.chief", amount=3, extend_by=0)
        put("jiangsu.chief", withdrawn=True)
        assert holds() == (7, "ministry")
        put(tier="county", withdrawn=True, effective_from=today() + timedelta(days=1))
        assert (holds(), holds(day=1)) == ((7, "ministry"), (9, "ministry"))
        put(withdrawn=True)
        assert holds(place="suzhou") == (5, "default")
        assert InternalLimit.objects.filter(set_by__isnull=False).count() == 6


class TestWhoAndWhat:
    @pytest.mark.parametrize("login", ["guohe.chief", "guohe.supervisor", "jiangsu.chief", "beijing.supervisor"])
    def test_ministry_and_provinces_set(self, put, cast, login):
        row = put(login, note="试行")
        assert row.agency == (None if login.startswith("guohe") else cast.agency(login.split(".")[0]))
        event = AuditEvent.objects.get(kind="limit.set")
        assert event.subject == f"limit:{row.pk}"
        assert event.facts["amount"] == 4
        assert "试行" not in str(event.facts)

    @pytest.mark.parametrize(
        "login",
        ["guohe.officer", "guohe.desk", "suzhou.chief", "kunshan.supervisor", "sysadmin", "secadmin", "auditor"],
    )
    def test_nobody_else_does(self, put, login):
        with pytest.raises(NotPermitted):
            put(login)
        assert not InternalLimit.objects.exclude(set_by=None).exists()

    @pytest.mark.parametrize(
        "pointer, changes",
        [
            ("/kind", {"kind": "lunch"}),
            ("/kind", {"kind": "draft"}),
            ("/urgency", {"urgency": "asap"}),
            ("/direction", {"direction": "up"}),
            ("/family", {"family": "mla"}),
            ("/tier", {"tier": "village"}),
            ("/unit", {"unit": "week"}),
            ("/amount", {"amount": 0}),
            ("/amount", {"amount": 1000}),
            ("/warn_before", {"warn_before": 4}),
            ("/warn_before", {"warn_before": -1}),
            ("/escalate_after", {"escalate_after": 0}),
            ("/extend_by", {"extend_by": 70000}),
            ("/effective_from", {"effective_from": date(2026, 1, 1)}),
            ("/effective_from", {"effective_from": date(2101, 1, 1)}),
            ("/note", {"note": "长" * 201}),
        ],
    )
    def test_what_is_no_limit_is_refused(self, put, pointer, changes):
        with pytest.raises(Malformed) as refused:
            put(**changes)
        assert [reason.pointer for reason in refused.value.reasons] == [pointer]
        assert not InternalLimit.objects.exclude(set_by=None).exists()

    def test_every_fault_is_said_at_once(self, put):
        with pytest.raises(Malformed) as refused:
            put(kind="lunch", amount=0, effective_from=date(2020, 1, 1))
        assert {reason.pointer for reason in refused.value.reasons} == {"/kind", "/amount", "/effective_from"}

    @pytest.mark.parametrize(
        "withdrawal", [{}, {"tier": "county"}, {"urgency": "urgent"}, {"login": "jiangsu.chief"}], ids=str
    )
    def test_nothing_is_withdrawn_that_was_not_set(self, put, withdrawal):
        put(amount=9, direction="incoming")
        with pytest.raises(GuardFailed) as refused:
            put(**withdrawal, withdrawn=True)
        assert refused.value.reasons[0].code == "nothing_set"

    def test_a_withdrawal_is_not_earlier_than_what_it_withdraws(self, put):
        put(amount=9, effective_from=today() + timedelta(days=9))
        with pytest.raises(GuardFailed) as refused:
            put(withdrawn=True)
        assert refused.value.reasons[0].pointer == "/effective_from"


class TestNeverLooser:
    @pytest.mark.parametrize(
        "pointer, changes, words",
        [
            ("/amount", {"amount": 6}, "公安部对审核（普通）规定 5 个工作日，省里只能更短。"),
            ("/unit", {"unit": "hour", "amount": 5}, "公安部对审核（普通）规定 5 个工作日，请用同样的单位。"),
            ("/extend_by", {"extend_by": 6}, "公安部对审核（普通）最多延长 5 个工作日，省里只能更少。"),
            ("/escalate_after", {"escalate_after": 4}, "公安部对审核（普通）超期 3 个工作日 上报，省里只能更早。"),
        ],
    )
    def test_than_the_ministry(self, put, pointer, changes, words):
        with pytest.raises(GuardFailed) as refused:
            put("jiangsu.chief", **changes)
        assert [(reason.pointer, str(reason.words)) for reason in refused.value.reasons] == [(pointer, words)]
        assert not InternalLimit.objects.exclude(set_by=None).exists()

    def test_also_for_one_family_at_one_tier_alone(self, put, holds):
        put(amount=2, family="extradition", tier="county", extend_by=4)
        with pytest.raises(GuardFailed) as refused:
            put("jiangsu.chief", amount=3)
        (reason,) = refused.value.reasons
        assert str(reason.words) == "公安部对审核（普通，引渡，县级机关）规定 2 个工作日，省里只能更短。"
        put("jiangsu.chief", amount=3, family="interpol")
        put("jiangsu.chief", amount=3, tier="city")
        assert holds("suzhou") == (3, "province")

    def test_a_row_that_does_not_decide_there_loosens_nothing(self, put):
        put(amount=2, family="extradition", extend_by=4)
        put("jiangsu.chief", amount=1, warn_before=0, family="extradition")
        put("jiangsu.chief", amount=3)
        assert InternalLimit.objects.filter(agency__isnull=False).count() == 2

    def test_what_holds_later_is_compared_with_what_the_ministry_says_then(self, put):
        put(amount=9, extend_by=9, effective_from=today() + timedelta(days=9))
        with pytest.raises(GuardFailed):
            put("jiangsu.chief", amount=8)
        put("jiangsu.chief", amount=8, effective_from=today() + timedelta(days=9))

    def test_the_database_keeps_what_was_set(self, put):
        row = put()
        for spoil in (lambda: InternalLimit.objects.filter(pk=row.pk).update(amount=99), row.delete):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                spoil()


class TestWhatRuns:
    @pytest.fixture
    def running(self, story):
        """Reviews at three tiers, one of them urgent, one in another province, one met."""
        story.step("kunshan.chief", story.submitted(), "approve")
        story.submitted()
        story.submitted(urgency="urgent")
        story.submitted("ruili")
        story.submitted("jiangsu", mark="work_secret")
        story.at("returned")

    def test_a_started_deadline_stays_as_it_is(self, put, running, see):
        def facts():
            return list(Deadline.objects.order_by("pk").values())

        with see("guohe.supervisor"):
            before = facts()
        put(amount=2)
        put("jiangsu.chief", amount=1, warn_before=0)
        with see("guohe.supervisor"):
            assert facts() == before

    @pytest.mark.parametrize("reader", ["guohe.chief", "jiangsu.supervisor"])
    @pytest.mark.parametrize(
        "changes", [{}, {"tier": "county"}, {"family": "police_cooperation"}, {"amount": 5}, {"direction": "incoming"}]
    )
    def test_those_that_would_differ_are_those_a_count_by_hand_finds(self, put, running, cast, reader, changes):
        """Each open clock in sight is asked before and after for its limit, one by one."""
        actor = cast.actor(reader)

        def by_hand():
            limits = {}
            with acting(actor):
                for clock in Deadline.objects.filter(met_at=None, cancelled_at=None, rule=ClockRule.INTERNAL):
                    row = limits_for(clock.case, today(), kind=clock.kind).of(clock.kind, clock.agency)
                    limits[clock] = (row.amount, row.unit)
            return limits

        before = by_hand()
        with acting(actor):
            draft = internal_limits.drafted(actor, Asked(**{**ASKED, **changes}))
            found = differing(actor, draft)
            previewed = found.rows()
        row = put(reader, **changes)
        after = by_hand()
        wanted = {
            clock.pk: work_calendar().due(clock.started_at, limit[0], limit[1]).at
            for clock, limit in after.items()
            if limit != before[clock] and limit != (clock.amount, clock.unit)
        }
        assert {one.clock.pk: one.due_at for one in previewed} == wanted
        assert bool(wanted) == (changes in ({}, {"tier": "county"}, {"family": "police_cooperation"}))
        with acting(actor):
            again = differing(actor, row).rows()
        assert [one.clock for one in again] == [one.clock for one in previewed]
        assert [one.clock.due_at for one in previewed] == sorted(one.clock.due_at for one in previewed)
        assert found.total == found.listed == len(wanted)
        at = Counter(clock.agency.name if clock.agency else "" for clock in before if clock.pk in wanted)
        assert dict(found.by_agency) == at

    def test_they_are_counted_without_being_read(self, put, running, cast, monkeypatch, django_assert_num_queries):
        """What is listed is bounded; so are the statements, however many there are."""
        row, actor = put(amount=2), cast.actor("guohe.chief")
        with acting(actor):
            with django_assert_num_queries(
                6
            ):  # the day, the rows, the families, the seat, the clocks due first, their cases
                found = differing(actor, row)
            whole = found.rows()
            assert found.total == len(whole) == 4
            with django_assert_num_queries(3):
                assert found.rows(1, 2) == whole[1:3]
            monkeypatch.setattr(reading, "LISTED", 2)
            assert (found.total, found.listed, found.rows(), found.rows(1, 2)) == (4, 2, whole[:2], whole[1:2])
            monkeypatch.setattr(reading, "COUNTED", 3)
            fewer = differing(actor, row)
        # The ministry's looks at the clocks due first, also the urgent one, which the row does not speak of.
        assert (fewer.total, fewer.more, found.more) == (2, True, False)
        assert Counter(dict(fewer.by_agency)) == Counter(one.clock.agency for one in whole[:2])

    def test_a_province_with_its_own_is_left_out_where_the_ministrys_changes_nothing(self, put, story, cast):
        """Its tighter limit goes on to hold there; elsewhere, and where it is looser now, the new one does."""
        story.submitted(), story.submitted("ruili")
        put("jiangsu.chief", amount=3)
        actor, found = cast.actor("guohe.chief"), {}
        for amount in (4, 2):
            with acting(actor):
                draft = internal_limits.drafted(actor, Asked(**{**ASKED, "amount": amount, "extend_by": 4}))
                found[amount] = differing(actor, draft)
                assert [one.limit.amount for one in found[amount].rows()] == [amount] * found[amount].total
        assert dict(found[4].by_agency) == {"瑞丽市公安局": 1}
        assert dict(found[2].by_agency) == {"昆山市公安局": 1, "瑞丽市公安局": 1}

    def test_a_clock_with_that_limit_already_does_not_differ(self, put, story, cast):
        put(amount=3)
        story.submitted()
        put(amount=5, extend_by=5)
        story.submitted()
        row = put(amount=3)
        with acting(cast.actor("guohe.chief")):
            assert differing(cast.actor("guohe.chief"), row).total == 1

    def test_a_later_day_and_a_withdrawal_differ_too(self, put, story, cast):
        actor = cast.actor("guohe.chief")
        story.submitted()
        put(amount=9)
        case = story.submitted()
        with acting(actor):
            asked = Asked(**ASKED, withdrawn=True, effective_from=today() + timedelta(days=5))
            found = differing(actor, internal_limits.drafted(actor, asked)).rows()
        assert [(one.clock.case_id, one.limit.amount) for one in found] == [(case.pk, 5)]

    def test_the_eyes_of_the_reader_are_the_limit(self, put, running, cast):
        row = put(amount=2)
        seen = {}
        for login in ("guohe.chief", "guohe.officer", "yunnan.chief", "sysadmin"):
            with acting(cast.actor(login)):
                seen[login] = differing(cast.actor(login), row).total
        assert seen == {"guohe.chief": 4, "guohe.officer": 3, "yunnan.chief": 1, "sysadmin": 0}
