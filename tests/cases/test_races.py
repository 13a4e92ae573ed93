"""Eight officers press at once: exactly one step happens, and everybody else is told why."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.db import connection

from agencies.commands import accounts, appointments
from agencies.errors import DomainError
from agencies.models import AuditEvent
from agencies.roles import Role
from agencies.scope import acting
from cases import content_input, drafts, handover
from cases.commands import take_step
from cases.models import Assignment, Involvement, Leg, Note, Transmission
from tests.cast import PLACES
from tests.stories import CONTENT, COUNTERPART

THREADS = 8


def at_once(*acts: Callable[[], object]) -> Counter[str]:
    """Run the acts in threads released together; how each ended, counted ('' is success)."""
    gate, ends = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=20)
            act()
            ends.append("")
        except DomainError as error:
            ends.append(error.code)
        except Exception as error:
            ends.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return Counter(ends)


@pytest.fixture
def press(real_db, cast):
    def prepare(login, case, step, version=None, **data):
        actor = cast.actor(login)

        def act():
            with acting(actor):
                take_step(actor=actor, case_id=case.pk, step=step, data=data, version=version)

        return act

    return prepare


def test_approve_against_approve(real_db, story, press, cast):
    case = story.submitted()
    ends = at_once(*[press("kunshan.chief", case, "approve") for _ in range(THREADS)])
    assert ends[""] == 1
    assert sum(ends.values()) == THREADS
    assert set(ends) <= {"", "not_holder"}
    with acting(cast.actor("kunshan.chief")):
        assert Involvement.objects.filter(case=case, kind="approved").count() == 1
        assert Leg.objects.filter(case=case, closed_at=None).count() == 1
    assert AuditEvent.objects.filter(kind="case.approve").count() == 1


def test_approve_against_return(real_db, story, press):
    case = story.submitted()
    back = {"reasons": ["facts_unclear"]}
    acts = [press("kunshan.chief", case, "approve", version=case.version) for _ in range(THREADS // 2)]
    acts += [
        press("kunshan.desk", case, "return_for_correction", version=case.version, **back) for _ in range(THREADS // 2)
    ]
    ends = at_once(*acts)
    assert ends[""] == 1
    assert set(ends) <= {"", "stale_version"}
    assert AuditEvent.objects.filter(kind__in=["case.approve", "case.return_for_correction"]).count() == 1


def test_submit_against_submit(real_db, story, press, cast):
    case = story.draft()
    ends = at_once(*[press("kunshan.officer", case, "submit") for _ in range(THREADS)])
    assert ends[""] == 1
    assert set(ends) <= {"", "wrong_status"}
    assert AuditEvent.objects.filter(kind="case.submit").count() == 1


def test_numbers_given_at_once_are_different_and_without_gap(real_db, cast):
    actor, numbers = cast.actor("kunshan.officer"), []

    def file() -> None:
        with acting(actor):
            numbers.append(drafts.open_case(actor=actor, content=content_input.parse(CONTENT)).number)

    assert at_once(*[file] * THREADS) == Counter({"": THREADS})
    assert sorted(int(number[-6:]) for number in numbers) == list(range(1, THREADS + 1))
    assert all(number.startswith("GJHZ-") and "-320583-" in number for number in numbers)


# --- The ways beside the straight one ---------------------------------------------------------------------------------


def _one_of(ends, *losers):
    """Exactly one act was taken; the others were told one of these."""
    assert ends[""] == 1, ends
    assert sum(ends.values()) == THREADS
    assert set(ends) <= {"", *losers}, ends


def _whole(see, case, *, open_legs=1):
    with see("guohe.supervisor"):
        legs = list(Leg.objects.filter(case=case).order_by("seq"))
    assert all(a.closed_at == b.opened_at for a, b in pairwise(legs))
    assert [leg.closed_at is None for leg in legs].count(True) == open_legs


def test_two_decisions(real_db, story, press, see):
    case = story.checked()
    execute = [press("guohe.chief", case, "decide", decision="execute") for _ in range(THREADS // 2)]
    refuse = [
        press("guohe.chief", case, "decide", decision="refuse", grounds=["political_offence"])
        for _ in range(THREADS // 2)
    ]
    _one_of(at_once(*execute, *refuse), "wrong_status")
    status = story.fresh(case).status
    with see("guohe.supervisor"):
        assert {item.decision for item in case.items.all()} == {"execute" if status == "to_assign" else "refuse"}
    _whole(see, case, open_legs=int(status == "to_assign"))
    assert AuditEvent.objects.filter(kind="case.decide").count() == 1


def test_assigned_down_against_returned_up(real_db, story, press, see):
    case = story.step("guohe.desk", story.decided(), "assign", agency=PLACES["jiangsu"])
    acts = [press("jiangsu.desk", case, "assign", agency=PLACES["suzhou"]) for _ in range(THREADS // 2)]
    acts += [press("jiangsu.chief", case, "return_assignment", opinion="不在本省。") for _ in range(THREADS // 2)]
    _one_of(at_once(*acts), "not_holder", "wrong_status")
    assert story.holder(case) in ("苏州市公安局", "公安部国际合作局")
    _whole(see, case)


def test_two_answers_of_one_assignment(real_db, story, press, see):
    case = story.step("kunshan.desk", story.submitted(), "invite", agencies=[PLACES["dehong"]], question="？")
    acts = [press("dehong.chief", case, "answer_assignment", answer=f"答{n}。") for n in range(THREADS)]
    _one_of(at_once(*acts), "not_holder")
    with see("kunshan.desk"):
        assert Assignment.objects.get(case=case).state == "done"
        assert Note.objects.filter(case=case, text__startswith="答").count() == 1


def test_an_invitation_against_the_move(real_db, story, press, see):
    """Either it is sent and the case moves on, or it comes too late; never from who no longer holds the case."""
    case = story.submitted()
    ask = {"agencies": [PLACES["dehong"]], "question": "？"}
    acts = [press("kunshan.desk", case, "invite", **ask) for _ in range(THREADS // 2)]
    acts += [press("kunshan.chief", case, "approve") for _ in range(THREADS // 2)]
    ends = at_once(*acts)
    assert set(ends) <= {"", "not_holder", "guard_failed"}, ends
    with see("guohe.supervisor"):
        invited = Assignment.objects.filter(case=case).count()
    assert ends[""] == 1 + invited
    assert invited <= 1
    assert story.holder(case) == "苏州市公安局"
    _whole(see, case)


def test_a_recall_against_the_reply(real_db, story, press, see):
    case = story.step("kunshan.chief", story.dispatched(), "request_recall", opinion="已撤案。")
    with see("guohe.desk"):
        items = [{"id": str(pk), "outcome": "executed"} for pk in case.items.values_list("pk", flat=True)]
    acts = [press("guohe.desk", case, "record_recall") for _ in range(THREADS // 2)]
    acts += [press("guohe.desk", case, "record_reply", kind="final", items=items) for _ in range(THREADS // 2)]
    _one_of(at_once(*acts), "wrong_status")
    status = story.fresh(case).status
    assert status in ("withdrawn", "answered")
    _whole(see, case, open_legs=int(status == "answered"))


def _executed(see, case):
    with see("guohe.desk"):
        return [{"id": str(pk), "outcome": "executed"} for pk in case.items.values_list("pk", flat=True)]


def _halves(one, other):
    """The same two acts again and again, one beside the other."""
    return [act for _ in range(THREADS // 2) for act in (one, other)]


def test_past_the_city_against_through_it(real_db, story, press, see):
    """Either the city is passed over and owes its papers, or it has the case; never both."""
    case = story.submitted(urgency="urgent")
    over = press("kunshan.chief", case, "approve", skip=True, reason="人即将出境。")
    _one_of(at_once(*_halves(over, press("kunshan.chief", case, "approve"))), "not_holder")
    with see("guohe.supervisor"):
        owed = Assignment.objects.filter(case=case, kind="completion").count()
    assert (story.holder(case), owed) in {("江苏省公安厅", 1), ("苏州市公安局", 0)}
    assert AuditEvent.objects.filter(kind="case.approve").count() == 1
    _whole(see, case)


def test_the_liaison_authority_has_sent_it_against_sends_it_back(real_db, story, press, see):
    case = story.with_liaison()
    sent = press("guohe.desk", case, "liaison_sent", counterpart=COUNTERPART)
    back = press("guohe.desk", case, "liaison_returned", opinion="格式不符。")
    _one_of(at_once(*_halves(sent, back)), "wrong_status")
    with see("guohe.supervisor"):
        abroad = Transmission.objects.filter(case=case, kind="request").count()
    assert (story.fresh(case).status, story.holder(case), abroad) in {
        ("dispatched", COUNTERPART["name"], 1),
        ("in_review", "公安部国际合作局", 0),
    }
    _whole(see, case)


def test_a_question_against_the_reply(real_db, story, press, see):
    case = story.dispatched()
    query = press("guohe.desk", case, "record_query", opinion="账户做什么用？")
    reply = press("guohe.desk", case, "record_reply", kind="final", items=_executed(see, case))
    _one_of(at_once(*_halves(query, reply)), "wrong_status")
    with see("guohe.supervisor"):
        known = {item.outcome for item in case.items.all()}
    assert (story.fresh(case).status, known) in [("query_open", {"waiting"}), ("answered", {"executed"})]
    _whole(see, case)


def test_silence_closed_against_the_reply(real_db, story, press, see):
    case = story.step("guohe.desk", story.dispatched(), "record_chase", opinion="电话催办两次。")
    silence = press("kunshan.chief", case, "close_unanswered", opinion="催办后没有答复。")
    reply = press("guohe.desk", case, "record_reply", kind="final", items=_executed(see, case))
    _one_of(at_once(*_halves(silence, reply)), "wrong_status")
    status = story.fresh(case).status
    with see("guohe.supervisor"):
        known = {item.outcome for item in case.items.all()}
    assert (status, known) in [("closed", {"not_answered"}), ("answered", {"executed"})]
    _whole(see, case, open_legs=int(status == "answered"))


def test_two_hand_overs_of_one_officers_work(real_db, story, cast, see):
    """All that he has in hand goes to one successor, never part of it to each; what he no longer has is nobody's to give."""
    draft, held = story.draft(), story.submitted()
    story.step("kunshan.chief", held, "assign_handler", handler="kunshan.officer")
    for login in ("kunshan.second", "kunshan.third"):
        new, _password = accounts.create_officer(actor=cast.actor("sysadmin"), new=accounts.NewOfficer(login, "接手人"))
        place = cast.agency("kunshan").pk
        appointments.grant(actor=cast.actor("secadmin"), officer_id=new.pk, agency_id=place, role=Role.DRAFTER)
    keys, leaver = (f"drafter-{draft.pk}", f"drafter-{held.pk}", f"handler-{held.pk}"), cast.officer("kunshan.officer")

    def give(giver, heir):
        def act():
            with acting(giver):
                handover.hand_over(actor=giver, officer_id=leaver.pk, plan=dict.fromkeys(keys, heir))

        return act

    acts = _halves(
        give(cast.actor("kunshan.chief"), "kunshan.second"), give(cast.actor("kunshan.officer"), "kunshan.third")
    )
    _one_of(at_once(*acts), "guard_failed")
    with see("kunshan.chief"):
        leg = Leg.objects.get(case=held, closed_at=None)
        heirs = {story.fresh(case, "kunshan.chief").drafter_id for case in (draft, held)} | {leg.handler_id}
    assert len(heirs - {leaver.pk}) == 1
    assert AuditEvent.objects.filter(kind="case.hand_over").count() == len(keys)
