"""The real wire: every test asks a simulator over HTTP through unmodified boto3."""

import threading
import time

import pytest

from chat import runs
from chat.models import ChatExchange, Conversation
from chat.simulator.server import running
from tests.chat.ministack import ministack


@pytest.fixture(scope="session")
def shared_simulator():
    with running(pace=0) as simulator:
        yield simulator


@pytest.fixture(scope="session", autouse=True)
def no_thread_outlives_the_database(django_db_setup):
    """The test database cannot be dropped while an answer's thread still holds a connection."""
    yield
    for thread in threading.enumerate():
        if thread.name.startswith("chat-"):
            thread.join(10)


@pytest.fixture
def simulator(shared_simulator, settings):
    settings.BEDROCK_ENDPOINT_URL = shared_simulator.url
    shared_simulator.requests.clear()
    shared_simulator.models.clear()
    shared_simulator.sent_at.clear()
    shared_simulator.obeyed.clear()
    shared_simulator.hung_up = 0
    yield shared_simulator
    end_answers()


def end_answers():
    """None outlives its test: it would hold locks while the database is emptied for the next one."""
    with runs._lock:
        still_written = list(runs._runs.values())
    for run in still_written:
        run.stop()
    deadline = time.monotonic() + 10
    while runs._writing and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not runs._writing


@pytest.fixture(scope="session")
def shared_ministack(tmp_path_factory):
    with ministack(tmp_path_factory.mktemp("ministack")) as url:
        yield url


@pytest.fixture(params=["simulator", "ministack"])
def any_bedrock(request, settings):
    """Our simulator, then a Bedrock that others wrote: the adapter cannot tell them apart."""
    own = request.param == "simulator"
    other = None if own else request.getfixturevalue("shared_ministack")
    settings.BEDROCK_ENDPOINT_URL = other or request.getfixturevalue("simulator").url


@pytest.fixture
def answered(transactional_db, simulator):
    """Asks a question and returns its finished row."""

    def ask(question):
        from chat import asking

        exchange = asking.ask(question)
        runs.wait(exchange.pk, 20)
        return ChatExchange.objects.get(pk=exchange.pk)

    return ask


@pytest.fixture
def chat(screen, log_in, tanaka):
    """The chat page of Tanaka, open."""
    log_in(tanaka)
    screen.goto("/chat")
    return screen


@pytest.fixture
def long_talk(chat, tanaka):
    """A conversation that fills the screen several times, open at its end."""
    talk = Conversation.objects.create(adviser=tanaka, title="長い会話")
    for number in range(12):
        ChatExchange.objects.create(
            conversation=talk, adviser=tanaka, message=f"質問{number}", response="回答です\n" * 8
        )
    chat.goto(f"/chat?conversation={talk.pk}")
    return talk
