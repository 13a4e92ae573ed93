"""Playing a script by the real commands, so that history is real: every wall, guard and rule applies, every act is recorded."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils import timezone

from agencies import audit, scope
from agencies.actors import SYSTEM, Actor
from agencies.models import AuditEvent, Notice, OutboxMessage
from cases import archive, content_input, deadlines, drafts, files, notes, notices
from cases.commands import take_step
from cases.models import Deadline, RequestItem
from cases.registration import register_case
from coopdesk.demo.accounts import actor_of
from coopdesk.demo.paper import pdf
from coopdesk.demo.plan import Played
from coopdesk.demo.script import Act
from countries.calendars import SHANGHAI

# What is older raised its notices long ago; they have been read and cleared away.
_REMEMBERED = timedelta(days=10)
_UNREAD = timedelta(days=3)
MARKER = "demo.case"
# Drafts whose persons are named in requests of other places too.
_LIVE = frozenset({3, 12, 13})

# Stands for the case before its script has opened it.
NOT_YET = UUID(int=0)


class Player:
    """Plays one case after the other, within the caller's transaction."""

    def __init__(self) -> None:
        self._actors: dict[str, Actor] = {}

    def play(self, played: Played) -> None:
        """All acts of the case; then the marker by which the loader knows that it is there."""
        case_id: UUID = NOT_YET
        for at, act in played.acts:
            actor = self._actor(act.who)
            with scope.acting(actor):
                case_id = _DOERS.get(act.what, _step)(actor, case_id, act, at)
        _settle(f"case:{case_id}", keep=played.plot.number in _LIVE)
        facts = {"plot": played.plot.number, "case": str(case_id)}
        audit.record(actor=SYSTEM, kind=MARKER, subject=f"demo:{played.plot.number}", facts=facts)

    def _actor(self, login: str) -> Actor:
        if login not in self._actors:
            self._actors[login] = actor_of(login)
        return self._actors[login]


def _open(actor: Actor, _case_id: UUID, act: Act, at: datetime) -> UUID:
    responsible = "kunshan.officer" if actor.service else ""
    case = drafts.open_case(actor=actor, content=content_input.parse(act.data), responsible=responsible, at=at)
    return case.pk


def _register(actor: Actor, _case_id: UUID, act: Act, at: datetime) -> UUID:
    content = content_input.parse({**act.data, "received_on": at.date().isoformat()})
    return register_case(actor=actor, content=content, at=at).pk


def _edit(actor: Actor, case_id: UUID, act: Act, at: datetime) -> UUID:
    return drafts.save_draft(actor=actor, case_id=case_id, content=content_input.parse(act.data), at=at).pk


def _file(actor: Actor, case_id: UUID, act: Act, at: datetime) -> UUID:
    name = act.data["name"]
    return files.attach(actor=actor, case_id=case_id, name=name, content=io.BytesIO(pdf(name)), at=at).case_id


def _note(actor: Actor, case_id: UUID, act: Act, at: datetime) -> UUID:
    return notes.add_note(actor=actor, case_id=case_id, at=at, **act.data).note.case_id


def _archive(actor: Actor, case_id: UUID, _act: Act, at: datetime) -> UUID:
    return archive.archive_cases(actor=actor, case_ids=[case_id], at=at)[0].pk


def _step(actor: Actor, case_id: UUID, act: Act, at: datetime) -> UUID:
    data = dict(act.data)
    outcomes, decisions = data.pop("outcomes", None), data.pop("decisions", None)
    rows = outcomes or [{"decision": decision} for decision in decisions or ()]
    if rows:
        ids = RequestItem.objects.filter(case=case_id).order_by("position").values_list("pk", flat=True)
        data["items"] = [{"id": str(pk), **row} for pk, row in zip(ids, rows, strict=False) if row is not None]
    _explain_the_late(actor, case_id, at)
    return take_step(actor=actor, case_id=case_id, step=act.what, data=data, at=at).pk


def _explain_the_late(actor: Actor, case_id: UUID, at: datetime) -> None:
    """What the law's period ran out on is explained just before the work is finished, as the guard asks."""
    late = Deadline.objects.filter(case=case_id, agency_id=actor.seat_id, met_at=None, cancelled_at=None, due_at__lt=at)
    unexplained = list(late.exclude(article="").filter(explanations=None))
    for before, clock in zip(range(len(unexplained), 0, -1), unexplained, strict=True):
        data = {
            "text": "涉及账户多、分布在几个银行，逐一核对用时较长。",
            "told_to": "公安部国际合作局",
            "told_on": at.astimezone(SHANGHAI).date().isoformat(),
        }
        deadlines.explain(
            actor=actor, case_id=case_id, deadline_id=clock.pk, data=data, at=at - timedelta(minutes=before)
        )


_DOERS: Mapping[str, Callable[[Actor, UUID, Act, datetime], UUID]] = {
    "open": _open,
    "register": _register,
    "edit": _edit,
    "file": _file,
    "note": _note,
    "archive": _archive,
}


def _settle(subject: str, *, keep: bool) -> None:
    """The past needs no reactions: of the last days the notices are written here, nothing is sent.

    Of a few drafts (`keep`) the search for duplicates is left to the worker, so that its reports are there to be seen.
    """
    now = timezone.now()
    for event in AuditEvent.objects.filter(subject=subject, at__gt=now - _REMEMBERED).order_by("pk"):
        notices.notify(event, {})
        told = Notice.objects.filter(event=event)
        told.update(created_at=event.at, read_at=None if event.at > now - _UNREAD else event.at + timedelta(hours=1))
    past = OutboxMessage.objects.filter(event__subject=subject, done_at=None)
    if keep:
        past = past.exclude(reaction="duplicates", event__kind="case.create")
    past.update(done_at=Now())
