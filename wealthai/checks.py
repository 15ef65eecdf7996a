"""What Django's own checks do not know about this product (`manage.py check`, `check --deploy`)."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connections

JAPANESE_REGIONS = {"ap-northeast-1", "ap-northeast-3"}
# Inference profiles start with the geography within which they may pass a request on.
OTHER_GEOGRAPHIES = {"apac", "au", "ca", "eu", "global", "us", "us-gov"}


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
    hint = "Unset REQUIRE_MFA, or accept that a password alone opens every customer's record."
    return [Warning("REQUIRE_MFA is off.", hint=hint, id="wealthai.W009")]


@register(Tags.security, deploy=True)
def answers_stay_in_japan(app_configs, **kwargs):
    """The model, and the one that may stand in for it."""
    models = filter(None, [settings.BEDROCK_MODEL_ID, settings.BEDROCK_FALLBACK_MODEL_ID])
    region = settings.BEDROCK_REGION
    hint = "Use a profile whose id starts with jp., or a model of Tokyo or Osaka itself."
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
