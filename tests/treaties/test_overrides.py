"""Periods of a treaty or a country in place of the statute's: entered by the ministry, ended, never edited."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from agencies.errors import Conflict, DomainError, GuardFailed, Malformed, NotPermitted, NotVisible
from agencies.models import AuditEvent
from agencies.moments import clock
from countries.models import Country
from tests.cast import Cast
from tests.ledgers import done
from treaties.commands import NewOverride, end_override, set_override
from treaties.models import PeriodOverride, RequestType
from treaties.queries import Limit, limit

pytestmark = pytest.mark.django_db

ARREST, KEY = "extradition_provisional_arrest_in", "formal_request_after_detention"
BEFORE, FIRST, LATER = date(2026, 2, 28), date(2026, 3, 1), date(2026, 6, 1)


def country(code: str = "TH") -> int:
    return Country.objects.get(code=code).pk


def new(**changes: Any) -> NewOverride:
    """An override that is not from any treaty: the country's and the article's names say so."""
    values: dict[str, Any] = {
        "country_id": country(),
        "scope": ARREST,
        "key": KEY,
        "amount": 45,
        "unit": "calendar_day",
        "article": "【演示】引渡条约第十条",
        "source": "【演示】条约文本",
        "as_of": date(2026, 1, 5),
        "confidence": "confirmed",
        "valid_from": FIRST,
    }
    return NewOverride(**(values | changes))


def holding(on: date, code: str = "TH", kind: str = ARREST, key: str = KEY) -> Limit:
    found = limit(RequestType.objects.get(code=kind).pk, key, country_id=country(code) if code else None, on=on)
    assert found is not None
    return found


def reasons(error: pytest.ExceptionInfo[DomainError]) -> set[tuple[str, str]]:
    return {(reason.code, reason.pointer) for reason in error.value.reasons}


@pytest.mark.parametrize("login", ["guohe.desk", "guohe.chief"])
def test_an_override_holds_for_its_country_from_its_day(cast: Cast, login: str) -> None:
    row = done(set_override, actor=cast.actor(login), new=new())
    found = holding(FIRST)
    assert (found.amount, found.unit, found.article) == (45, "calendar_day", "【演示】引渡条约第十条")
    assert (found.source, found.confidence, found.overridden_by) == ("【演示】条约文本", "official", row.pk)
    assert (found.kind, found.detention, found.starts_on) == ("deadline", True, ("recorded",))
    # The statute's extension belongs to the statute's period.
    assert (found.extension_kind, found.extension_amount) == ("", None)
    for other in (holding(BEFORE), holding(FIRST, "LA"), holding(FIRST, "")):
        assert (other.amount, other.article, other.overridden_by) == (30, "EXT-31.2", None)
        assert (other.extension_kind, other.extension_amount) == ("added", 15)


def test_only_a_confirmed_text_is_not_to_be_verified(cast: Cast) -> None:
    done(set_override, actor=cast.actor("guohe.desk"), new=new(confidence="sourced"))
    done(set_override, actor=cast.actor("guohe.desk"), new=new(confidence="recollection", country_id=country("LA")))
    assert (holding(FIRST).confidence, holding(FIRST, "LA").confidence) == ("secondary", "unverified")


def test_it_warns_by_its_own_length_unless_the_ministry_says_when(cast: Cast) -> None:
    done(set_override, actor=cast.actor("guohe.desk"), new=new(amount=60))
    found = holding(FIRST)
    assert (found.warn_before, found.escalate_after, found.alarms_own) == (None, None, False)
    assert found.alarms(found.amount or 0, found.unit) == (10, 1)
    done(
        set_override, actor=cast.actor("guohe.desk"), new=new(country_id=country("LA"), warn_before=0, escalate_after=2)
    )
    found = holding(FIRST, "LA")
    assert (found.alarms(45, found.unit), found.alarms_own) == ((0, 2), True)
    entered = AuditEvent.objects.filter(kind="treaty.override").latest("pk")
    assert (entered.facts["warn_before"], entered.facts["escalate_after"]) == (0, 2)
    assert (holding(BEFORE).alarms(30, "calendar_day"), holding(BEFORE).alarms_own) == ((5, 1), False)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"warn_before": -1}, ("bad_warn_before", "/warn_before")),
        ({"warn_before": 1000}, ("bad_warn_before", "/warn_before")),
        ({"warn_before": 45}, ("warns_too_early", "/warn_before")),
        ({"warn_before": 84, "amount": 3, "unit": "month"}, ("warns_too_early", "/warn_before")),
        ({"escalate_after": 0}, ("bad_escalate_after", "/escalate_after")),
    ],
)
def test_alarms_that_cannot_be(cast: Cast, wrong: dict[str, Any], fault: tuple[str, str]) -> None:
    with pytest.raises(Malformed) as error:
        done(set_override, actor=cast.actor("guohe.desk"), new=new(**wrong))
    assert fault in reasons(error)
    assert not PeriodOverride.objects.exists()


def test_the_nearest_override_wins(cast: Cast) -> None:
    desk = cast.actor("guohe.desk")
    place = {"key": "interrogation", "unit": "hour"}
    everywhere = done(set_override, actor=desk, new=new(scope="", amount=40, **place))
    assert holding(FIRST, kind="extradition_in", key="interrogation").overridden_by == everywhere.pk
    family = done(set_override, actor=desk, new=new(scope="extradition", amount=30, **place))
    one = done(set_override, actor=desk, new=new(scope=ARREST, amount=20, **place))
    of_family = RequestType.objects.get(code="extradition_in").family
    assert of_family == "extradition"
    assert holding(FIRST, kind="extradition_in", key="interrogation").overridden_by == family.pk
    assert holding(FIRST, key="interrogation").overridden_by == one.pk


def test_an_ended_override_holds_until_its_day_and_stays_on_record(cast: Cast) -> None:
    row = done(set_override, actor=cast.actor("guohe.desk"), new=new())
    done(end_override, actor=cast.actor("guohe.chief"), override_id=row.pk, valid_to=LATER, reason="条约修订。")
    assert holding(LATER - timedelta(days=1)).amount == 45
    assert holding(LATER).amount == 30
    row.refresh_from_db()
    assert (row.valid_to, row.end_reason, row.ended_by) == (LATER, "条约修订。", cast.officer("guohe.chief"))
    assert (row.amount, row.article, row.entered_by) == (45, "【演示】引渡条约第十条", cast.officer("guohe.desk"))
    after = done(set_override, actor=cast.actor("guohe.desk"), new=new(amount=60, valid_from=LATER))
    assert holding(LATER).overridden_by == after.pk
    assert holding(LATER - timedelta(days=1)).overridden_by == row.pk


def test_an_override_ended_on_its_first_day_never_held(cast: Cast) -> None:
    desk = cast.actor("guohe.desk")
    row = done(set_override, actor=desk, new=new())
    done(end_override, actor=desk, override_id=row.pk, valid_to=FIRST, reason="录错了。")
    assert holding(FIRST).overridden_by is None
    assert done(set_override, actor=desk, new=new(amount=50)).pk != row.pk


def test_both_acts_are_in_the_trail(cast: Cast) -> None:
    row = done(set_override, actor=cast.actor("guohe.desk"), new=new())
    done(end_override, actor=cast.actor("guohe.chief"), override_id=row.pk, valid_to=LATER, reason="条约修订。")
    entered, ended = AuditEvent.objects.filter(subject=f"override:{row.pk}").order_by("pk")
    assert (entered.kind, entered.officer, entered.facts["country"]) == (
        "treaty.override",
        cast.officer("guohe.desk"),
        "TH",
    )
    assert (entered.facts["key"], entered.facts["amount"], entered.facts["unit"]) == (KEY, 45, "calendar_day")
    assert (ended.kind, ended.officer) == ("treaty.override_end", cast.officer("guohe.chief"))
    assert ended.facts["valid_to"] == "2026-06-01"
    assert "条约" not in str(entered.facts | ended.facts)


@pytest.mark.parametrize("login", ["guohe.officer", "guohe.supervisor", "jiangsu.desk", "jiangsu.chief", "sysadmin"])
def test_nobody_else_enters_or_ends_one(cast: Cast, login: str) -> None:
    with pytest.raises(NotPermitted):
        done(set_override, actor=cast.actor(login), new=new())
    assert not PeriodOverride.objects.exists()
    row = done(set_override, actor=cast.actor("guohe.desk"), new=new())
    with pytest.raises(NotPermitted):
        done(end_override, actor=cast.actor(login), override_id=row.pk, valid_to=LATER, reason="条约修订。")
    row.refresh_from_db()
    assert row.valid_to is None


def test_every_fault_is_said_at_once_and_nothing_is_kept(cast: Cast) -> None:
    tomorrow = timezone.localdate(clock()) + timedelta(days=1)
    wrong = new(
        source="  ",
        article="",
        amount=0,
        unit="working_day",
        confidence="",
        as_of=tomorrow,
        valid_from=date(1900, 1, 1),
    )
    with pytest.raises(Malformed) as error:
        done(set_override, actor=cast.actor("guohe.desk"), new=wrong)
    assert reasons(error) == {
        ("bad_source", "/source"),
        ("bad_article", "/article"),
        ("bad_amount", "/amount"),
        ("bad_unit", "/unit"),
        ("bad_confidence", "/confidence"),
        ("bad_as_of", "/as_of"),
        ("bad_valid_from", "/valid_from"),
    }
    assert not PeriodOverride.objects.exists()


@pytest.mark.parametrize(
    ("scope", "key"), [("mla_evidence_in", KEY), ("police_cooperation", KEY), ("", "no_such"), ("no_such", KEY)]
)
def test_a_period_that_the_types_have_not(cast: Cast, scope: str, key: str) -> None:
    with pytest.raises(GuardFailed) as error:
        done(set_override, actor=cast.actor("guohe.desk"), new=new(scope=scope, key=key))
    assert reasons(error) == {("no_such_period", "/key")}


def test_an_unknown_country(cast: Cast) -> None:
    with pytest.raises(NotVisible):
        done(set_override, actor=cast.actor("guohe.desk"), new=new(country_id=0))


def test_two_do_not_hold_on_one_day(cast: Cast) -> None:
    desk = cast.actor("guohe.desk")
    done(set_override, actor=desk, new=new())
    for valid_from in (BEFORE, LATER):
        with pytest.raises(Conflict) as error:
            done(set_override, actor=desk, new=new(valid_from=valid_from, amount=60))
        assert reasons(error) == {("override_holds", "/valid_from")}
    row = PeriodOverride.objects.get()
    row.pk, row.valid_from = None, LATER
    with pytest.raises(IntegrityError), transaction.atomic():  # the table keeps it, whoever writes
        row.save(force_insert=True)


@pytest.mark.parametrize(
    ("valid_to", "reason", "fault"),
    [(BEFORE, "条约修订。", "bad_valid_to"), (LATER, "   ", "bad_reason"), (LATER, "长" * 201, "bad_reason")],
)
def test_a_bad_ending_changes_nothing(cast: Cast, valid_to: date, reason: str, fault: str) -> None:
    desk = cast.actor("guohe.desk")
    row = done(set_override, actor=desk, new=new())
    with pytest.raises(Malformed) as error:
        done(end_override, actor=desk, override_id=row.pk, valid_to=valid_to, reason=reason)
    assert {code for code, _pointer in reasons(error)} == {fault}
    assert holding(LATER).amount == 45


def test_an_ending_is_not_ended_again(cast: Cast) -> None:
    desk = cast.actor("guohe.desk")
    row = done(set_override, actor=desk, new=new())
    done(end_override, actor=desk, override_id=row.pk, valid_to=LATER, reason="条约修订。")
    with pytest.raises(Conflict):
        done(end_override, actor=desk, override_id=row.pk, valid_to=FIRST, reason="再来一次。")
    with pytest.raises(NotVisible):
        done(end_override, actor=desk, override_id=0, valid_to=LATER, reason="条约修订。")
    row.refresh_from_db()
    assert row.valid_to == LATER


def test_no_override_is_shipped() -> None:
    assert not PeriodOverride.objects.exists()  # no treaty text with a period was found
