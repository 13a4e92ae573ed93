"""How allauth meets our officers: no sign-up, our words, our audit events, encrypted secrets."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.commands.own_account import change_own_password
from agencies.doors.home import home_of
from agencies.models import Officer
from agencies.officers import unappointed
from agencies.people import one_time_password_expired
from agencies.web import session_events


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy("警号或密码不对。"),
        "incorrect_password": gettext_lazy("密码不对。"),
        "enter_current_password": gettext_lazy("现在的密码不对。"),
        "incorrect_code": gettext_lazy("验证码不对，或者已经用过。"),
    }

    said = {
        "account/messages/logged_out.txt": gettext_lazy("已退出登录。"),
        "account/messages/password_changed.txt": gettext_lazy("密码已修改，别处的登录已退出。"),
        "mfa/messages/totp_activated.txt": gettext_lazy("验证器已启用。"),
        "mfa/messages/totp_deactivated.txt": gettext_lazy("验证器已停用。"),
        "mfa/messages/webauthn_added.txt": gettext_lazy("通行密钥已添加。"),
        "mfa/messages/webauthn_removed.txt": gettext_lazy("通行密钥已移除。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, request: HttpRequest, level: int, template: str = "", *args: Any, **kwargs: Any) -> None:
        """Our words for what allauth says by the name of a template; what has none is not said."""
        words = kwargs.get("message") or self.said.get(template or kwargs.get("message_template", ""))
        if words:
            messages.add_message(request, level, str(words))

    # --- Coming in and going out -----------------------------------------------------------------------------------

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Officer | None:
        """The officer whose password this is, or None after counting and recording the failure.

        allauth would let an account that is switched off through to a page that says so; here it fails like any other.
        """
        officer: Officer | None = super().authenticate(request, **credentials)
        if officer is not None and not officer.is_active:
            self.authentication_failed(request, **credentials)
            return None
        return officer

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        counted = getattr(request, "axes_failures_since_start", None)
        if counted is not None:  # None: locked already, nothing was tried
            locked_now = bool(getattr(request, "axes_locked_out", False))
            number = str(credentials.get("username", ""))
            session_events.login_failed(number, factor="password", locked_now=locked_now)

    def pre_login(self, request: HttpRequest, user: Officer, **kwargs: Any) -> HttpResponse | None:
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        if response is None and one_time_password_expired(user):
            messages.error(request, _("初始密码超过 24 小时没有使用，已失效。请系统管理员重置。"))
            return HttpResponseRedirect(reverse("account_login"))
        return response

    def respond_user_inactive(self, request: HttpRequest, user: Officer) -> HttpResponse:
        messages.error(request, _("这把通行密钥不能登录，请联系系统管理员。"))
        return HttpResponseRedirect(reverse("account_login"))

    def login(self, request: HttpRequest, user: Officer) -> None:
        super().login(request, user)
        request.session.pop("ended", None)
        session_events.logged_in(user, get_authentication_records(request, user))

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, Officer):
            session_events.logged_out(request.user)
        super().logout(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user)

    # --- The password ----------------------------------------------------------------------------------------------

    def set_password(self, user: Officer, password: str) -> None:
        if change_own_password(actor=unappointed(user), officer=user, password=password):
            messages.warning(context.request, _("日历订阅随旧密码停用了，要用请重新生成订阅地址。"))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("my-account")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not again right after logging in: any proof in this session that is young enough counts."""
        records = get_authentication_records(context.request, context.request.user)
        newest = max((record["at"] for record in records), default=0)
        return bool(time.time() - newest > app_settings.REAUTHENTICATION_TIMEOUT)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy("这是最后一种第二因素，先添加另一种再停用。"),
        "cannot_generate_recovery_codes": gettext_lazy("先添加验证器或通行密钥，再生成备用码。"),
        "incorrect_code": gettext_lazy("验证码不对，或者已经用过。"),
    }

    def encrypt(self, text: str) -> str:
        """Secrets of second factors are stored encrypted under the secret key."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Where a second factor is required, the last one stays."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        return not settings.REQUIRE_MFA or others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()

    def generate_authenticator_name(self, user: Officer, type: str) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("通行密钥 %(number)s") % {"number": count + 1}

    def _get_user_identifier(self, user: Officer) -> str:
        return user.police_number

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"second factors {key}".encode()).digest())) for key in keys]
    )
