"""What Django's own checks do not know about this product (`manage.py check`, `check --deploy`)."""

import ast

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import Error, Tags, Warning, register
from django.db import connections, models

from wealthai import logs

JAPANESE_REGIONS = {"ap-northeast-1", "ap-northeast-3"}
# Inference profiles start with the geography within which they may pass a request on.
OTHER_GEOGRAPHIES = {"apac", "au", "ca", "eu", "global", "us", "us-gov"}

# Names and passwords that stand in manuals, in the demo and in this product's forerunners.
DEMO_LOGINS = ["AD001", "BM001", "BO001", "CO001", "AM001"]
DEMO_CODES = [
    *DEMO_LOGINS,
    *(f"AD{n:03}" for n in range(2, 41)),
    *(f"BM{n:03}" for n in range(2, 7)),
]
DEMO_PASSWORD = "wealthai-demo-2026"  # noqa: S105 — published
KNOWN_CODES = ["admin", "administrator", "root", "test", "demo", "SR001", *DEMO_LOGINS]
KNOWN_PASSWORDS = ["admin", "password", "crm123", "wealthai", DEMO_PASSWORD, "demo"]
LONGEST_IDLE, LONGEST_SESSION = 60 * 60, 24 * 60 * 60


@register(Tags.database)
def database_is_utf8(app_configs, databases, **kwargs):
    """`migrate` runs this. With locale C, PostgreSQL finds no word in Japanese text."""
    return [
        problem
        for alias in databases or []
        if connections[alias].vendor == "postgresql"
        for problem in encoding_problems(connections[alias])
    ]


def encoding_problems(connection):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_encoding_to_char(encoding), datctype FROM pg_database"
            " WHERE datname = current_database()"
        )
        encoding, locale = cursor.fetchone()
    if encoding == "UTF8" and locale not in {"C", "POSIX"}:
        return []
    message = f"The database has encoding {encoding} and character type {locale}."
    hint = "Create it with ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0."
    return [Error(message, hint=hint, id="wealthai.E001")]


@register()
def connections_are_checked(app_configs, **kwargs):
    database = settings.DATABASES["default"]
    if "postgresql" not in database["ENGINE"] or database.get("CONN_HEALTH_CHECKS"):
        return []
    hint = "Set CONN_HEALTH_CHECKS, or each connection fails once after the database restarted."
    return [Error("Database connections are reused unchecked.", hint=hint, id="wealthai.E002")]


@register()
def streams_leave_threads_free(app_configs, **kwargs):
    if settings.CHAT_MAX_STREAMS < settings.WEB_THREADS:
        return []
    message = (
        f"CHAT_MAX_STREAMS ({settings.CHAT_MAX_STREAMS}) is not below"
        f" WEB_THREADS ({settings.WEB_THREADS})."
    )
    hint = "Streams would take every thread of a worker and no page would be answered."
    return [Error(message, hint=hint, id="wealthai.E003")]


@register()
def model_is_named(app_configs, **kwargs):
    if settings.BEDROCK_MODEL_ID or not settings.AI_ENABLED:
        return []
    hint = "Set BEDROCK_MODEL_ID, or AI_ENABLED=0 to work without the model."
    return [Error("BEDROCK_MODEL_ID is empty.", hint=hint, id="wealthai.E004")]


@register(Tags.security)
def session_cookie_has_own_name(app_configs, **kwargs):
    if settings.SESSION_COOKIE_NAME != "sessionid":
        return []
    hint = "Other Django sites on this host use that name and would end our sessions."
    return [Error("The session cookie is named sessionid.", hint=hint, id="wealthai.E005")]


@register(Tags.security)
def content_policy_is_sent(app_configs, **kwargs):
    if "csp.middleware.CSPMiddleware" in settings.MIDDLEWARE:
        return []
    hint = "Put csp.middleware.CSPMiddleware back into MIDDLEWARE."
    return [Error("No content security policy is sent.", hint=hint, id="wealthai.E006")]


@register(Tags.security)
def proxy_is_trusted_as_a_whole(app_configs, **kwargs):
    """Behind nginx both headers count, without it neither: a caller could forge the other one."""
    if bool(settings.SECURE_PROXY_SSL_HEADER) == bool(settings.CLIENT_IP_HEADER):
        return []
    hint = "Set both CLIENT_IP_HEADER and SECURE_PROXY_SSL_HEADER, or neither."
    return [Error("Only one proxy header is trusted.", hint=hint, id="wealthai.E007")]


@register(Tags.security, deploy=True)
def demo_is_off(app_configs, **kwargs):
    if not settings.DEMO:
        return []
    hint = "Unset DEMO: it brings known log-ins and a key that lies in the folder."
    return [Error("DEMO is on.", hint=hint, id="wealthai.E008")]


@register(Tags.security, deploy=True)
def second_factor_is_required(app_configs, **kwargs):
    if settings.REQUIRE_MFA:
        return []
    hint = (
        "Unset REQUIRE_MFA, or accept that a password alone opens every customer's record:"
        " ACCEPTED_WARNINGS=wealthai.W009."
    )
    return [Warning("REQUIRE_MFA is off.", hint=hint, id="wealthai.W009")]


