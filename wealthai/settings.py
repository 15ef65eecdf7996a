"""Settings of WealthAI-CRM: one file, read from the environment.

`.env.example` lists every variable. Production is the default: a missing secret stops the start
and is named. `DEMO=1` (set by `make run` and the tests) fills in harmless values instead.
"""

import os
from datetime import timedelta
from pathlib import Path

import environ
from corsheaders.defaults import default_headers
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from wealthai import credentials, limits, logs, pooling
from wealthai.demo_key import demo_key

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

credentials.name_files(os.environ)
env = environ.FileAwareEnv()  # NAME_FILE=/path reads NAME from a file
env.read_env(BASE_DIR / ".env")

DEMO = env.bool("DEMO", default=False)
if DEMO:
    (BASE_DIR / "var").mkdir(exist_ok=True)  # the demo's database and key


def required(name, demo):
    value = env.str(name, default="").strip()  # a file's last line break is not part of it
    if value or DEMO:
        return value or demo
    raise ImproperlyConfigured(
        f"{name} is not set. Production refuses to start without it; .env.example explains it."
    )


# --- Host -----------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = required("SECRET_KEY", demo=DEMO and demo_key(BASE_DIR / "var"))
SECRET_KEY_FALLBACKS = [key.strip() for key in env.list("SECRET_KEY_FALLBACKS", default=[])]
ALLOWED_HOSTS = required("ALLOWED_HOSTS", demo="127.0.0.1,localhost,testserver")
ALLOWED_HOSTS = [host.strip() for host in ALLOWED_HOSTS.split(",")]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
FORCE_SCRIPT_NAME = env.str("FORCE_SCRIPT_NAME", default="") or None
ROOT_URLCONF = "wealthai.urls"
WSGI_APPLICATION = "wealthai.wsgi.application"
# nginx overwrites this header with the peer's address; unset, the socket's peer counts.
CLIENT_IP_HEADER = env.str("CLIENT_IP_HEADER", default="") or None
# While it exists, /readyz says no: a balancer sends nobody here (deploy/release).
DRAINING_FILE = Path(env.str("RUNTIME_DIRECTORY", default=str(BASE_DIR / "var"))) / "draining"
METRICS_ALLOWED_IPS = env.list("METRICS_ALLOWED_IPS", default=["127.0.0.1", "::1"])

INSTALLED_APPS = [
    "wealthai.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "wealthai.apps.StaticFilesConfig",
    "bootstrap",
    "django_htmx",
    "simple_history",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    # Last: their post_migrate receivers need the permissions that auth has made by then.
    "wealthai",
    "customers",
    "chat",
    "dashboard",
]

MIDDLEWARE = [
    "wealthai.middleware.RequestIdMiddleware",
    "wealthai.middleware.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "wealthai.middleware.ReadableMiddleware",
    "wealthai.middleware.PageMethodsMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "wealthai.middleware.SessionAgeMiddleware",
    "wealthai.middleware.PrivateMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "wealthai.middleware.RequireMfaMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "wealthai.middleware.WritingMiddleware",
]

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
                "wealthai.context.shell",
                "customers.context.waiting",
            ],
            "builtins": ["wealthai.templatetags.wealthai"],
        },
    }
]

# --- Data -----------------------------------------------------------------------------------
env_database = required("DATABASE_URL", demo=f"sqlite:///{BASE_DIR / 'var' / 'wealthai.sqlite3'}")
DATABASES = {"default": environ.Env.db_url_config(env_database)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    given = DATABASES["default"].get("OPTIONS", {})
    DATABASES["default"] |= {
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": given
        | {
            "options": pooling.session(
                given.get("options", ""), env.int("LOCK_SECONDS", default=0)
            ),
            # For the statements that ask for it (wealthai/database.py); Django's own never do.
            "prepare_threshold": 0,
            "pool": pooling.options(env.int("DATABASE_POOL_SIZE", default=16)),
        },
    }
DATABASES["default"]["TEST"] = {"NAME": env.str("TEST_DATABASE", default=None)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",  # shared by all workers: allauth's limits must add up
        "OPTIONS": {
            "MAX_ENTRIES": 1_000_000
        },  # above it, entries vanish, and with them what they limit
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # the back office's form has ten for each holding

# --- Language -------------------------------------------------------------------------------
LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["wealthai.formats"]
LOCALE_PATHS = [BASE_DIR / "wealthai" / "locale"]

# --- People ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "customers.Adviser"
AUTHENTICATION_BACKENDS = ["customers.auth.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard:home"
ACCOUNT_ADAPTER = "customers.auth.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "rep_code"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "customers.auth.LoginForm",
    "reset_password": "customers.auth.ResetPasswordForm",
}
RATE_LIMITS = limits.RATES | env.dict("RATE_LIMITS", default={})
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}  # ours instead: atomic, hashed
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to addresses that are nobody's
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[WealthAI] "
ALLAUTH_TRUSTED_CLIENT_IP_HEADER = CLIENT_IP_HEADER
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "customers.auth.MfaAdapter"
MFA_FORMS = {
    "authenticate": "customers.auth.CodeForm",
    "reauthenticate": "customers.auth.CodeAgainForm",
    "activate_totp": "customers.auth.FirstCodeForm",
}
MFA_TOTP_ISSUER = "WealthAI-CRM"
MFA_TOTP_TOLERANCE = 1  # a code typed as it changes, and clocks half a minute apart (RFC 6238, 5.2)
REQUIRE_MFA = env.bool("REQUIRE_MFA", default=not DEMO)
SILENCED_SYSTEM_CHECKS = [
    warning for warning in env.list("ACCEPTED_WARNINGS", default=[]) if ".W" in warning
]
SESSION_COOKIE_NAME = "wealthai_session"
SESSION_COOKIE_AGE = 30 * 60  # without a request
SESSION_LONGEST_AGE = 12 * 60 * 60  # with as many as you like
CSRF_COOKIE_NAME = "wealthai_csrf"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{FORCE_SCRIPT_NAME or ''}/"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "wealthai.views.csrf_failure"

# --- Security -------------------------------------------------------------------------------
SECURE_COOKIES = env.bool("SECURE_COOKIES", default=not DEMO)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SECURE_SSL_REDIRECT = SECURE_COOKIES
# Asked on the machine itself, without TLS; the pattern meets the path with its prefix.
SECURE_REDIRECT_EXEMPT = [r"^(\w+/)?(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE_COOKIES else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_COOKIES
# Only nginx on the unix socket can set it; it overwrites whatever the client sent.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CLIENT_IP_HEADER else None
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/.*$"
CORS_ALLOW_HEADERS = [
    *default_headers,
    "change-reason",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "last-event-id",
]
CORS_EXPOSE_HEADERS = ["ETag", "Idempotency-Replayed", "Location", "Retry-After", "X-Request-ID"]

# --- API ------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "wealthai.api.TokenAuthentication",
        "wealthai.api.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["wealthai.api.ModelPermissions"],
    "DEFAULT_THROTTLE_CLASSES": ["wealthai.limited.Throttle"],
    "DEFAULT_RENDERER_CLASSES": ["wealthai.api.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["wealthai.api.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "wealthai.api.problem_response",
    "DEFAULT_METADATA_CLASS": "wealthai.api.Methods",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
}
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=env.int("API_TOKEN_DAYS", default=90)),
    "AUTH_HEADER_PREFIX": "Bearer",
}
API_REQUIRE_IF_MATCH = env.bool("API_REQUIRE_IF_MATCH", default=False)
API_PAGE_SIZE = 50
API_COUNT_CAP = 10_000
SEARCH_COUNT_CAP = 1_000  # counting the hits of a common word further costs more than it tells
SPECTACULAR_SETTINGS = {
    "TITLE": "WealthAI-CRM API",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": (
        "ログイン中の画面か、`Authorization: Bearer` のトークンで呼び出します。"
        "エラーは RFC 9457 の JSON で、`detail` に次にすることが書いてあります。"
    ),
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "wealthai.api.schema.document_problems",
    ],
    "GET_MOCK_REQUEST": "wealthai.api.schema.mock_request",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}

