"""Mounted under /account/: logging in and out, the password, the second factors. Names are allauth's; no sign-up."""

from django.urls import URLPattern, URLResolver, path

from agencies.web import account

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", account.log_in, name="account_login"),
    path("logout/", account.log_out, name="account_logout"),
    path("password/", account.change_password, name="account_change_password"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("factors/", account.factors, name="mfa_index"),
    path("factors/code/", account.authenticate_code, name="mfa_authenticate"),
    path("factors/confirm/", account.reauthenticate_code, name="mfa_reauthenticate"),
    path("factors/authenticator/add/", account.activate_totp, name="mfa_activate_totp"),
    path("factors/authenticator/remove/", account.deactivate_totp, name="mfa_deactivate_totp"),
    path("factors/recovery-codes/", account.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("factors/recovery-codes/new/", account.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("factors/passkeys/", account.list_passkeys, name="mfa_list_webauthn"),
    path("factors/passkeys/login/", account.login_passkey, name="mfa_login_webauthn"),
    path("factors/passkeys/confirm/", account.reauthenticate_passkey, name="mfa_reauthenticate_webauthn"),
    path("factors/passkeys/add/", account.add_passkey, name="mfa_add_webauthn"),
    path("factors/passkeys/<int:pk>/edit/", account.edit_passkey, name="mfa_edit_webauthn"),
    path("factors/passkeys/<int:pk>/remove/", account.remove_passkey, name="mfa_remove_webauthn"),
]
