"""Set-up of archived cases, through the commands, as members of the cast."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection

from agencies.moments import clock
from agencies.scope import acting
from cases import archive
from cases.models import Case, Deadline
from tests.cast import Cast
from tests.stories import Story


class Keeper:
    """Archives, restores, proposes and decides."""

    def __init__(self, cast: Cast, story: Story) -> None:
        self.cast, self.story = cast, story

    def do(self, login: str, command: Any, *cases: Case, **more: Any) -> list[Case]:
        """`login` does it to these cases."""
        actor = self.cast.actor(login)
        with acting(actor):
            return command(actor=actor, case_ids=[case.pk for case in cases], **more)

    def archived(self, case: Case | None = None, period: str = "", login: str = "kunshan.officer") -> Case:
        case = case or self.story.closed()
        (case,) = self.do(login, archive.archive_cases, case, period=period)
        return case

    def due(self, origin: str = "kunshan", case: Case | None = None, **changes: Any) -> Case:
        """A case that ended so long ago that its time is over, archived."""
        case = case or self.story.closed(origin, **changes)
        with acting(self.cast.actor(f"{origin}.officer")), connection.cursor() as cursor:
            cursor.execute("UPDATE cases_case SET ended_at = ended_at - interval '40 years' WHERE id = %s", [case.pk])
        return self.archived(case, login=f"{origin}.officer")

    def propose(self, *cases: Case, login: str = "kunshan.chief") -> list[Case]:
        return self.do(login, archive.propose_disposal, *cases)

    def confirm(self, *cases: Case, login: str = "guohe.chief") -> list[Case]:
        return self.do(login, archive.decide_disposal, *cases, confirm=True)

    def keep(self, *cases: Case, login: str = "guohe.chief", reason: str = "还有用。") -> list[Case]:
        return self.do(login, archive.decide_disposal, *cases, confirm=False, reason=reason)

    def disposed(self) -> Case:
        case = self.due()
        self.propose(case)
        return self.confirm(case)[0]


def left_running(case: Case) -> Deadline:
    """A clock of the case's origin that runs in it and is over since yesterday, as no command would leave it."""
    now = clock()
    return Deadline.objects.create(
        case=case,
        kind="left_running",
        basis="coopdesk.default",
        amount=5,
        agency_id=case.origin_id,
        started_at=now - timedelta(days=30),
        due_at=now - timedelta(days=1),
        next_alarm_at=now - timedelta(days=1),
    )
