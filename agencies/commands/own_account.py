"""What an officer changes in his own account."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from agencies import audit
from agencies.actors import Actor
from agencies.commands import feeds
from agencies.models import NoticeSettings, Officer
from agencies.notice_settings import require_sound, settings_of

NOTICE_SETTINGS = ("cases", "clocks", "supervision", "escalations", "quiet_from", "quiet_to", "digest_at")
PREFERENCES = ("language", "theme", "single_key_shortcuts")


@transaction.atomic
def change_own_password(*, actor: Actor, officer: Officer, password: str) -> bool:
    """Store the password that the officer chose; the rules were checked by the form. The duty to change it ends.

    Whoever knew the old one may have made an address of the calendar: it ends. Gives whether there was one.
    """
    officer.set_password(password)
    Officer.objects.filter(pk=officer.pk).update(
        password=officer.password, must_change_password=False, password_changed_at=timezone.now()
    )
    officer.must_change_password = False
    audit.record(actor=actor, kind="session.password_change", subject=f"officer:{officer.pk}")
    return feeds.end_of(actor=actor, officer_id=officer.pk)


def set_preferences(*, actor: Actor, officer: Officer, **wanted: str | bool) -> None:
    """Store how the officer likes the pages: `language`, `theme`, `single_key_shortcuts`."""
    unknown = set(wanted) - set(PREFERENCES)
    if unknown:
        raise TypeError(f"no preferences: {sorted(unknown)}")
    changed = sorted(name for name, value in wanted.items() if getattr(officer, name) != value)
    if changed:
        Officer.objects.filter(pk=officer.pk).update(**wanted)
        audit.record(
            actor=actor, kind="officer.preferences", subject=f"officer:{officer.pk}", facts={"fields": changed}
        )


def set_notice_settings(*, actor: Actor, officer: Officer, **wanted: str | int | None) -> None:
    """Store how the officer hears of things outside the inbox: a Channel for each group, hours (0–23, Shanghai time) for
    the quiet time and the daily summary (None: no summary). Malformed when they cannot stand.
    """
    unknown = set(wanted) - set(NOTICE_SETTINGS)
    if unknown:
        raise TypeError(f"no settings of notices: {sorted(unknown)}")
    settings = settings_of([officer.pk])[officer.pk]
    changed = sorted(name for name, value in wanted.items() if getattr(settings, name) != value)
    for name in changed:
        setattr(settings, name, wanted[name])
    require_sound(settings)
    if changed:
        values = {name: getattr(settings, name) for name in NOTICE_SETTINGS}
        NoticeSettings.objects.update_or_create(officer=officer, defaults=values)
        subject = f"officer:{officer.pk}"
        audit.record(actor=actor, kind="officer.notice_settings", subject=subject, facts={"fields": changed})
