"""What an officer changes in his own account."""

from __future__ import annotations

from django.utils import timezone

from agencies import audit
from agencies.actors import Actor
from agencies.models import Officer

PREFERENCES = ("language", "theme", "single_key_shortcuts", "notify_by_email")


def change_own_password(*, actor: Actor, officer: Officer, password: str) -> None:
    """Store the password that the officer chose; the rules were checked by the form. The duty to change it ends."""
    officer.set_password(password)
    Officer.objects.filter(pk=officer.pk).update(
        password=officer.password, must_change_password=False, password_changed_at=timezone.now()
    )
    officer.must_change_password = False
    audit.record(actor=actor, kind="session.password_change", subject=f"officer:{officer.pk}")


def set_preferences(*, actor: Actor, officer: Officer, **wanted: str | bool) -> None:
    """Store how the officer likes the pages: `language`, `theme`, `single_key_shortcuts`, `notify_by_email`."""
    unknown = set(wanted) - set(PREFERENCES)
    if unknown:
        raise TypeError(f"no preferences: {sorted(unknown)}")
    changed = sorted(name for name, value in wanted.items() if getattr(officer, name) != value)
    if changed:
        Officer.objects.filter(pk=officer.pk).update(**wanted)
        audit.record(
            actor=actor, kind="officer.preferences", subject=f"officer:{officer.pk}", facts={"fields": changed}
        )
