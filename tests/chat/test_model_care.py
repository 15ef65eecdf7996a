"""`manage.py check_ai`, and what the machine's role may do."""

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from chat import model_care
from chat.catalogue import Model, Price
from wealthai import timers

ROOT = Path(__file__).resolve().parent.parent.parent
TODAY = date(2026, 11, 26)

pytestmark = pytest.mark.django_db  # each run of a timer is recorded


@pytest.fixture(autouse=True)
def on_a_day(monkeypatch, simulator):
    monkeypatch.setattr(model_care.timezone, "localdate", lambda *_: TODAY)


def check(*options):
    """(exit code, what was written)."""
    out = StringIO()
    try:
        call_command("check_ai", *options, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def states(ask=False):
    """{key: state} of what is not as it should be."""
    found = model_care.findings(ask)
    return {finding.key: finding.state for finding in found if finding.state != "ok"}


def test_default_settings_are_in_order(simulator):
    code, text = check()

    assert code == 0
    assert "正常  認証情報: 環境変数 AWS_ACCESS_KEY_ID" in text
    assert simulator.requests == []


def test_json_is_for_machines():
    code, text = check("--json")

    data = json.loads(text)
    assert (code, data["state"]) == (0, "ok")
    assert [finding["key"] for finding in data["findings"]] == [
        "credentials", "region", "endpoint", "model", "price", "fallback",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"AI_ENABLED": False}, (3, False, True)),
        ({"BEDROCK_REGION": ""}, (2, True, False)),
        ({"BEDROCK_MODEL_ID": "anthropic.claude-3-sonnet-20240229-v1:0"}, (2, True, False)),
    ],
    ids=["warning", "error", "both"],
)
def test_run_fails_by_an_error_and_not_by_a_warning(settings, changed, expected):
    for name, value in changed.items():
        setattr(settings, name, value)

    code, _ = check()

    run = next(state for state in timers.states() if state.timer.name == "check_ai")
    assert (code, run.has_failed, bool(run.last_success)) == expected


def test_question_is_sent_only_when_wanted(simulator):
    code, text = check("--ask")

    assert (code, len(simulator.requests)) == (0, 1)
    assert simulator.requests[0]["inferenceConfig"] == {"maxTokens": 64}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"AI_ENABLED": False}, {"enabled": "warning"}),
        ({"BEDROCK_REGION": "us-east-1"}, {"region": "error"}),
        ({"BEDROCK_REGION": ""}, {"region": "error"}),
        (
            {"BEDROCK_MODEL_ID": "global.anthropic.claude-x"},
            {"region": "warning", "model": "warning"},
        ),
        ({"BEDROCK_MODEL_ID": "anthropic.claude-x"}, {"region": "warning", "model": "warning"}),
        ({"BEDROCK_MAX_TOKENS": 200_000}, {"max_tokens": "error"}),
        ({"BEDROCK_ENDPOINT_URL": "http://127.0.0.1:9"}, {"endpoint": "error"}),
        ({"BEDROCK_FALLBACK_MODEL_ID": "jp.anthropic.claude-haiku-5-5"}, {"fallback": "warning"}),
        (
            {"BEDROCK_MODEL_ID": "anthropic.claude-3-sonnet-20240229-v1:0"},
            {"region": "warning", "model": "error", "price": "warning"},
        ),
    ],
    ids=[
        "off",
        "region",
        "no-region",
        "global",
        "no-profile",
        "long",
        "closed",
        "unapproved",
        "gone",
    ],
)
def test_what_is_wrong_is_found(settings, changed, expected):
    for name, value in changed.items():
        setattr(settings, name, value)

    assert states() == expected


def test_missing_credentials_are_an_error(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")

    assert check()[0] == 2


def test_approved_fallback_is_checked_like_the_first(settings):
    settings.BEDROCK_FALLBACK_MODEL_ID = "global.anthropic.claude-x"
    settings.BEDROCK_FALLBACK_APPROVED_BY = "2026-11-20 森"

    assert states() == {"fallback_region": "warning", "fallback_model": "warning"}


def test_refused_question_is_an_error(settings, simulator):
    settings.BEDROCK_ENDPOINT_URL = f"{simulator.url}/nowhere"

    assert states(True)["ask"] == "error"


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (date(2026, 11, 26), "error"),
        (date(2027, 2, 24), "warning"),
        (date(2027, 2, 25), "ok"),
        (None, "ok"),
    ],
    ids=["ended", "soon", "later", "never"],
)
def test_end_of_life_is_told_90_days_before(end, state):
    assert model_care.life_cycle("model", "", Model("見本", end_of_life=end), TODAY).state == state


@pytest.mark.parametrize(
    ("day", "state"), [(TODAY, "ok"), (date(2027, 6, 1), "warning"), (date(2026, 1, 1), "warning")]
)
def test_price_is_read_again_after_half_a_year(day, state):
    model = Model("見本", (Price(date(2026, 9, 1), "1", "1", "1", "1"),))

    assert model_care.price("price", "", model, day).state == state


def test_role_may_ask_the_default_model_and_nothing_else(settings):
    policy = json.loads((ROOT / "deploy/iam-policy.json").read_text())
    model, place = settings.BEDROCK_MODEL_ID, settings.BEDROCK_REGION
    profile = f"arn:aws:bedrock:{place}:ACCOUNT_ID:inference-profile/{model}"
    bare = model.removeprefix("jp.")
    actions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]

    through, only = policy["Statement"]
    assert (through["Action"], through["Resource"]) == (actions, profile)
    assert only["Action"] == actions
    assert only["Resource"] == [
        f"arn:aws:bedrock:{region}::foundation-model/{bare}"
        for region in ("ap-northeast-1", "ap-northeast-3")
    ]
    assert only["Condition"] == {"StringEquals": {"bedrock:InferenceProfileArn": profile}}
