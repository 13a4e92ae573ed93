"""Who is acting. There is no anonymous and no missing actor; the clock acts as SYSTEM."""

from __future__ import annotations

from dataclasses import dataclass

from agencies.errors import NotPermitted
from agencies.roles import ADMIN_ROLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One officer under one appointment (or one service account), or the system itself.

    `agency_id` is the acting appointment's agency, the only key that opens case rows. Under a delegation (代办) the
    appointment is another officer's, `for_officer_id`: the role is his, the person is `officer_id`.
    """

    label: str
    role: str
    agency_id: int | None
    officer_id: int | None = None
    appointment_id: int | None = None
    service_id: int | None = None
    for_officer_id: int | None = None

    @property
    def service(self) -> bool:
        """A machine at the door, not an officer."""
        return self.service_id is not None

    @property
    def hands(self) -> tuple[int, ...]:
        """Whose hands his acts are: his own, and those of the officer for whom he acts."""
        return tuple(pk for pk in (self.officer_id, self.for_officer_id) if pk is not None)

    @property
    def known_as(self) -> int:
        """How a case remembers who handles it: the officer's id, or minus the service account's.

        Under a delegation it is still his own: what one officer was let into is not lent (docs/decisions/0011).
        """
        return self.officer_id or -(self.service_id or 0)

    @property
    def seat_id(self) -> int:
        """The acting agency; NotPermitted for an actor without one."""
        if self.agency_id is None:
            raise NotPermitted
        return self.agency_id

    @property
    def person_id(self) -> int:
        """The officer; NotPermitted for a machine and for the clock."""
        if self.officer_id is None:
            raise NotPermitted
        return self.officer_id

    @property
    def case_agency_id(self) -> int | None:
        """The agency whose cases may be seen; None for administrators, auditors and SYSTEM."""
        return None if self.role in ADMIN_ROLES else self.agency_id


SYSTEM = Actor(label="system", role="system", agency_id=None)
