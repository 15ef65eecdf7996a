"""What the drills and the soak take for a failure. What they play is no test."""

import asyncio
from types import SimpleNamespace

import pytest

from drills.client import Answer, Client
from drills.load import Load
from drills.soak import ending
from tests.deploy.site import make_certificate

# Needs no database, but once is enough; nor beside a browser, whose loop is this thread's.
pytestmark = pytest.mark.postgres

DONE = b"event: delta\ndata: {}\n\nevent: done\ndata: {}\n\n"


@pytest.fixture
def client(tmp_path):
    """Of a node whose answers break off in the middle."""
    make_certificate(tmp_path)
    return Client(SimpleNamespace(https=0, folder=tmp_path)).of_node(tmp_path / "node.sock")


@pytest.mark.parametrize(
    "head", ["Content-Length: 9\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n9\r\n"]
)
def test_page_that_breaks_off_is_not_whole(client, head):
    async def break_off(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 200 OK\r\n{head}half".encode())
        writer.close()

    async def asked():
        async with await asyncio.start_unix_server(break_off, client.socket):
            return await client.get("/customers", {})

    answer = asyncio.run(asked())

    assert (answer.status, answer.is_whole) == (200, False)


@pytest.mark.parametrize("status", [302, 403, 404, 429, 500, 0, -1])
def test_read_is_good_with_a_whole_200_only(status):
    good, cut = Answer(200, is_whole=True), Answer(200)
    other = Answer(status, is_whole=status > 0)

    assert Load(reads=[good, cut, other]).failures() == [cut, other]


@pytest.mark.parametrize("status", [200, 302, 409, 429, 503, 0, -1])
def test_write_is_good_with_a_whole_201_only(status):
    good, cut = Answer(201, is_whole=True), Answer(201)
    other = Answer(status, is_whole=status > 0)

    assert Load(writes={"A": good, "B": cut, "C": other}).failures() == [cut, other]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(200, body=DONE, is_whole=True), "done"),
        (Answer(200, body=DONE[:20], is_whole=True), "delta"),
        (Answer(200, body=DONE), "200, cut"),
        (Answer(503, is_whole=True), "503"),
    ],
)
def test_answer_of_the_chat_is_good_when_it_ended_done(answer, told):
    assert ending(answer) == told
