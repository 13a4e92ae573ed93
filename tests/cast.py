"""The fixed cast: the same officers at the same desks in every test, so that "as the stranger" means one thing.

Logins are `<place>.<part>`. Kunshan → Suzhou → Jiangsu → guohe is the long road; Chaoyang → Beijing → guohe the short
one; Ruili → Dehong → Yunnan is the other road, where the strangers sit.
"""

from __future__ import annotations

from agencies.actors import Actor
from agencies.models import Agency, Appointment, NoticeSettings, Officer
from agencies.officers import actor_for
from agencies.roles import Role

PASSWORD = "Coopdesk-test-2026"
PLACES = {
    "kunshan": "320583000000",
    "suzhou": "320500000000",
    "jiangsu": "320000000000",
    "guohe": "000000010000",
    "chaoyang": "110105000000",
    "beijing": "110000000000",
    "ruili": "533102000000",
    "dehong": "533100000000",
    "yunnan": "530000000000",
}
PARTS = {
    "officer": Role.DRAFTER,
    "desk": Role.DESK,
    "chief": Role.APPROVER,
    "supervisor": Role.SUPERVISOR,
}
ADMINS = {
    "sysadmin": Role.SYSTEM_ADMIN,
    "secadmin": Role.SECURITY_ADMIN,
    "auditor": Role.AUDITOR,
}


def populate() -> None:
    """Create the cast in the current database (run once, before the databases of tests are cloned from it)."""
    template = Officer(police_number="template")
    template.set_password(PASSWORD)
    for place, code in PLACES.items():
        agency = Agency.objects.get(code=code)
        for part, role in PARTS.items():
            _appoint(f"{place}.{part}", agency, role, template.password)
    top = Agency.objects.get(code=PLACES["guohe"])
    for login, role in ADMINS.items():
        _appoint(login, top, role, template.password)


def _appoint(login: str, agency: Agency, role: str, password: str) -> None:
    officer = Officer.objects.create(
        police_number=login, name=f"演{login}", email=f"{login}@example.test", password=password
    )
    # Awake at any hour, so that no test depends on the time of day.
    NoticeSettings.objects.create(officer=officer, quiet_from=0, quiet_to=0)
    Appointment.objects.create(officer=officer, agency=agency, role=role)


class Cast:
    """`cast.actor("kunshan.officer")`, `cast.officer(…)`, `cast.agency("kunshan")`."""

    def officer(self, login: str) -> Officer:
        return Officer.objects.get(police_number=login)

    def actor(self, login: str) -> Actor:
        post = Appointment.objects.select_related("agency").get(officer__police_number=login)
        return actor_for(post)

    def agency(self, place: str) -> Agency:
        return Agency.objects.get(code=PLACES[place])
