"""Who may use which door. An URL pattern that is not declared here fails the tests.

Audiences: `all` (no log-in), `officers` (any logged-in officer), `cases` (the four case roles), or a set of roles.
A door with `hides=True` names a case: whoever may not see that case gets the very answer that an absent case gives.
"""

from __future__ import annotations

from dataclasses import dataclass

from agencies.roles import CASE_ROLES, Role

SYSTEM, SECURITY, AUDIT = {Role.SYSTEM_ADMIN}, {Role.SECURITY_ADMIN}, {Role.AUDITOR}
PEOPLE = SYSTEM | SECURITY | {Role.APPROVER}


@dataclass(frozen=True)
class Door:
    audience: str | frozenset[str]
    methods: str = "GET"
    hides: bool = False
    # Not every role of the audience gets through: the case, the holder or the row decides further.
    further: bool = False

    def admits(self, role: str) -> bool:
        if self.audience in ("all", "officers"):
            return True
        return role in (CASE_ROLES if self.audience == "cases" else self.audience)


def only(roles: set[Role]) -> frozenset[str]:
    return frozenset(role.value for role in roles)


PAGE, FORM, ACT = "GET", "GET POST", "POST"
DOORS: dict[str, Door] = {
    # machines that watch us
    "healthz": Door("all"),
    "readyz": Door("all", further=True),
    "metrics": Door("all", further=True),
    # everybody
    "set-language": Door("all", ACT),
    "components": Door("officers"),
    "agency-list": Door("officers"),
    "agency-search": Door("officers"),
    "agency-detail": Door("officers"),
    "time-limit-list": Door("officers"),
    "time-limit-override": Door(only({Role.DESK, Role.APPROVER}), FORM, further=True),
    "time-limit-override-end": Door(only({Role.DESK, Role.APPROVER}), FORM, further=True),
    "acting-as": Door("officers", ACT, further=True),
    "my-account": Door("officers", FORM),
    "feed-make": Door("cases", ACT),
    "feed-revoke": Door("officers", ACT),
    "notice-settings": Door("officers", ACT, further=True),
    "delegation-lend": Door("officers", FORM, further=True),
    "delegation-revoke": Door("officers", ACT, further=True),
    "delegation-list": Door(only(SECURITY)),
    "notice-list": Door("officers", further=True),
    "notice-read-all": Door("officers", ACT, further=True),
    # accounts: allauth's doors
    "account_login": Door("all", FORM, further=True),
    "account_logout": Door("all", FORM, further=True),
    "account_change_password": Door("officers", FORM, further=True),
    "account_reauthenticate": Door("officers", FORM, further=True),
    "mfa_index": Door("officers"),
    "mfa_authenticate": Door("all", FORM, further=True),
    "mfa_reauthenticate": Door("officers", FORM, further=True),
    "mfa_activate_totp": Door("officers", FORM, further=True),
    "mfa_deactivate_totp": Door("officers", FORM, further=True),
    "mfa_view_recovery_codes": Door("officers", further=True),
    "mfa_generate_recovery_codes": Door("officers", FORM, further=True),
    "mfa_list_webauthn": Door("officers", further=True),
    "mfa_login_webauthn": Door("all", FORM, further=True),
    "mfa_reauthenticate_webauthn": Door("officers", FORM, further=True),
    "mfa_add_webauthn": Door("officers", FORM, further=True),
    "mfa_edit_webauthn": Door("officers", FORM, further=True),
    "mfa_remove_webauthn": Door("officers", FORM, further=True),
    # people
    "officer-list": Door(only(PEOPLE), further=True),
    "officer-detail": Door(only(PEOPLE), further=True),
    "officer-new": Door(only(SYSTEM), FORM),
    "officer-edit": Door(only(SYSTEM), FORM),
    "officer-import": Door(only(SYSTEM), FORM),
    "officer-import-confirm": Door(only(SYSTEM), ACT, further=True),
    "officer-import-file": Door(only(SYSTEM), ACT, further=True),
    "officer-import-sample": Door(only(SYSTEM)),
    "officer-reset": Door(only(SYSTEM), ACT, further=True),
    "officer-deactivate": Door(only(SYSTEM), ACT, further=True),
    "officer-activate": Door(only(SYSTEM), ACT, further=True),
    "officer-release-lock": Door(only(SYSTEM), ACT, further=True),
    "officer-clear-factors": Door(only(SECURITY), ACT, further=True),
    "appointment-grant": Door(only(SECURITY), FORM, further=True),
    "appointment-end": Door(only(SECURITY), ACT, further=True),
    "agency-options": Door("officers"),
    "reorganisation-list": Door(only(SYSTEM | SECURITY)),
    "reorganisation-new": Door(only(SYSTEM), FORM),
    "reorganisation-detail": Door(only(SYSTEM | SECURITY)),
    "reorganisation-state": Door(only(SYSTEM | SECURITY)),
    "reorganisation-confirm": Door(only(SECURITY), ACT, further=True),
    "reorganisation-cancel": Door(only(SYSTEM | SECURITY), ACT, further=True),
    "reorganisation-recount": Door(only(SYSTEM | SECURITY), ACT, further=True),
    "calendar": Door("officers"),
    "calendar-year": Door("officers"),
    "calendar-import": Door(only(SYSTEM), FORM),
    "calendar-import-sample": Door(only(SYSTEM)),
    "calendar-day": Door(only(SYSTEM), FORM),
    "calendar-notice-list": Door("officers"),
    "calendar-notice": Door("officers", further=True),
    "calendar-notice-state": Door(only(SYSTEM)),
    "calendar-notice-confirm": Door(only(SYSTEM), ACT, further=True),
    "calendar-notice-cancel": Door(only(SYSTEM), ACT, further=True),
    "calendar-notice-recount": Door(only(SYSTEM), ACT, further=True),
    "client-list": Door(only(SECURITY)),
    "client-new": Door(only(SECURITY), FORM),
    "client-revoke": Door(only(SECURITY), ACT, further=True),
    "audit-log": Door(only(AUDIT)),
    "audit-verify": Door(only(AUDIT), ACT, further=True),
    # cases, in the browser
    "workbench": Door("officers", further=True),
    "case-list": Door("cases"),
    "case-ledger": Door("cases"),
    "board": Door(only({Role.SUPERVISOR, Role.APPROVER})),
    "board-of": Door(only({Role.SUPERVISOR, Role.APPROVER}), further=True),
    "case-new": Door(frozenset({Role.DRAFTER}), FORM),
    "case-register": Door(only({Role.DESK}), FORM, further=True),
    "case-detail": Door("cases", hides=True),
    "case-edit": Door("cases", FORM, hides=True, further=True),
    "case-autosave": Door("cases", ACT, hides=True, further=True),
    "case-discard": Door("cases", FORM, hides=True, further=True),
    "case-file-add": Door("cases", ACT, hides=True, further=True),
    "case-file": Door("cases", hides=True, further=True),
    "case-file-remove": Door("cases", ACT, hides=True, further=True),
    "case-paper": Door("cases", hides=True),
    "case-advice": Door("cases", hides=True, further=True),
    "case-note-add": Door("cases", ACT, hides=True, further=True),
    "case-step": Door("cases", ACT, hides=True, further=True),
    "case-unmask": Door("cases", ACT, hides=True, further=True),
    "case-revision": Door("cases", hides=True, further=True),
    "case-deadline-record": Door("cases", ACT, hides=True, further=True),
    "case-deadline-act": Door("cases", ACT, hides=True, further=True),
    "case-copy": Door("cases", ACT, hides=True, further=True),
    "case-supervise": Door(frozenset({Role.SUPERVISOR}), FORM, hides=True, further=True),
    "supervision-list": Door("cases"),
    "supervision-detail": Door("cases", further=True),
    "supervision-act": Door("cases", ACT, further=True),
    "supervision-paper": Door("cases", further=True),
    "bulk-preview": Door(frozenset({Role.APPROVER, Role.DESK, Role.SUPERVISOR}), ACT, further=True),
    "bulk-confirm": Door(frozenset({Role.APPROVER, Role.DESK, Role.SUPERVISOR}), ACT, further=True),
    "bulk-done": Door(frozenset({Role.APPROVER, Role.DESK, Role.SUPERVISOR}), further=True),
    "advice": Door("officers"),
    "archive-list": Door("cases"),
    "archive-act": Door("cases", ACT, further=True),
    "export-list": Door("cases", FORM, further=True),
    "export-rows": Door("cases"),
    "export-cancel": Door("cases", ACT, further=True),
    "export-file": Door("cases", further=True),
    "calendar-feed": Door("all", further=True),
    "handover": Door("cases", FORM),
    "handover-of": Door("cases", FORM, further=True),
    "unattended-list": Door(frozenset({Role.APPROVER, Role.DESK, Role.SUPERVISOR})),
    "internal-limit-list": Door("officers"),
    "internal-limit-set": Door(frozenset({Role.APPROVER, Role.SUPERVISOR}), FORM, further=True),
    "internal-limit-detail": Door("officers"),
    # other systems
    "oauth-token": Door("all", ACT, further=True),
    "oauth-revoke": Door("all", ACT, further=True),
    "api-me": Door("officers"),
    "api-stats": Door(only({Role.SUPERVISOR, Role.APPROVER})),
    "api-codes": Door("officers"),
    "api-advice": Door("officers", ACT),
    "api-agency-list": Door("officers"),
    "api-agency-detail": Door("officers"),
    "api-country-list": Door("officers"),
    "api-country-detail": Door("officers", further=True),
    "api-time-limit-list": Door("officers"),
    "api-calendar-add": Door("officers"),
    "api-calendar-between": Door("officers"),
    "api-request-type-list": Door("officers"),
    "api-request-type-detail": Door("officers", further=True),
    "api-case-list": Door("officers", "GET POST", further=True),
    "api-case-detail": Door("cases", "GET PATCH", hides=True, further=True),
    "api-case-step": Door("cases", ACT, hides=True, further=True),
    "api-case-events": Door("cases", hides=True, further=True),
    "api-case-legs": Door("cases", hides=True, further=True),
    "api-case-items": Door("cases", hides=True, further=True),
    "api-case-deadlines": Door("cases", "GET POST", hides=True, further=True),
    "api-deadline-list": Door("officers", further=True),
    "api-deadline-pause": Door("cases", ACT, hides=True, further=True),
    "api-deadline-resume": Door("cases", ACT, hides=True, further=True),
    "api-deadline-extend": Door("cases", ACT, hides=True, further=True),
    "api-deadline-explain": Door("cases", ACT, hides=True, further=True),
    "api-deadline-finish": Door("cases", ACT, hides=True, further=True),
    "api-case-duplicates": Door("cases", hides=True, further=True),
    "api-case-files": Door("cases", "GET POST", hides=True, further=True),
    "api-case-file": Door("cases", hides=True, further=True),
    "api-case-paper": Door("cases", hides=True, further=True),
    "api-export-list": Door("cases", "GET POST", further=True),
    "api-export-detail": Door("cases", further=True),
    "api-export-cancel": Door("cases", ACT, further=True),
    "api-export-file": Door("cases", further=True),
    "api-supervision-list": Door("cases", "GET POST", further=True),
    "api-supervision-answer": Door("cases", ACT, further=True),
    "api-supervision-close": Door("cases", ACT, further=True),
    "api-supervision-escalate": Door("cases", ACT, further=True),
    "api-internal-limits": Door("officers", "GET POST", further=True),
    "api-schema": Door("all", further=True),
    "api-docs": Door("all", further=True),
}
