"""Set-up through the real commands: a case at any point of its life."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agencies.scope import acting
from cases import content_input, drafts
from cases.commands import take_step
from cases.models import Case
from cases.registration import register_case
from tests.cast import PLACES, Cast

CONTENT: Mapping[str, Any] = {
    "direction": "outgoing",
    "country": "TH",
    "request_type": "police_cooperation_out",
    "urgency": "normal",
    "mark": "internal",
    "title": "跨境刷单返利诈骗案",
    "summary": "资金流入泰国账户。",
    "purpose": "证明资金去向。",
    "subjects": [{"kind": "person", "name": "张示例", "role": "suspect", "document_number": "ZZ9000001"}],
    "items": [{"description": "查明开户人。"}, {"description": "调取交易明细。"}],
}
FOREIGN: Mapping[str, Any] = {
    "direction": "incoming",
    "country": "TH",
    "request_type": "mla_evidence_in",
    "title": "调取银行记录",
    "summary": "泰方侦办洗钱案。",
    "their_reference": "RTP-2026-77",
    "requesting_authority": "泰国皇家警察总署",
    "received_on": "2026-01-05",
    "received_via": "police_liaison",
    "items": [{"description": "查明开户人。"}, {"description": "调取交易明细。"}],
}
BORDER: Mapping[str, Any] = {
    "country": "MM",
    "request_type": "border_area_police_cooperation",
    "border_matter": "meeting",
    "title": "边境执法会晤",
    "summary": "商定会晤。",
}
COUNTERPART = {"name": "泰国皇家警察总署", "unit": "外事处"}
# Each road: the places from the origin to the terminal desk.
ROADS = {
    "kunshan": ("kunshan", "suzhou", "jiangsu", "guohe"),
    "chaoyang": ("chaoyang", "beijing", "guohe"),
    "suzhou": ("suzhou", "jiangsu", "guohe"),
    "jiangsu": ("jiangsu", "guohe"),
    "guohe": ("guohe",),
    "ruili": ("ruili", "dehong", "yunnan", "guohe"),
}


class Story:
    """A case and what is done to it. Every method goes through the commands, as the right member of the cast."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        # The moment at which everything happens from here on; None: now, by the database's clock.
        self.moment: datetime | None = None

    def step(self, login: str, case: Case, name: str, **data: Any) -> Case:
        """`login` takes the step; returns the case as it then is."""
        actor = self.cast.actor(login)
        with acting(actor):
            return take_step(actor=actor, case_id=case.pk, step=name, data=data, at=self.moment)

    def draft(self, origin: str = "kunshan", **changes: Any) -> Case:
        actor = self.cast.actor(f"{origin}.officer")
        with acting(actor):
            return drafts.open_case(actor=actor, content=content_input.parse({**CONTENT, **changes}), at=self.moment)

    def submitted(self, origin: str = "kunshan", **changes: Any) -> Case:
        return self.step(f"{origin}.officer", self.draft(origin, **changes), "submit")

    def cleared(self, origin: str = "kunshan", **changes: Any) -> Case:
        case = self.submitted(origin, **changes)
        for place in ROADS[origin]:
            case = self.step(f"{place}.chief", case, "approve")
        return case

    def dispatched(self, origin: str = "kunshan", **changes: Any) -> Case:
        case = self.cleared(origin, **changes)
        return self.step("guohe.desk", case, "dispatch", channel="police_liaison", counterpart=COUNTERPART)

    def queried(self, origin: str = "kunshan", **changes: Any) -> Case:
        return self.step("guohe.desk", self.dispatched(origin, **changes), "record_query", opinion="请说明账户用途。")

    def with_liaison(self, origin: str = "kunshan", channel: str = "moj", **changes: Any) -> Case:
        return self.step("guohe.desk", self.cleared(origin, **changes), "hand_to_liaison", channel=channel)

    def answered(self, origin: str = "kunshan", **changes: Any) -> Case:
        case = self.dispatched(origin, **changes)
        return self.reply(case, "final", "executed")

    def reply(self, case: Case, kind: str, *outcomes: str) -> Case:
        """A reply with these outcomes for the items in order (the last one for the rest); refusals name a ground."""
        actor = self.cast.actor("guohe.desk")
        with acting(actor):
            ids = list(case.items.order_by("position").values_list("pk", flat=True))
        padded = [*outcomes, *[outcomes[-1]] * len(ids)]
        rows = [
            {"id": str(pk), "outcome": outcome, "ground": "cannot_execute" if outcome == "refused" else "", "note": ""}
            for pk, outcome in zip(ids, padded, strict=False)
        ]
        return self.step("guohe.desk", case, "record_reply", kind=kind, items=rows)

    def delivered(self, origin: str = "kunshan", **changes: Any) -> Case:
        case = self.answered(origin, **changes)
        for place in reversed(ROADS[origin][1:] or ROADS[origin]):
            case = self.step(f"{place}.desk", case, "relay")
        return case

    def closed(self, origin: str = "kunshan", **changes: Any) -> Case:
        case = self.delivered(origin, **changes)
        return self.step(f"{origin}.officer", case, "accept", usefulness="useful")

    def at(self, status: str, origin: str = "kunshan", **changes: Any) -> Case:
        """A case in `status`."""
        makers = {
            "draft": self.draft,
            "in_review": self.submitted,
            "cleared": self.cleared,
            "dispatched": self.dispatched,
            "answered": self.answered,
            "delivered": self.delivered,
            "closed": self.closed,
            "query_open": self.queried,
            "with_liaison": self.with_liaison,
        }
        if status in makers:
            return makers[status](origin, **changes)
        if status == "withdrawn":
            return self.step(f"{origin}.officer", self.draft(origin, **changes), "discard")
        step, data = {
            "returned": ("return_for_correction", {"reasons": ["facts_unclear"]}),
            "declined": ("decline", {"opinion": "不符合条件。"}),
        }[status]
        return self.step(f"{origin}.chief", self.submitted(origin, **changes), step, **data)

    # --- Requests from abroad -----------------------------------------------------------------------------------------

    def registered(self, desk: str = "guohe", **changes: Any) -> Case:
        """A foreign request, fresh from the desk that registered it."""
        actor = self.cast.actor(f"{desk}.desk")
        with acting(actor):
            return register_case(actor=actor, content=content_input.parse({**FOREIGN, **changes}), at=self.moment)

    def checked(self, **changes: Any) -> Case:
        return self.step("guohe.desk", self.registered(**changes), "check_form", result="complete")

    def decided(self, **changes: Any) -> Case:
        return self.step("guohe.chief", self.checked(**changes), "decide", decision="execute")

    def in_execution(self, *down: str, **changes: Any) -> Case:
        """Assigned down these places, one tier at a time, and executed at the last one."""
        case, holder = self.decided(**changes), "guohe"
        for place in down:
            case = self.step(f"{holder}.desk", case, "assign", agency=PLACES[place])
            holder = place
        return self.step(f"{holder}.desk", case, "assign", execute_here=True)

    def result(self, *down: str, **changes: Any) -> Case:
        """The executor's result, at its own approver."""
        case = self.in_execution(*down, **changes)
        place = down[-1] if down else "guohe"
        return self.step(f"{place}.officer", case, "submit_result", items=self.outcomes(case, place))

    def result_cleared(self, *down: str, **changes: Any) -> Case:
        case = self.result(*down, **changes)
        for place in (*reversed(down), "guohe"):
            case = self.step(f"{place}.chief", case, "approve")
        return case

    def replied(self, *down: str, **changes: Any) -> Case:
        case = self.result_cleared(*down, **changes)
        return self.step("guohe.desk", case, "reply", channel="police_liaison", counterpart=COUNTERPART)

    def incoming_at(self, status: str, **changes: Any) -> Case:
        """A foreign request in `status`, executed in Kunshan where it comes to that."""
        road = ("jiangsu", "suzhou", "kunshan")
        desk, chief = "guohe.desk", "guohe.chief"
        return {
            "received": lambda: self.registered(**changes),
            "in_review": lambda: self.checked(**changes),
            "awaiting_supplement": lambda: self.step(
                desk, self.checked(**changes), "request_supplement", opinion="请补充译文。"
            ),
            "returned_to_requester": lambda: self.step(
                desk, self.registered(**changes), "check_form", result="returned", opinion="不符合协议。"
            ),
            "to_assign": lambda: self.decided(**changes),
            "postponed": lambda: self.step(
                chief, self.checked(**changes), "decide", decision="postpone", grounds=["postpone_domestic_case"]
            ),
            "refused": lambda: self.step(
                chief, self.checked(**changes), "decide", decision="refuse", grounds=["political_offence"]
            ),
            "transferred": lambda: self.step(
                chief, self.checked(**changes), "decide", decision="transfer", opinion="移送国家监察机关。"
            ),
            "in_execution": lambda: self.in_execution(*road, **changes),
            "result_review": lambda: self.result(*road, **changes),
            "cleared": lambda: self.result_cleared(*road, **changes),
            "with_liaison": lambda: self.step(
                desk, self.result_cleared(*road, **changes), "hand_to_liaison", channel="moj"
            ),
            "replied": lambda: self.replied(*road, **changes),
            "closed": lambda: self.step(desk, self.replied(*road, **changes), "close", because="acknowledged"),
        }[status]()

    def outcomes(self, case: Case, place: str = "guohe") -> list[dict[str, str]]:
        """Every waiting item executed, as `place` sees them."""
        with acting(self.cast.actor(f"{place}.supervisor")):
            waiting = case.items.filter(outcome="waiting").order_by("position")
            return [{"id": str(pk), "outcome": "executed"} for pk in waiting.values_list("pk", flat=True)]

    def fresh(self, case: Case, login: str = "guohe.supervisor") -> Case:
        """The case as it stands now, in the eyes of `login`."""
        with acting(self.cast.actor(login)):
            return Case.objects.select_related("origin").get(pk=case.pk)

    def holder(self, case: Case, login: str = "guohe.supervisor") -> str:
        """Who holds the case, by name."""
        with acting(self.cast.actor(login)):
            return case.legs.get(closed_at=None).holder_name

    # --- The border (MPSR-376) ----------------------------------------------------------------------------------------

    def border_draft(self, origin: str = "ruili", **changes: Any) -> Case:
        return self.draft(origin, **{**BORDER, **changes})

    def border_cleared(self, origin: str = "ruili", **changes: Any) -> Case:
        case = self.step(f"{origin}.officer", self.border_draft(origin, **changes), "submit")
        for place in ROADS[origin][:-1]:
            case = self.step(f"{place}.chief", case, "approve")
        return case

    def border_dispatched(self, origin: str = "ruili", **changes: Any) -> Case:
        case = self.border_cleared(origin, **changes)
        return self.step(f"{origin}.desk", case, "dispatch", channel="agreed", counterpart={"name": "缅甸警方"})
