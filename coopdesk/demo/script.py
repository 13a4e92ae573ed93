"""What is done to one case, act by act: by whom, with which words, how long after the act before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from coopdesk.demo.fiction import Fiction, phrases
from coopdesk.demo.world import CLIENT, ROADS

PACE = {"normal": 1.0, "urgent": 0.5, "most_urgent": 0.25}
# Working days that an act takes: shortest, longest, usual. Assumptions, like all of the demo.
_SPEED = {
    "submit": (0.1, 3, 1),
    "recommend": (0.1, 2, 0.5),
    "approve": (0.1, 5, 1),
    "return_for_correction": (0.2, 4, 1),
    "edit": (0.5, 8, 2),
    "dispatch": (0.2, 4, 1),
    "record_acknowledgement": (2, 25, 6),
    "interim": (5, 60, 18),
    "final": (5, 80, 25),
    "relay": (0.1, 3, 0.5),
    "accept": (0.3, 9, 2),
    "decline": (0.2, 4, 1),
    "withdraw": (0.5, 6, 2),
    "reopen": (5, 25, 10),
    "archive": (1, 15, 4),
}
_AT_ONCE = (0.01, 0.3, 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """`who` (a log-in) does `what`: a step of the workflow table, or open, edit, file, note, archive. `gap` is in working days."""

    who: str
    what: str
    data: Mapping[str, Any] = field(default_factory=dict)
    gap: float = 0


class Script:
    """Writes the acts of one case. Each method is something that happens to it; the order is the caller's story."""

    def __init__(self, *, origin: str, urgency: str, mark: str, rng: Random, fiction: Fiction) -> None:
        self.road: Sequence[str] = ROADS[origin]
        self.origin, self.urgency, self.mark = origin, urgency, mark
        self.rng, self.fiction = rng, fiction
        self.acts: list[Act] = []
        self.content: dict[str, Any] = {}
        self._holder = origin
        self._knows = {f"{origin}.officer"}
        self.refused_items = 0  # of a foreign request: parts that are not executed

    @property
    def length(self) -> float:
        """Working days from the first act to the last."""
        return sum(act.gap for act in self.acts[1:])

    def _add(self, who: str, what: str, data: Mapping[str, Any] | None = None, *, speed: str = "") -> None:
        low, high, usual = _SPEED.get(speed or what, _AT_ONCE)
        gap = self.rng.triangular(low, high, usual) * PACE[self.urgency]
        self.acts.append(Act(who=who, what=what, data=data or {}, gap=gap))

    def _opinion(self, kind: str) -> dict[str, str]:
        return {"opinion": self.fiction.one(phrases()["opinions"][kind])}

    def _desk(self, place: str) -> str:
        """The desk of the holder; of a work secret it learns only when its approver assigns it."""
        desk = f"{place}.desk"
        if self.mark == "work_secret" and desk not in self._knows:
            self._add(f"{place}.chief", "assign_handler", {"handler": desk})
            self._knows.add(desk)
        return desk

    def step(self, who: str, what: str, *, speed: str = "", **data: Any) -> None:
        """`who` takes the step with these data; `speed` names another act that takes as long."""
        self._add(who, what, data, speed=speed)

    def counterpart(self) -> dict[str, str]:
        """Who on the other side."""
        return {"name": self.fiction.words("{partner}"), "unit": self.rng.choice(("国际合作部门", "外事处", ""))}

    # --- At the origin ---------------------------------------------------------------------------------------------

    def opened(self, *, items: int = 2, by_client: bool = False) -> None:
        """The case is created; `by_client` by the API client, in the name of the officer."""
        self.content = {**self.fiction.content(items=items), "urgency": self.urgency, "mark": self.mark}
        self._add(CLIENT if by_client else f"{self.origin}.officer", "open", self.content)

    def opened_with(self, **content: Any) -> None:
        """A draft with this content, where the grammar has none of its kind."""
        self.content = {**self.fiction.content(items=1), "urgency": self.urgency, "mark": self.mark, **content}
        self._add(f"{self.origin}.officer", "open", self.content)

    def registered(self, **content: Any) -> None:
        """A foreign request is registered at the desk of the origin."""
        told = self.fiction.foreign_content(items=2)
        self.content = {**told, "urgency": self.urgency, "mark": self.mark, **content}
        self._add(f"{self.origin}.desk", "register", self.content)

    def filed(self, *names: str) -> None:
        """Papers are attached to the draft."""
        for name in names:
            self._add(f"{self.origin}.officer", "file", {"name": name})

    def submitted(self) -> None:
        self._add(f"{self.origin}.officer", "submit")

    def corrected(self, stage: int) -> None:
        """The content changes, and the case goes back to the agency at `stage`, which had returned it."""
        officer = f"{self.origin}.officer"
        more = self.fiction.one(phrases()["corrections"])
        items = [dict(item) for item in self.content["items"]]
        items[0]["description"] += self.fiction.words("时间范围为{date_range}。")
        changes = {"summary": f"{self.content['summary']}\n{more}", "items": items}
        self.content = {**self.content, **changes}  # what was opened stays as it was
        self._add(officer, "edit", changes)
        self._add(officer, "submit", self._opinion("correct"))
        self._holder = self.origin
        if stage > 0:
            self._add(f"{self.origin}.chief", "approve", self._opinion("approve"))
            self._holder = self.road[stage]

    # --- Up the road -------------------------------------------------------------------------------------------------

    def approved(self) -> None:
        """The holder recommends (mostly) and approves; the case goes up one agency."""
        place = self._holder
        if self.rng.random() < 0.6:
            self._add(self._desk(place), "recommend", self._opinion("recommend"))
        last = place == self.road[-1]
        opinion = self._opinion("clear" if last else "approve") if self.rng.random() < 0.7 else {}
        self._add(f"{place}.chief", "approve", opinion)
        if not last:
            self._holder = self.road[self.road.index(place) + 1]

    def climbed(self, stages: int, *, corrected_at: int | None = None) -> None:
        """So many approvals from the origin up, with a correction on the way where one is wanted."""
        for stage in range(stages):
            if stage == corrected_at:
                self.returned()
                self.corrected(stage)
            self.approved()

    def returned(self) -> None:
        """The holder sends it back to the origin."""
        reason = self.rng.choice(phrases()["returns"])
        by_desk = self.mark != "work_secret" and self.rng.random() < 0.5
        data = {"reasons": list(reason["reasons"]), "opinion": reason["text"]}
        self._add(f"{self._holder}.{'desk' if by_desk else 'chief'}", "return_for_correction", data)
        self._holder = self.origin

    def declined(self) -> None:
        self._add(f"{self._holder}.chief", "decline", self._opinion("decline"))

    def withdrawn(self) -> None:
        self._add(f"{self.origin}.chief", "withdraw", self._opinion("withdraw"))

    def discarded(self) -> None:
        self._add(f"{self.origin}.officer", "discard", speed="submit")

    # --- Abroad and home ---------------------------------------------------------------------------------------------

    def dispatched(self) -> None:
        """公安部国合局 sends it to the other side."""
        police = self.request_type.startswith(("police", "criminal", "fugitive"))
        channel = self.rng.choice(("police_liaison", "agreed") if police else ("interpol", "police_liaison"))
        counterpart = self.counterpart()
        data = {"channel": channel, "counterpart": counterpart, **self._opinion("dispatch")}
        self._add(self._desk(self.road[-1]), "dispatch", data)

    @property
    def request_type(self) -> str:
        return str(self.content["request_type"])

    def acknowledged(self) -> None:
        data = {"their_reference": self.fiction.words("{reference}"), "their_desk": "国际合作部门"}
        self._add(f"{self.road[-1]}.desk", "record_acknowledgement", data)

    def interim_reply(self) -> None:
        """Something on the first item; the rest is still to come."""
        outcome = self._outcome(self.rng.choice(("executed", "partly")), "interim")
        self._add(f"{self.road[-1]}.desk", "record_reply", {"kind": "interim", "outcomes": [outcome]}, speed="interim")

    def final_reply(self, outcomes: Sequence[str]) -> None:
        """An outcome for each item: `outcomes` in order, the last one for the rest."""
        count = len(self.content["items"])
        padded = [*outcomes, *[outcomes[-1]] * count][:count]
        rows = [self._outcome(outcome, _WORDS[outcome]) for outcome in padded]
        self._add(f"{self.road[-1]}.desk", "record_reply", {"kind": "final", "outcomes": rows}, speed="final")
        self._holder = self.road[-1]

    def _outcome(self, outcome: str, words: str) -> dict[str, str]:
        refused = outcome == "refused"
        ground = self.rng.choice(self.fiction.request["grounds"]) if refused else ""
        return {"outcome": outcome, "ground": ground, "note": self.fiction.one(phrases()["replies"][words])}

    def relayed(self, agencies: int) -> None:
        """So many relays down; all of them deliver the answer to the origin."""
        for _ in range(min(agencies, self.relays)):
            place = self._holder
            self._add(self._desk(place), "relay", self._opinion("relay") if self.rng.random() < 0.6 else {})
            self._holder = self.road[max(self.road.index(place) - 1, 0)]

    @property
    def relays(self) -> int:
        """How many relays bring an answer home."""
        return max(len(self.road) - 1, 1)

    def accepted(self, usefulness: str) -> None:
        result = self.fiction.one(phrases()["results"])
        self._add(f"{self.origin}.officer", "accept", {"usefulness": usefulness, "result": result})

    def reopened(self) -> None:
        self._add(f"{self.origin}.chief", "reopen", self._opinion("reopen"))

    def archived(self) -> None:
        """The origin puts what has ended into the archive."""
        self._add(f"{self.origin}.officer", "archive")

    # --- Beside the road ---------------------------------------------------------------------------------------------

    def noted(self, audience: str) -> None:
        """A note at the holder: to a colleague of the agency, or from the approver to the drafter along the route."""
        place = self._holder
        if audience == "route":
            writer, colleague = f"{place}.chief", f"{self.origin}.officer"
            templates = [*phrases()["notes"]["route"], *("@{colleague} " + text for text in phrases()["inquiries"])]
        else:
            writer, colleague = f"{place}.chief", f"{place}.desk"
            templates = phrases()["notes"]["agency"]
        text = self.rng.choice(templates).replace("{colleague}", colleague)
        self._add(writer, "note", {"text": self.fiction.words(text), "audience": audience})


# Which words of the grammar go with an outcome.
_WORDS = {"executed": "full", "partly": "partial", "refused": "refusal", "not_answered": "negative"}