@register(Tags.security, deploy=True)
def mail_is_not_printed(app_configs, **kwargs):
    if not settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return []
    hint = "Set EMAIL_URL to a mail server, or unset it: nobody is then offered a reset."
    return [Error("Links of password resets go to the log.", hint=hint, id="wealthai.E017")]


@register(Tags.security, deploy=True)
def answers_stay_in_japan(app_configs, **kwargs):
    """The model, and the one that may stand in for it."""
    models = filter(None, [settings.BEDROCK_MODEL_ID, settings.BEDROCK_FALLBACK_MODEL_ID])
    region = settings.BEDROCK_REGION
    hint = (
        "Use a profile whose id starts with jp., or a model of Tokyo or Osaka itself."
        " A firm whose customers agreed to it sets ACCEPTED_WARNINGS=wealthai.W010."
    )
    return [
        Warning(
            f"{model_id} called in {region} may pass customers' data out of Japan.",
            hint=hint,
            id="wealthai.W010",
        )
        for model_id in models
        if settings.AI_ENABLED and not stays_in_japan(model_id, region)
    ]


def stays_in_japan(model_id, region):
    geography = model_id.partition(".")[0]
    if geography == "jp":
        return True
    return (
        region in JAPANESE_REGIONS
        and geography not in OTHER_GEOGRAPHIES
        and not model_id.startswith("arn:")  # an ARN does not say where its profile leads
    )


@register(Tags.database, deploy=True)
def database_keeps_what_it_confirmed(app_configs, databases, **kwargs):
    """`check --deploy --database default`, as deploy/install runs it."""
    return [
        problem
        for alias in databases or []
        if connections[alias].vendor == "postgresql"
        for problem in durability_problems(connections[alias])
    ]


def durability_problems(connection):
    names = ["fsync", "synchronous_commit", "full_page_writes"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [names])
        off = sorted(name for name, setting in cursor.fetchall() if setting == "off")
    hint = "Switch it on in postgresql.conf, or a crash loses what people were told is saved."
    return [
        Error(f"PostgreSQL runs with {name} off.", hint=hint, id="wealthai.E011") for name in off
    ]


@register(Tags.database, deploy=True)
def nobody_has_a_known_password(app_configs, databases, **kwargs):
    if not databases:
        return []
    codes = {*KNOWN_CODES, *DEMO_CODES}
    people = get_user_model().objects.filter(is_active=True, rep_code__in=codes)
    hint = "Set another one in the back office."
    return [
        Error(
            f"{person.rep_code} has a password that everybody knows.", hint=hint, id="wealthai.E012"
        )
        for person in people
        if any(person.check_password(word) for word in known_passwords(person.rep_code))
    ]


def known_passwords(code):
    """A try takes a third of a second: of the demo's many, only the password that it gives them."""
    return [*KNOWN_PASSWORDS, code] if code in KNOWN_CODES else [DEMO_PASSWORD]


@register(Tags.security)
def workers_are_threads(app_configs, **kwargs):
    """A sync worker is killed in the middle of an answer that takes longer than its time-out."""
    lines = ast.parse((settings.BASE_DIR / "gunicorn.conf.py").read_text()).body
    kinds = [
        ast.literal_eval(line.value)
        for line in lines
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "worker_class"
    ]
    if kinds == ["gthread"]:
        return []
    hint = 'Set worker_class = "gthread" in gunicorn.conf.py.'
    return [Error(f"gunicorn's workers are {kinds}.", hint=hint, id="wealthai.E013")]


@register(Tags.security)
def sessions_end(app_configs, **kwargs):
    is_short = (
        settings.SESSION_COOKIE_AGE <= LONGEST_IDLE
        and settings.SESSION_LONGEST_AGE <= LONGEST_SESSION
        and "wealthai.middleware.SessionAgeMiddleware" in settings.MIDDLEWARE
    )
    if is_short:
        return []
    hint = "At most an hour without a request (SESSION_COOKIE_AGE), a day at all (SESSION_LONGEST_AGE)."
    return [Error("Sessions last too long.", hint=hint, id="wealthai.E014")]


@register(Tags.security)
def logs_tell_of_nobody(app_configs, **kwargs):
    handlers, formatters = settings.LOGGING["handlers"], settings.LOGGING["formatters"]
    ours = [name for name, one in formatters.items() if one.get("()") == logs.FORMATTER]
    if all(handler.get("formatter") in ours for handler in handlers.values()):
        return []
    hint = "Give every handler the formatter of wealthai/logs.py, which quotes no values."
    return [Error("A log may hold personal data.", hint=hint, id="wealthai.E015")]


@register(Tags.security)
def uploads_are_bounded(app_configs, **kwargs):
    """No page takes a file. A field for one needs limits of size, kind and unpacked size first."""
    fields = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.FileField)
    ]
    if not fields and settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return []
    hint = "Set DATA_UPLOAD_MAX_MEMORY_SIZE, and see docs/security-model.md before taking files."
    return [Error(f"Files have no limits: {fields}.", hint=hint, id="wealthai.E016")]
