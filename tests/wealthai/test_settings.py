"""Production refuses to start without its secrets, and names the one that is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.postgres  # needs no database: once is enough

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "crm.example.jp, crm2.example.jp",
    "DATABASE_URL": "postgres://wealthai@127.0.0.1:1/wealthai",
    "CLIENT_IP_HEADER": "X-Real-IP",
    "FORCE_SCRIPT_NAME": "/crm",
}


def manage(*arguments, **environment):
    """Runs manage.py with a clean environment."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
    )


def setting(name, **environment):
    code = f"from django.conf import settings; print(settings.{name})"
    return manage("shell", "--no-imports", "-c", code, **environment).stdout.strip()


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
def test_production_refuses_to_start_without(name):
    result = manage("check", **PRODUCTION | {name: ""})

    assert result.returncode != 0
    assert f"{name} is not set." in result.stderr


def test_production_passes_the_deployment_checks():
    result = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert (result.returncode, result.stdout) == (
        0,
        "System check identified no issues (0 silenced).\n",
    )


def test_firm_accepts_a_warning_by_its_id():
    accepted = PRODUCTION | {"REQUIRE_MFA": "0", "ACCEPTED_WARNINGS": "wealthai.W009"}

    result = manage("check", "--deploy", "--fail-level", "WARNING", **accepted)

    assert result.returncode == 0


def test_demo_starts_with_nothing_set():
    assert manage("check", DEMO="1").returncode == 0


def test_demo_key_is_this_checkouts_own_and_private(settings):
    path = ROOT / "var/secret_key"

    assert path.read_text() == settings.SECRET_KEY
    assert path.stat().st_mode & 0o777 == 0o600


def test_hosts_may_be_separated_by_comma_and_space():
    assert setting("ALLOWED_HOSTS", **PRODUCTION) == "['crm.example.jp', 'crm2.example.jp']"


def test_secret_in_a_file_loses_its_line_break(tmp_path):
    (tmp_path / "url").write_text("postgres://wealthai@127.0.0.1/wealthai\n")
    environment = PRODUCTION | {"DATABASE_URL": "", "DATABASE_URL_FILE": str(tmp_path / "url")}

    assert setting("DATABASES['default']['NAME']", **environment) == "wealthai"


def test_secrets_come_from_the_folder_that_systemd_gives(tmp_path):
    (tmp_path / "env_SECRET_KEY").write_text("handed-over\n")
    (tmp_path / "env_SECRET_KEY_FALLBACKS").write_text("one,two\n")
    (tmp_path / "another-service").write_text("not ours")
    environment = PRODUCTION | {"CREDENTIALS_DIRECTORY": str(tmp_path)}

    keys = setting("SECRET_KEY, *settings.SECRET_KEY_FALLBACKS", **environment)

    assert keys == "handed-over one two"


def test_cookies_and_static_files_are_below_the_prefix():
    names = "SESSION_COOKIE_PATH + settings.CSRF_COOKIE_PATH + settings.STATIC_URL"

    assert setting(names, **PRODUCTION) == "/crm//crm//crm/static/"


def test_options_of_the_database_address_are_kept_beside_ours():
    url = "postgres://wealthai@127.0.0.1:1/wealthai?sslmode=require&options=-c%20work_mem%3D8MB"
    names = "DATABASES['default']['OPTIONS']"
    given = PRODUCTION | {"DATABASE_URL": url}

    assert [setting(f"{names}['{name}']", **given) for name in ("sslmode", "options")] == [
        "require",
        "-c work_mem=8MB -c wealthai.writer=app -c jit=off -c parallel_setup_cost=10000",
    ]


def test_silent_model_is_given_up_after_two_minutes():
    """Models that think first are silent for long; boto3 would wait 60 s to connect as well."""
    names = "BEDROCK_READ_TIMEOUT, settings.BEDROCK_CONNECT_TIMEOUT"

    assert setting(names, **PRODUCTION) == "120 5"
