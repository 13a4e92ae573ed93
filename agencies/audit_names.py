"""What the ids in the trail are called: case numbers, officers, organs, clients. Read for a page of events at a time.

A case's number stands in the event that opened it, so an auditor reads it without seeing the case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agencies.delegations import signed
from agencies.models import Agency, AuditEvent, Officer, ServiceAccount
from agencies.models.officers import normalize_police_number

_OFFICERS = frozenset({"officer", "handler", "drafter", "responsible", "delegate", "for_officer", "officers"})
_AGENCIES = frozenset({"agency", "from", "to", "passed_over", "asked", "agency_before", "agency_after"})


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id; what has none (it was purged, or never was) is shown as its id."""

    numbers: dict[str, str]
    officers: dict[int, Officer]
    agencies: dict[int, Agency]
    clients: dict[int, str]

    def of_subject(self, subject: str) -> str:
        """The number or the name of what an event is about; '' when it has none."""
        family, _colon, text = subject.partition(":")
        pk = int(text) if text.isascii() and text.isdecimal() else 0
        if family in ("client", "service"):
            return self.clients.get(pk, "")
        return self._officer(pk) if family == "officer" else self.numbers.get(subject, "")

    def of_doer(self, event: AuditEvent) -> str:
        """Who did it; "B 代 A" when B acted for A by delegation."""
        lender = self.officers.get(event.for_officer_id or 0)
        return signed(event.officer.name if event.officer else "", lender.name if lender else "")

    def of_fact(self, name: str, value: Any) -> str:
        """The name behind an id among an event's facts; '' when the value says enough by itself."""
        if isinstance(value, list):
            return "、".join(filter(None, (self.of_fact(name, one) for one in value)))
        if not isinstance(value, int) or isinstance(value, bool):
            return ""
        if name in _OFFICERS:
            return self._officer(value)
        agency = self.agencies.get(value) if name in _AGENCIES else None
        return agency.name if agency else ""

    def _officer(self, pk: int) -> str:
        officer = self.officers.get(pk)
        return f"{officer.police_number} {officer.name}" if officer else ""


def names_in(events: Iterable[AuditEvent]) -> Names:
    """The names of everything that these events point to, in four queries."""
    events = list(events)
    return Names(
        numbers=_numbers({event.subject for event in events}),
        officers=Officer.objects.in_bulk(_ids(events, _OFFICERS, "officer")),
        agencies=Agency.objects.in_bulk(_ids(events, _AGENCIES, "")),
        clients=dict(
            ServiceAccount.objects.filter(pk__in=_ids(events, frozenset(), "client", "service")).values_list(
                "pk", "name"
            )
        ),
    )


def _numbers(subjects: set[str]) -> dict[str, str]:
    opened = AuditEvent.objects.filter(subject__in=subjects, kind="case.create", facts__has_key="number")
    return dict(opened.values_list("subject", "facts__number"))


def _ids(events: list[AuditEvent], facts: frozenset[str], *families: str) -> set[int]:
    found: set[int] = set()
    for event in events:
        for name in facts & event.facts.keys():
            value = event.facts[name]
            found |= {one for one in (value if isinstance(value, list) else [value]) if isinstance(one, int)}
        for label in (event.subject, event.actor):
            family, _colon, text = label.partition(":")
            if family in families and text.isascii() and text.isdecimal() and len(text) < 10:
                found.add(int(text))
    return found


def subject_called(text: str) -> str:
    """The subject behind a case's number or a police number; '' when nothing is called so."""
    opened = AuditEvent.objects.filter(kind="case.create", facts__number=text.strip().upper())
    if subject := opened.values_list("subject", flat=True).first():
        return subject
    officer = Officer.objects.filter(police_number=normalize_police_number(text)).values_list("pk", flat=True).first()
    return f"officer:{officer}" if officer else ""
