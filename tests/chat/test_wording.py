"""However an answer ends, the adviser reads why in one sentence, and what to do next."""

import re
from pathlib import Path

import botocore.session
import pytest

from chat import bedrock, wording
from chat.models import ChatExchange

CONVERSE = botocore.session.get_session().get_service_model("bedrock-runtime")
STOP_REASONS = set(CONVERSE.shape_for("StopReason").enum)
SAID = re.compile(
    r"(?:kind|error_kind)=\"(\w+)\"|(?:NotSent|Refused)\(\"(\w+)\"\)|end\([\w. ()]+?, \"(\w+)\""
    r"|\[chat_id\] = \"(\w+)\""
)


def kinds_in_the_code():
    """Every kind of error that some line of the chat gives an exchange."""
    paths = set(Path(wording.__file__).parent.glob("*.py"))
    kept = (path for path in paths if path.name != "timeline.py")  # kinds of entries, not of errors
    text = "".join(path.read_text() for path in kept)
    named = {kind for found in SAID.findall(text) for kind in found if kind}
    return named | {family[1] for family in bedrock.FAMILY.values()}


def ended(**fields):
    return ChatExchange(message="要点は？", **fields)


def test_every_stop_reason_of_the_model_has_its_sentence():
    assert set(wording.ENDINGS) | {wording.WHOLE} == STOP_REASONS


def test_every_kind_of_error_has_its_sentence():
    assert kinds_in_the_code() == set(wording.FAILURES)


def test_no_two_endings_are_told_alike():
    words = [*wording.FAILURES.values(), *wording.ENDINGS.values()]
    titles = [one.title for one in [*words, wording.STOPPED, wording.UNKNOWN]]

    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("words", [*wording.FAILURES.values(), *wording.ENDINGS.values()])
def test_every_ending_names_a_next_step(words):
    assert re.search(r"(ください|送り直せます)。", words.detail)


def test_unknown_stop_reason_is_not_shown_as_a_whole_answer():
    assert wording.of(ended(response="12月", stop_reason="new_reason")) == wording.UNKNOWN


@pytest.mark.parametrize("reason", [None, "end_turn"])
def test_whole_answer_needs_no_words(reason):
    assert wording.of(ended(response="12月です", stop_reason=reason)) is None


@pytest.mark.parametrize(
    ("fields", "goes_on"),
    [
        ({"status": "done", "stop_reason": "max_tokens", "response": "12"}, True),
        ({"status": "interrupted", "error_kind": "incomplete", "response": "12"}, True),
        ({"status": "stopped", "response": "12"}, True),
        ({"status": "stopped", "response": ""}, False),
        ({"status": "failed", "error_kind": "throttled", "response": ""}, False),
        ({"status": "done", "stop_reason": "end_turn", "response": "12月です"}, False),
    ],
    ids=["full", "cut", "stopped", "stopped-empty", "failed", "whole"],
)
def test_cut_answer_with_words_can_be_gone_on_with(fields, goes_on):
    assert wording.can_go_on(ended(**fields)) == goes_on