# --- Backups --------------------------------------------------------------------------------
BACKUP_DIR = env.str("BACKUP_DIR", default=str(BASE_DIR / "var" / "backups"))
BACKUP_RECIPIENTS = env.list("BACKUP_RECIPIENTS", default=[])
BACKUP_KEEP = env.int("BACKUP_KEEP", default=30)

# --- AI -------------------------------------------------------------------------------------
AI_ENABLED = env.bool("AI_ENABLED", default=True)
BEDROCK_MODEL_ID = env.str("BEDROCK_MODEL_ID", default="jp.anthropic.claude-sonnet-5-5")
BEDROCK_REGION = env.str("BEDROCK_REGION", default="ap-northeast-1")
BEDROCK_ENDPOINT_URL = env.str("BEDROCK_ENDPOINT_URL", default="") or None
BEDROCK_CONNECT_TIMEOUT = env.float("BEDROCK_CONNECT_TIMEOUT", default=5)
# Models that think first are silent for long; this is the gap between two bytes.
BEDROCK_READ_TIMEOUT = env.float("BEDROCK_READ_TIMEOUT", default=120)
BEDROCK_MAX_TOKENS = env.int("BEDROCK_MAX_TOKENS", default=4000)
CHAT_ANSWER_SECONDS = env.float("CHAT_ANSWER_SECONDS", default=300)
# Each stream holds a thread of its worker; the rest answers everything else.
WEB_THREADS = env.int("WEB_THREADS", default=512)
CHAT_MAX_STREAMS = env.int("CHAT_MAX_STREAMS", default=400)
YEN_PER_USD = env.float("YEN_PER_USD", default=155.0)
# What one person may spend in a day; at 0 nothing may be asked.
CHAT_DAILY_YEN = env.int("CHAT_DAILY_YEN", default=1000)
CHAT_DAILY_YEN_OF = env.dict("CHAT_DAILY_YEN_OF", default={}, cast={"value": int})
# Answers of another model differ, so somebody has to have said yes to it before.
BEDROCK_FALLBACK_MODEL_ID = env.str("BEDROCK_FALLBACK_MODEL_ID", default="")
BEDROCK_FALLBACK_APPROVED_BY = env.str("BEDROCK_FALLBACK_APPROVED_BY", default="")

# --- Files, mail, log -----------------------------------------------------------------------
# Absolute: Django would put the prefix before a relative one only in some of its processes.
STATIC_URL = f"{FORCE_SCRIPT_NAME or ''}/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
if DEMO:
    STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_MANIFEST = env.bool("STATIC_MANIFEST", default=True)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATIC_MANIFEST  # tests collect nothing
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Printed, the link of a reset would open an account to whoever reads the log.
vars().update(env.email_url("EMAIL_URL", default="consolemail://" if DEMO else "dummymail://"))
SENDS_MAIL = not EMAIL_BACKEND.endswith("dummy.EmailBackend")  # noqa: F821 — from the line above
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="wealthai@localhost")
LOGGING = logs.configuration(level=env.str("LOG_LEVEL", default="INFO"))
SLOW_QUERY_SECONDS = env.float("SLOW_QUERY_SECONDS", default=0.5)
SLOW_VIEW_SECONDS = env.float("SLOW_VIEW_SECONDS", default=2.0)
