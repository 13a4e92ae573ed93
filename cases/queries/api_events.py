"""What happened to a case, for other systems: oldest first, page by page, codes instead of ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from agencies.actors import Actor
from agencies.delegations import lenders
from agencies.models import Agency, AuditEvent, Officer, ServiceAccount
from cases.models import Case, Note
from cases.policies import readable_notes
from cases.queries.timeline import heard

_PLAIN = {
    "status": "status",
    "version": "version",
    "reasons": "reasons",
    "missing": "missing",
    "decision": "decision",
    "grounds": "grounds",
    "channel": "channel",
    "kind": "reply",
}


def page(actor: Actor, case: Case, *, size: int, after: int | None = None) -> list[dict[str, Any]]:
    """Up to `size` + 1 events of a (visible) case after the event `after`.

    What the actor does not learn of is left out, and a note to another agency with its event.
    """
    found = AuditEvent.objects.filter(heard(actor, case))
    notes = Note.objects.filter(readable_notes(actor, case), case=case, event__isnull=False)
    found = found.exclude(Q(kind__startswith="note.") & ~Q(pk__in=notes.values("event_id")))
    if after is not None:
        found = found.filter(pk__gt=after)
    events = list(found.select_related("officer", "agency").order_by("pk")[: size + 1])
    words = dict(notes.filter(event__in=[event.pk for event in events]).values_list("event_id", "text"))
    agencies = Agency.objects.in_bulk({pk for event in events for pk in _agency_ids(event)})
    services = _services(events)
    for_whom = lenders(events)
    return [
        _body(event, agencies, services, words.get(event.pk, ""))
        | {"on_behalf_of": _officer(for_whom.get(event.for_officer_id or 0))}
        for event in events
    ]


def _officer(officer: Officer | None) -> dict[str, str] | None:
    return None if officer is None else {"police_number": officer.police_number, "name": officer.name}


def _agency_ids(event: AuditEvent) -> list[int]:
    return [pk for pk in (event.facts.get("from"), event.facts.get("to")) if isinstance(pk, int)]


def _services(events: Iterable[AuditEvent]) -> dict[str, str]:
    """Names of the service accounts that acted, by label."""
    labels = {event.actor for event in events if event.actor.startswith("service:")}
    accounts = ServiceAccount.objects.in_bulk([int(label.partition(":")[2]) for label in labels])
    return {f"service:{pk}": account.name for pk, account in accounts.items()}


def _body(event: AuditEvent, agencies: dict[int, Agency], services: dict[str, str], words: str) -> dict[str, Any]:
    facts = event.facts
    officer = event.officer
    kind = "officer" if officer else event.actor.partition(":")[0]
    return {
        "id": str(event.pk),
        "at": event.at,
        "kind": event.kind,
        "by": {
            "kind": kind,
            "police_number": officer and officer.police_number,
            "name": officer.name if officer else services.get(event.actor, ""),
            "role": event.role,
            "agency": event.agency and _named(event.agency),
        },
        "from": _agency(facts.get("from"), agencies),
        "to": _agency(facts.get("to"), agencies),
        **{name: facts.get(fact) for fact, name in _PLAIN.items()},
        "text": words,
    }


def _agency(pk: object, agencies: dict[int, Agency]) -> dict[str, str] | None:
    return _named(agencies[pk]) if isinstance(pk, int) and pk in agencies else None


def _named(agency: Agency) -> dict[str, str]:
    return {"code": agency.code, "name": agency.name}
