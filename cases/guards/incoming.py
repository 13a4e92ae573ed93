"""Requests from abroad: what a check, a decision, an assignment and a result must say."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.errors import Reason
from agencies.models import Agency
from agencies.queries import next_below
from cases.guards.answers import without_outcome
from cases.guards.base import Values
from cases.journey import journey_of
from cases.models import AssignmentKind, AssignmentState, Case, Decision, Leg, Phase
from countries.calendars import SHANGHAI
from treaties.models import Strength
from treaties.queries import contents_of, grounds_of


def _keys_known(case: Case, values: Values) -> Iterable[Reason]:
    known = {content.key for content in contents_of(case.request_type)}
    for index, key in enumerate(values.get("missing", ())):
        if key not in known:
            words = _("这类请求的应载明内容里没有这一项。")
            yield Reason("content_unknown", words, f"/missing/{index}")


def check_is_whole(case: Case, values: Values) -> Iterable[Reason]:
    """A request is sent back with what it lacks, and never passed on while something is missing (MPSR-377.1)."""
    yield from _keys_known(case, values)
    if values["result"] == "returned" and not values.get("missing") and not values.get("opinion"):
        yield Reason("reason_missing", _("退回外方须说明缺什么，或者在意见里写明理由。"), "/missing")
    if values["result"] == "complete" and values.get("missing"):
        words = _("勾选了缺少的内容，就不能算齐全；请改选退回，或者用“要求补充”。")
        yield Reason("complete_but_missing", words, "/missing")


def supplement_is_named(case: Case, values: Values) -> Iterable[Reason]:
    yield from _keys_known(case, values)
    if not values.get("missing") and not values.get("opinion"):
        yield Reason("reason_missing", _("写明要外方补充什么。"), "/opinion")


# --- The decision -----------------------------------------------------------------------------------------------------


def grounds_fit_the_type(case: Case, values: Values) -> Iterable[Reason]:
    """Only grounds that the law knows for this type of request, and of the kind that the decision needs."""
    offered = {ground.code: ground for ground in grounds_of(case.request_type)}
    postponing = values["decision"] == "postpone"
    named = [(code, f"/grounds/{n}") for n, code in enumerate(values.get("grounds", ()))]
    named += [(row["ground"], f"/items/{n}/ground") for n, row in enumerate(values.get("items", ())) if row["ground"]]
    for code, pointer in named:
        if code not in offered:
            words = _("这条理由不适用于这类请求；请从列出的理由里选。")
            yield Reason("ground_does_not_apply", words, pointer)
        elif (offered[code].strength == Strength.POSTPONE) is not postponing:
            words = (
                _("这条是推迟执行的理由，不能用来拒绝。") if not postponing else _("这条是拒绝的理由，不能用来推迟。")
            )
            yield Reason("ground_for_another_decision", words, pointer)


def decision_is_whole(case: Case, values: Values) -> Iterable[Reason]:
    """Whoever refuses or postpones says on which ground; parts do not contradict the whole."""
    rows = values.get("items", ())
    refused = {row["id"] for row in rows if row["decision"] == Decision.REFUSE}
    executed = {row["id"] for row in rows if row["decision"] == Decision.EXECUTE}
    groundless = any(row["decision"] == Decision.REFUSE and not row["ground"] for row in rows)
    decision = values["decision"]
    if decision == "execute" and refused >= {item.pk for item in case.items.all()}:
        yield Reason("nothing_left_to_execute", _("每一项都拒绝了，请把决定改为“拒绝”。"), "/decision")
    if decision != "execute" and (executed or refused):
        yield Reason("parts_contradict", _("逐项决定只用于同意执行；整件拒绝、推迟或移送的不要逐项填写。"), "/items")
    if (decision in ("refuse", "postpone") or groundless) and not values.get("grounds"):
        yield Reason("grounds_missing", _("拒绝（包括拒绝其中一项）和推迟须选理由。"), "/grounds")
    if decision == "execute" and not refused and values.get("grounds"):
        yield Reason(
            "grounds_without_refusal", _("没有拒绝哪一项，就不用选理由；请取消勾选，或者写明拒绝哪一项。"), "/grounds"
        )
    if decision != "execute" and values.get("conditions"):
        yield Reason("conditions_without_execution", _("只有同意执行才能附条件。"), "/conditions")
    if decision == "transfer" and not values.get("opinion"):
        yield Reason("recipient_missing", _("在意见里写明移送给哪个机关、为什么。"), "/opinion")


# --- Handing it on ----------------------------------------------------------------------------------------------------


def _open_leg(case: Case) -> Leg:
    return case.legs.select_related("agency").get(closed_at=None)


def assigned_once(_case: Case, values: Values) -> Iterable[Reason]:
    ways = [name for name in ("agency", "execute_here", "agencies") if values.get(name)]
    if len(ways) != 1:
        words = _("三种办法选一种：交下一级机关、由本机关执行，或者分给几个下级机关。")
        yield Reason("assign_one_way", words, "/agency" if not ways else f"/{ways[-1]}")
    if values.get("due_on") and "agencies" not in ways:
        yield Reason("due_without_share", _("分办期限只用于分给几个机关。"), "/due_on")


def executors_are_below(case: Case, values: Values) -> Iterable[Reason]:
    """One tier at a time: only agencies whose cases come to the holder next."""
    holder = _open_leg(case).agency
    below = set(next_below(holder)) if holder is not None else set()
    named: list[tuple[Agency, str]] = [(values["agency"], "/agency")] if "agency" in values else []
    named += [(agency, f"/agencies/{n}") for n, agency in enumerate(values.get("agencies", ()))]
    for agency, pointer in named:
        if agency not in below:
            words = _("%(agency)s不是本机关的直接下级，或者还没有国合联络员；一次只能往下交一级，请从列出的机关里选。")
            yield Reason("not_next_below", words % {"agency": agency.name}, pointer)


def may_go_back(case: Case) -> bool:
    """At the top an execution is taken back to be assigned anew; what waits to be assigned there has nowhere to go."""
    leg = case.legs.select_related("agency").filter(closed_at=None).first()
    if leg is None or leg.agency is None:
        return False
    return leg.phase != Phase.ASSIGNMENT or journey_of(case, leg).above(leg.agency) is not None


def wait_is_over(case: Case, values: Values) -> Iterable[Reason]:
    """Without their acknowledgement a case is closed when the internal limit of the wait has passed."""
    due = (
        case.deadlines.filter(kind=Phase.REPLIED, met_at=None, cancelled_at=None)
        .values_list("due_at", flat=True)
        .first()
    )
    if values["because"] == "waited" and due is not None and due > timezone.now():
        day = due.astimezone(SHANGHAI).date().isoformat()
        words = _("等候期到 %(day)s 为止；外方已经确认收到的，请选“外方已确认收到”。")
        yield Reason("wait_not_over", words % {"day": day}, "/because")


def result_is_whole(case: Case, values: Values) -> Iterable[Reason]:
    yield from without_outcome(case, values)
    refused = {item.pk for item in case.items.all() if item.decision == Decision.REFUSE}
    for index, row in enumerate(values.get("items", ())):
        if row["id"] in refused:
            words = _("这一项已决定拒绝，不用执行；请留空。")
            yield Reason("item_was_refused", words, f"/items/{index}/id")


def shares_are_in(case: Case, _values: Values) -> Iterable[Reason]:
    waiting = case.assignments.filter(kind=AssignmentKind.SHARE, state=AssignmentState.OPEN).select_related("agency")
    if names := [share.doer for share in waiting]:
        words = _("还有机关没有报来结果：%(names)s。")
        yield Reason("shares_open", words % {"names": "、".join(names)}, "")
