"""Supervision as members of the cast do it, through the commands."""

from __future__ import annotations

from typing import Any

from agencies.models import AuditEvent
from agencies.scope import acting
from cases.models import Case, Deadline, Supervision
from cases.supervision import acts, issuing
from tests.cast import PLACES, Cast


class Overseer:
    """`overseer.order("suzhou.supervisor", case)`, `overseer.answer("kunshan.officer", one)`, …"""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def _issue(self, login: str, case: Case, raw: dict[str, Any]) -> Supervision:
        actor = self.cast.actor(login)
        with acting(actor):
            return issuing.issue(actor=actor, case_id=case.pk, wording=issuing.parse(raw))

    def order(
        self, login: str, case: Case, text: str = "三日内报送。", agency: str = "", due_on: str = ""
    ) -> Supervision:
        code = PLACES[agency] if agency else ""
        return self._issue(login, case, {"kind": "order", "text": text, "agency": code, "due_on": due_on})

    def remind(self, login: str, case: Case, agency: str = "") -> Supervision:
        return self._issue(login, case, {"kind": "reminder", "agency": PLACES[agency] if agency else ""})

    def answer(self, login: str, one: Supervision, feedback: str = "已报送。") -> Supervision:
        actor = self.cast.actor(login)
        with acting(actor):
            return acts.answer(actor=actor, supervision_id=one.pk, feedback=feedback)

    def close(self, login: str, one: Supervision, note: str = "同意。") -> Supervision:
        actor = self.cast.actor(login)
        with acting(actor):
            return acts.close(actor=actor, supervision_id=one.pk, note=note)

    def escalate(self, login: str, one: Supervision, reason: str = "没有结果。") -> Supervision:
        actor = self.cast.actor(login)
        with acting(actor):
            return acts.escalate(actor=actor, supervision_id=one.pk, reason=reason)

    def fresh(self, one: Supervision, login: str = "guohe.supervisor") -> Supervision:
        with acting(self.cast.actor(login)):
            return Supervision.objects.select_related("agency", "issued_by", "escalated_to").get(pk=one.pk)

    def clock(self, one: Supervision, login: str = "guohe.supervisor") -> Deadline:
        with acting(self.cast.actor(login)):
            return Deadline.objects.get(supervision=one)

    def rows(self, case: Case) -> int:
        with acting(self.cast.actor("guohe.supervisor")):
            return Supervision.objects.filter(case=case).count()


def trail(case: Case) -> list[str]:
    """The kinds of the events of supervision on a case, the oldest first."""
    kinds = ("case.remind", "case.supervise", "case.supervision_answer", "case.supervision_close")
    events = AuditEvent.objects.filter(subject=f"case:{case.pk}", kind__in=[*kinds, "case.supervision_escalate"])
    return list(events.order_by("pk").values_list("kind", flat=True))
