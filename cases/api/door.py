"""What the doors of cases share."""

from __future__ import annotations

from agencies.doors.api import Door
from agencies.errors import NotPermitted


class CaseDoor(Door):
    """For those who do case work. Administrators and auditors see no case, whatever its id (blueprint §6)."""

    def admit(self) -> None:
        if self.actor.case_agency_id is None:
            raise NotPermitted
