"""Cutting the line of a call, wherever it is: the thread that waits is woken, nobody else's is."""

import threading

import pytest

from chat import bedrock
from chat.lines import Line
from tests.chat.meanwhile import wait_for


def asked(text, line):
    messages = [{"role": "user", "content": [{"text": text}]}]
    return bedrock.open_stream(system="指示", messages=messages, line=line)


def test_line_cut_before_the_call_sends_nothing(simulator):
    line = Line()
    line.cut()

    with pytest.raises(bedrock.BedrockError):
        asked("要点は？", line)

    assert simulator.requests == []


def test_line_cut_before_the_first_byte_wakes_the_caller(simulator):
    line, raised = Line(), []

    def ask():
        with pytest.raises(bedrock.Unavailable) as error:
            asked("[[silent:30]] 要点は？", line)
        raised.append(error.value.may_be_paid)

    caller = threading.Thread(target=ask)
    caller.start()
    wait_for(lambda: simulator.requests)
    line.cut()
    caller.join(5)

    wait_for(lambda: simulator.hung_up)
    assert (raised, simulator.hung_up) == ([True], 1)


def test_line_cut_in_mid_answer_ends_the_stream(simulator):
    line = Line()
    stream = asked("[[stall:30]] 要点は？", line)
    line.cut()

    with pytest.raises(bedrock.Incomplete):
        list(stream)


def test_line_cut_late_leaves_the_next_call_on_its_connection_alone(simulator):
    refused, line = Line(), Line()
    with pytest.raises(bedrock.Throttled):
        asked("[[throttle]] 要点は？", refused)
    stream = asked("[[long:3]][[pace:0.1]]", line)
    refused.cut()

    assert [event.text for event in stream if isinstance(event, bedrock.Text)] == [
        "0000。",
        "0001。",
        "0002。",
    ]
