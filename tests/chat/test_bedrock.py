import json
import shlex

import pytest

from chat import asking, bedrock, model_care, probe, runs, tools
from chat.asking import Question
from chat.blocks import Blocks, ToolCall
from chat.catalogue import cost_in_yen
from wealthai import probes

QUESTION = [{"role": "user", "content": [{"text": "要点は？"}]}]


ROUND_OF_TOOLS = [
    *QUESTION,
    {
        "role": "assistant",
        "content": [
            {"reasoningContent": {"reasoningText": {"text": "考え中", "signature": "署名"}}},
            {"toolUse": {"toolUseId": "t1", "name": "events", "input": {"days": 9}}},
        ],
    },
    {
        "role": "user",
        "content": [{"toolResult": {"toolUseId": "t1", "content": [{"text": "記録にありません"}]}}],
    },
]


def test_answer_comes_in_pieces_and_ends_with_its_message(any_bedrock):
    *texts, end = bedrock.open_stream(system="指示", messages=QUESTION)

    said = "".join(piece.text for piece in texts)
    assert len(texts) > 1
    assert (end.stop_reason, end.content, end.calls) == ("end_turn", ({"text": said},), ())


def test_usage_tells_what_was_sent_and_said(any_bedrock):
    *_, end = bedrock.open_stream(system="指示", messages=QUESTION)

    assert min(end.usage.input, end.usage.output) > 0
    assert end.usage.total == end.usage.input + end.usage.output


def test_round_of_tools_is_answered(any_bedrock):
    stream = bedrock.open_stream(system="指示", messages=ROUND_OF_TOOLS, tools=tools.specs())

    assert list(stream)[-1].stop_reason == "end_turn"


def test_model_that_cannot_be_is_rejected(any_bedrock):
    with pytest.raises(bedrock.Rejected, match="ValidationException"):
        bedrock.open_stream(system="指示", messages=QUESTION, model_id="arn:aws:s3:::model")


@pytest.mark.parametrize("wrong", [{"role": "robot"}, {"content": []}], ids=["role", "empty"])
def test_message_that_is_none_is_rejected(any_bedrock, wrong):
    with pytest.raises(bedrock.Rejected, match="ValidationException"):
        bedrock.open_stream(system="指示", messages=[QUESTION[0] | wrong])


def test_bedrock_is_within_reach(any_bedrock):
    assert (probe.reach().state, model_care.asked().state) == ("ok", "ok")


@pytest.mark.django_db(transaction=True)
def test_question_of_an_adviser_is_answered_and_counted(any_bedrock, tanaka):
    exchange = asking.ask(Question(tanaka, "要点は？"))
    runs.wait(exchange.pk, 20)

    exchange.refresh_from_db()
    assert (exchange.status, exchange.stop_reason) == ("done", "end_turn")
    assert (exchange.cost_is_estimated, exchange.total_tokens > 0) == (False, True)


def test_no_sampling_parameter_is_sent(simulator, settings):
    list(bedrock.open_stream(system="指示", messages=QUESTION))

    assert simulator.requests[0]["inferenceConfig"] == {"maxTokens": settings.BEDROCK_MAX_TOKENS}


def test_stopping_twice_is_harmless(simulator):
    silent = [{"role": "user", "content": [{"text": "[[stall:5]] 要点は？"}]}]
    stream = bedrock.open_stream(system="指示", messages=silent)

    stream.abort()
    stream.abort()

    with pytest.raises(bedrock.Incomplete):
        list(stream)


@pytest.fixture
def expired_role(monkeypatch, settings, tmp_path):
    """Whoever gives the credentials gives none that are still valid."""
    given = {"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "s", "SessionToken": "t"}
    told = json.dumps(given | {"Expiration": "2026-01-01T00:00:00Z"})
    config = tmp_path / "config"
    config.write_text(f"[default]\ncredential_process = echo {shlex.quote(told)}\n")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    settings.BEDROCK_REGION = "ap-northeast-2"  # another client, with these credentials


def test_role_whose_new_credentials_are_expired_is_not_configured(simulator, expired_role):
    with pytest.raises(bedrock.NotConfigured):
        bedrock.open_stream(system="指示", messages=QUESTION)

    assert (bedrock.credentials_from(), simulator.requests) == (None, [])


def test_reach_tells_an_open_endpoint_from_a_closed_one(simulator, settings):
    reached = probe.reach().state
    settings.BEDROCK_ENDPOINT_URL = "http://127.0.0.1:9"

    assert (reached, probe.reach().state) == ("ok", "down")


def test_readyz_reports_the_ai_without_depending_on_it(client, db, settings):
    settings.BEDROCK_ENDPOINT_URL = "http://127.0.0.1:9"

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["ai"]) == (200, "down")


def test_switched_off_ai_is_a_finding(settings):
    settings.AI_ENABLED = False

    assert probes.findings()["ai"].state == "warning"


def test_cost_counts_each_kind_of_token_once():
    usage = bedrock.Usage(input=1_000_000, output=100_000, total=0, cache_read=1_000_000)

    cost = cost_in_yen("jp.anthropic.claude-sonnet-5-5", usage, yen_per_usd=150)

    assert float(cost) == pytest.approx((2.20 + 1.10 + 0.11) * 150)


def test_unknown_model_has_no_cost():
    assert cost_in_yen("unknown", bedrock.Usage(input=5), yen_per_usd=150) is None


def test_blocks_of_a_message_are_put_together_from_their_pieces():
    blocks = Blocks()
    pieces = [
        (0, {"reasoningContent": {"redactedContent": b"a"}}),
        (0, {"reasoningContent": {"redactedContent": b"b"}}),
        (1, {"text": "調べ"}),
        (1, {"text": "ます"}),
        (2, {"text": " "}),
    ]

    said = [
        blocks.take({"contentBlockDelta": {"contentBlockIndex": at, "delta": delta}})
        for at, delta in pieces
    ]

    thought = {"reasoningContent": {"redactedContent": b"ab"}}
    assert said == ["", "", "調べ", "ます", " "]
    assert blocks.content() == [thought, {"text": "調べます"}]


def asked_for_events(written):
    """The blocks of a model that calls a tool with this input."""
    blocks = Blocks()
    start = {"toolUse": {"toolUseId": "t1", "name": "events"}}
    delta = {"toolUse": {"input": written}}
    blocks.take({"contentBlockStart": {"contentBlockIndex": 0, "start": start}})
    blocks.take({"contentBlockDelta": {"contentBlockIndex": 0, "delta": delta}})
    return blocks


@pytest.mark.parametrize("text", ['{"days": 9', "[1]", "3", "\\"])
def test_input_that_is_no_object_is_known_as_such(text):
    blocks = asked_for_events(text)

    assert blocks.calls() == [ToolCall("t1", "events", None)]
    assert blocks.content()[0]["toolUse"]["input"] == {}


@pytest.mark.parametrize(
    ("written", "given"),
    [
        (
            r'{"days": 9, "a\u0000": [{"b": "\ud83d \ud83d\ude00"}]}',
            {"days": 9, "a\ufffd": [{"b": "\ufffd 😀"}]},
        ),
        ('{"days": NaN}', None),
        ('{"days": -Infinity}', None),
        ("[" * 100_000, None),
    ],
    ids=["characters", "nan", "infinity", "deep"],
)
def test_input_of_a_tool_holds_nothing_that_no_database_stores(written, given):
    assert asked_for_events(written).calls() == [ToolCall("t1", "events", given)]
