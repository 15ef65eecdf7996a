"""The real wire: every test asks a simulator over HTTP through unmodified boto3."""

import threading

import pytest

from chat import runs
from chat.models import ChatExchange
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
    return shared_simulator


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

    yield ask
    for run in list(runs._runs.values()):
        run.stop()


@pytest.fixture
def chat(screen, log_in, tanaka):
    """The chat page of Tanaka, open. An answer that a test left running ends with it."""
    log_in(tanaka)
    screen.goto("/chat")
    yield screen
    for exchange in ChatExchange.objects.running():
        runs.stop(exchange.pk)
        runs.wait(exchange.pk, 10)
