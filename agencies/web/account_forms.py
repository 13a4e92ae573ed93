"""allauth's forms with our words and our limits. Templates write the labels; these check and explain."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.core.exceptions import ValidationError
from django.forms import BooleanField, CharField, Form, HiddenInput, JSONField
from django.utils.translation import gettext_lazy as _

from agencies.models.officers import normalize_police_number
from agencies.web import lockout, session_events

# A code stays good for its own half minute; remembering it a little longer covers a clock that is off.
SPENT_FOR = 120
NAME_LIMIT = 60
_NAME_HINT = _("写一个认得出的名字，例如“办公室电脑”。")
_BROKEN = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError, struct.error)


def _word(form: Form, name: str, label: Any, missing: Any, hint: Any = "") -> None:
    """Our words on a field of allauth's: a label and a hint before it, no placeholder in it."""
    field = form.fields[name]
    field.label, field.help_text = label, hint
    field.error_messages["required"] = missing
    field.widget.attrs.pop("placeholder", None)


class LoginForm(account.LoginForm):
    """警号 and password. A police number of any width or case is the same one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "login", _("警号"), _("填写警号。"))
        _word(self, "password", _("密码"), _("填写密码。"))
        self.fields["password" if self.is_bound else "login"].widget.attrs["autofocus"] = True

    def clean_login(self) -> str:
        return normalize_police_number(self.cleaned_data["login"])


class ReauthenticateForm(account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "password", _("密码"), _("填写密码。"))
        self.fields["password"].widget.attrs["autofocus"] = True


class ChangePasswordForm(account.ChangePasswordForm):
    """Wrong tries at the present password count like wrong log-ins: an open desk is not a place to guess at."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = _("至少 12 个字符，含大写字母、小写字母、数字、其他符号中的三种；不用姓名、警号和常见密码。")
        _word(self, "oldpassword", _("现在的密码"), _("填写现在的密码。"))
        _word(self, "password1", _("新密码"), _("填写新密码。"), rules)
        _word(self, "password2", _("再填一次新密码"), _("再填一次新密码。"))

    def clean_oldpassword(self) -> str:
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        first, second, old = (cleaned.get(name) for name in ("password1", "password2", "oldpassword"))
        if first and second and first != second:
            self.add_error("password2", _("两次填写的新密码不一样。"))
        if first and first == old:
            self.add_error("password1", _("新密码不能和现在的一样。"))
        return cleaned


class _CodeForm(mfa.BaseAuthenticateForm):
    """A code from the authenticator app, or a recovery code. Works once; wrong codes count like wrong passwords."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "code", _("验证码"), _("填写验证码。"), _("验证器上的 6 位数字，或一个 8 位备用码。"))
        self.fields["code"].widget.attrs |= {"autofocus": True, "inputmode": "numeric"}

    def clean_code(self) -> str:
        wrong = get_mfa_adapter().validation_error("incorrect_code")
        if not lockout.code_allowed(context.request, self.user):
            raise wrong
        try:
            code: str = super().clean_code()
            self._spend(code)
        except ValidationError:
            locked_now = lockout.code_failed(context.request, self.user)
            session_events.login_failed(self.user.police_number, factor="code", locked_now=locked_now)
            raise wrong from None
        return code

    def _spend(self, code: str) -> None:
        """Refuse a code that was used already (the tries of one officer wait for one another, see lockout)."""
        factor: Authenticator = self.authenticator
        if factor.type != Authenticator.Type.TOTP:
            return  # a recovery code strikes itself off
        now, digits = time.time(), code.replace(" ", "")
        spent = factor.data.get("spent") or {"code": "", "at": 0}
        if spent["code"] == digits and now - spent["at"] < SPENT_FOR:
            raise get_mfa_adapter().validation_error("incorrect_code")
        factor.data["spent"] = {"code": digits, "at": now}
        factor.save(update_fields=["data"])


class AuthenticateForm(_CodeForm, mfa.AuthenticateForm):
    """The second step of logging in."""


class ReauthenticateCodeForm(_CodeForm, mfa.ReauthenticateForm):
    """Proof by code before a change to the account."""


class ActivateTOTPForm(totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "code", _("验证码"), _("填写验证器上的 6 位数字。"), _("验证器上现在显示的 6 位数字。"))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


def _sturdy(clean: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What a browser hands over is parsed by a library that may stumble over hostile shapes: then it is a wrong key."""

    @wraps(clean)
    def cleaned(self: Any) -> Any:
        try:
            return clean(self)
        except _BROKEN:
            raise get_mfa_adapter().validation_error("incorrect_code") from None

    return cleaned


class CredentialField(JSONField):
    """What the browser hands over, as JSON; nesting without end is not JSON to us."""

    widget = HiddenInput

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def bound_data(self, data: Any, initial: Any) -> None:
        """A credential that was refused is not shown again."""


class LoginPasskeyForm(webauthn.LoginWebAuthnForm):
    """Logging in with a passkey alone."""

    credential = CredentialField()
    clean_credential = _sturdy(webauthn.LoginWebAuthnForm.clean_credential)


class AuthenticatePasskeyForm(webauthn.AuthenticateWebAuthnForm):
    """A passkey as the second step."""

    credential = CredentialField()
    clean_credential = _sturdy(webauthn.AuthenticateWebAuthnForm.clean_credential)


class ReauthenticatePasskeyForm(webauthn.ReauthenticateWebAuthnForm):
    """A passkey as proof before a change to the account."""

    credential = CredentialField()
    clean_credential = _sturdy(webauthn.ReauthenticateWebAuthnForm.clean_credential)


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    credential = CredentialField()
    name = CharField(label=_("名称"), help_text=_NAME_HINT, required=False, max_length=NAME_LIMIT)
    passwordless = BooleanField(
        label=_("可以单独登录"),
        help_text=_("不用再输密码，凭这把密钥加指纹、面容或 PIN 登录。老式安全密钥不支持，请去掉勾选，只作第二因素。"),
        required=False,
        initial=True,
    )
    clean = _sturdy(webauthn.AddWebAuthnForm.clean)


class EditPasskeyForm(webauthn.EditWebAuthnForm):
    name = CharField(label=_("名称"), help_text=_NAME_HINT, max_length=NAME_LIMIT)
