"""Who came, who went, who failed to get in: the audit events of sessions. Never a password, never an unknown name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator

from agencies import audit
from agencies.actors import Actor
from agencies.models import Officer
from agencies.models.officers import normalize_police_number
from agencies.officers import unappointed

DOOR = Actor(label="door", role="door", agency_id=None)
Factors = dict[int, tuple[str, str]]


def logged_in(officer: Officer, methods: Iterable[dict[str, Any]]) -> None:
    """A session began; `methods` are allauth's records of how."""
    how = [f"{record['type']}" if record.get("method") == "mfa" else str(record.get("method")) for record in methods]
    _record("session.login", officer, {"methods": how})


def logged_out(officer: Officer) -> None:
    """The officer left."""
    _record("session.logout", officer)


def login_failed(police_number: str, *, factor: str, locked_now: bool) -> None:
    """A wrong password or code for this police number; `locked_now` when it was the last allowed try.

    The door reports it, not the officer: nobody knows who typed. A name that no officer has is not written down.
    """
    number = normalize_police_number(police_number)
    officer_id = Officer.objects.filter(police_number=number).values_list("pk", flat=True).first()
    subject = f"officer:{officer_id}" if officer_id else "officer:unknown"
    audit.record(actor=DOOR, kind="session.login_failed", subject=subject, facts={"factor": factor})
    if locked_now:
        audit.record(actor=DOOR, kind="session.lockout", subject=subject)


def factors_of(officer: Officer) -> Factors:
    """His second factors by id, with what tells a new set of recovery codes from an old one."""
    rows = Authenticator.objects.filter(user_id=officer.pk).values_list("pk", "type", "data__seed")
    return {pk: (kind, str(seed)) for pk, kind, seed in rows}


def factors_changed(officer: Officer, before: Factors) -> None:
    """Record what was added or removed since `before`."""
    after = factors_of(officer)
    for kind, changed in (
        ("session.mfa_enrol", after.items() - before.items()),
        ("session.mfa_remove", before.items() - after.items()),
    ):
        for pk, (factor, _seed) in sorted(changed):
            _record(kind, officer, {"factor": factor, "id": pk})


def _record(kind: str, officer: Officer, facts: dict[str, Any] | None = None) -> None:
    audit.record(actor=unappointed(officer), kind=kind, subject=f"officer:{officer.pk}", facts=facts)
