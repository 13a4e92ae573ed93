"""Set-up through the real commands: a case at any point of its life."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agencies.scope import acting
from cases import content_input, drafts
from cases.commands import take_step
from cases.models import Case
from tests.cast import Cast

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

    def step(self, login: str, case: Case, name: str, **data: Any) -> Case:
        """`login` takes the step; returns the case as it then is."""
        actor = self.cast.actor(login)
        with acting(actor):
            return take_step(actor=actor, case_id=case.pk, step=name, data=data)

    def draft(self, origin: str = "kunshan", **changes: Any) -> Case:
        actor = self.cast.actor(f"{origin}.officer")
        with acting(actor):
            return drafts.open_case(actor=actor, content=content_input.parse({**CONTENT, **changes}))

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
