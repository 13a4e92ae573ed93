"""All settings, from the environment. docs/howto/production.md lists the variables; coopdesk/checks.py refuses bad ones."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from coopdesk.logs import logging_config

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules
EMBEDDED = env.bool("COOPDESK_EMBEDDED", default=False)
DEBUG = env.bool("COOPDESK_DEBUG", default=False)
DEMO = env.bool("COOPDESK_DEMO", default=False)
DEMO_PASSWORD = env.str("COOPDESK_DEMO_PASSWORD", default="Coopdesk-demo-2026")
STATE = Path(env.str("COOPDESK_STATE", default=str(BASE_DIR / "var")))

SECRET_KEY = env.str("COOPDESK_SECRET_KEY", default="insecure-default-key-for-tests-and-checks-only-0123456789")
SECRET_KEY_FALLBACKS = env.list("COOPDESK_SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("COOPDESK_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
ORIGIN = env.str("COOPDESK_ORIGIN", default="")
HTTPS = urlsplit(ORIGIN).scheme == "https"

# --- Applications -------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "csp",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "oauth2_provider",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_prometheus",
    "agencies",
    "countries",
    "treaties",
    "cases",
    "coopdesk",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "coopdesk.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "coopdesk.middleware.HostileInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "coopdesk.middleware.SessionLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "coopdesk.middleware.LanguageMiddleware",
    "agencies.web.gate.GateMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "coopdesk.spills.SpillMiddleware",
    "coopdesk.middleware.ActorMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "coopdesk.urls"
WSGI_APPLICATION = "coopdesk.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "coopdesk.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "coopdesk.templatetags.coopdesk_ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database: one engine, one role per kind of process (blueprint §6) ---------------------------------------------
DB_ROLE = env.str("COOPDESK_DB_ROLE", default="app")
_DATABASE_URL = {"app": "DATABASE_URL", "worker": "WORKER_DATABASE_URL", "migrate": "MIGRATE_DATABASE_URL"}[DB_ROLE]


def _database() -> dict[str, Any]:
    config: dict[str, Any] = env.db(_DATABASE_URL, default="postgres:///coopdesk")
    config["ENGINE"] = "django.db.backends.postgresql"
    config["CONN_HEALTH_CHECKS"] = True
    options = config.setdefault("OPTIONS", {})
    options.setdefault("prepare_threshold", 1_000_000)  # the server keeps the plans that agencies/prepared.py asks for
    if DB_ROLE == "migrate":
        options["assume_role"] = "coopdesk_owner"
    elif not TESTING:
        options["pool"] = {"min_size": 1, "max_size": env.int("COOPDESK_DB_POOL", default=8), "timeout": 5}
    return config


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- Celery: acknowledged late, rejected when a worker dies; results are not kept ------------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # its logs are ours: JSON
CELERY_TASK_TIME_LIMIT = 600
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A dead broker must cost a saved step a blink, never its answer.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "visibility_timeout": 3600,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE = {
    "drain-outbox": {"task": "agencies.tasks.drain_outbox", "schedule": 10.0, "options": {"expires": 10}},
    "seal-events": {"task": "agencies.tasks.seal_events", "schedule": 5.0, "options": {"expires": 5}},
    "sign-checkpoint": {"task": "agencies.tasks.sign_checkpoint", "schedule": 60.0, "options": {"expires": 60}},
    "forget-answers": {"task": "agencies.tasks.forget_answers", "schedule": 3600.0, "options": {"expires": 3600}},
    "sweep-deadlines": {"task": "cases.tasks.sweep_deadlines", "schedule": 60.0, "options": {"expires": 60}},
    "order-digests": {
        "task": "agencies.tasks.order_digests",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 300},
    },
    "gather-after-mergers": {
        "task": "cases.tasks.gather_after_mergers",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "run-exports": {"task": "cases.tasks.run_exports", "schedule": 30.0, "options": {"expires": 30}},
    "expire-exports": {"task": "cases.tasks.expire_exports", "schedule": 3600.0, "options": {"expires": 3600}},
    "settle-calendars": {"task": "countries.tasks.settle_calendars", "schedule": 60.0, "options": {"expires": 60}},
    "raise-lapsed-reviews": {
        "task": "countries.tasks.raise_lapsed_reviews",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "fold-board": {"task": "cases.tasks.fold_board", "schedule": 60.0, "options": {"expires": 60}},
    # Counts once a week; every other time it finds nothing to do.
    "refresh-records": {"task": "cases.tasks.refresh_records", "schedule": 300.0, "options": {"expires": 300}},
    "look-for-the-unattended": {
        "task": "cases.tasks.look_for_the_unattended",
        "schedule": crontab(hour=7, minute=30),
        "options": {"expires": 3600},
    },
}

# --- Who may come in ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "agencies.Officer"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher", "agencies.passwords.OneTimeHasher"]
if TESTING:
    PASSWORD_HASHERS[0] = "django.contrib.auth.hashers.MD5PasswordHasher"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["police_number", "name", "email"]},
    },
    {"NAME": "agencies.passwords.LengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "agencies.passwords.CharacterClassesValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workbench"
ACCOUNT_ADAPTER = "agencies.web.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "agencies.web.account_forms.LoginForm",
    "change_password": "agencies.web.account_forms.ChangePasswordForm",
    "reauthenticate": "agencies.web.account_forms.ReauthenticateForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "police_number"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = False  # django-axes is the one limiter
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "agencies.web.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "agencies.web.account_forms.AuthenticateForm",
    "reauthenticate": "agencies.web.account_forms.ReauthenticateCodeForm",
    "activate_totp": "agencies.web.account_forms.ActivateTOTPForm",
    "login_webauthn": "agencies.web.account_forms.LoginPasskeyForm",
    "authenticate_webauthn": "agencies.web.account_forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "agencies.web.account_forms.ReauthenticatePasskeyForm",
    "add_webauthn": "agencies.web.account_forms.AddPasskeyForm",
    "edit_webauthn": "agencies.web.account_forms.EditPasskeyForm",
}
MFA_RATE_LIMITS = False
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Coopdesk"
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
REQUIRE_MFA = env.bool("COOPDESK_REQUIRE_MFA", default=False)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "agencies.web.lockout.axes_username"
AXES_LOCKOUT_CALLABLE = "agencies.web.lockout.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # a lock ends when the page said it would
AXES_SENSITIVE_PARAMETERS = ["login", "oldpassword", "password1", "password2", "code", "credential"]

SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "coopdesk_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_IDLE_LIMIT = timedelta(minutes=env.int("COOPDESK_IDLE_MINUTES", default=30))
SESSION_ABSOLUTE_LIMIT = timedelta(hours=env.int("COOPDESK_SESSION_HOURS", default=12))
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE_LIMIT.total_seconds())
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [ORIGIN] if ORIGIN else []
CSRF_FAILURE_VIEW = "coopdesk.errors.csrf_failure"

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = False  # the proxy redirects
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

# --- Input limits --------------------------------------------------------------------------------------------------
API_BODY_LIMIT = 1024 * 1024
API_JSON_DEPTH = 32
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
ATTACHMENT_LIMIT = 50 * 1024 * 1024
PAPER_FONTS = env.str("COOPDESK_FONTS", default="")  # a folder with fonts that papers take before the bundled ones
UPLOAD_BODY_LIMIT = 6 * ATTACHMENT_LIMIT  # several files at once; nginx has the same limit
FILE_UPLOAD_HANDLERS = [
    "agencies.doors.uploads.LimitHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- API -----------------------------------------------------------------------------------------------------------
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "SCOPES": {"cases:read": _("读取本机关可见的案件"), "cases:file": _("起草和报送本机关的请求")},
    "ACCESS_TOKEN_EXPIRE_SECONDS": 900,
    "CLIENT_SECRET_GENERATOR_LENGTH": 48,
    # Client credentials and nothing else; tokens are stored as checksums. What belongs to other grants is shut as well.
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "agencies.api.oauth.ServiceValidator",
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "agencies.doors.authentication.ServiceTokenAuthentication",
        "agencies.doors.authentication.OfficerSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["agencies.doors.rendering.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["agencies.doors.parsing.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "agencies.doors.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "coopdesk.errors.api_exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Coopdesk API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "POSTPROCESSING_HOOKS": ["cases.api.schema.one_path_per_step", "agencies.doors.schema.finish"],
}

# --- Words, time, files ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "coopdesk_language"
LOCALE_PATHS = [BASE_DIR / room / "locale" for room in ("coopdesk", "cases", "treaties", "countries", "agencies")]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("COOPDESK_STATIC", default=str(STATE / "static")))
FILES_ROOT = Path(env.str("COOPDESK_FILES", default=str(STATE / "files")))
MEDIA_ROOT = FILES_ROOT
CHECKPOINTS_ROOT = Path(env.str("COOPDESK_CHECKPOINTS", default=str(STATE / "checkpoints")))
AUDIT_KEY = Path(env.str("COOPDESK_AUDIT_KEY", default=str(STATE / "audit.key")))
# Who only verifies (the web) needs this one and not the key that signs.
AUDIT_PUBLIC_KEY = Path(env.str("COOPDESK_AUDIT_PUBLIC_KEY", default=f"{AUDIT_KEY}.pub"))
# Exchange with networks that are not connected: our key, whom we trust (a folder of public keys), how we call ourselves.
EXCHANGE_KEY = Path(env.str("COOPDESK_EXCHANGE_KEY", default=str(STATE / "exchange.key")))
EXCHANGE_TRUSTED = Path(env.str("COOPDESK_EXCHANGE_TRUSTED", default=str(STATE / "exchange-trusted")))
EXCHANGE_NAME = env.str("COOPDESK_EXCHANGE_NAME", default="")
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(FILES_ROOT), "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Source maps are large, slow to compress and hardly ever asked for.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
if EMBEDDED:  # nobody is far away, and compressing takes a while
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
if TESTING or DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True

vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("COOPDESK_FROM_EMAIL", default="coopdesk@localhost")

LOGGING = logging_config(env.str("COOPDESK_LOG_LEVEL", default="INFO"))
SILENCED_SYSTEM_CHECKS = [
    "axes.W006",  # failures are counted for the account, wherever they come from
    "security.W005",  # other names under the site's domain are other people's: we cannot promise HTTPS for them
    "security.W008",  # the proxy redirects; behind it every request is HTTPS already
    "security.W021",  # the browsers' preload list is for names known to the public Internet
]
