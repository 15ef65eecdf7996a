"""The chat under load: many streams at once, what is refused, and the first text."""

import json
import os
import subprocess
import sys
import tempfile
import time
from statistics import median

from bench import crowd, data
from bench.report import Figure, Section
from bench.timing import milliseconds, share
from chat import bedrock
from customers.models import Adviser
from tests.server import Caller, read_events

STREAMS, ON_SQLITE = 500, 100
CAP, BEYOND = 100, 50
ROUNDS = 60


def measure():
    figures = [*streamed(f"{STREAMS} streams", STREAMS, crowd.held(STREAMS))]
    figures += streamed(f"SQLite, {ON_SQLITE} streams", ON_SQLITE, on_sqlite())
    figures += [refused(), *first_texts()]
    note = (
        f"gunicorn as shipped; {crowd.PIECES} pieces, one in {crowd.PACE} s, a new stream each"
        f" {crowd.GAP * 1000:.0f} ms; server, PostgreSQL, simulator and client on the same cores."
    )
    return Section(f"Chat, {data.rows():,} customers", figures, note)


# --- Many streams -------------------------------------------------------------------------------
def on_sqlite():
    with tempfile.TemporaryDirectory(prefix="wealthai-bench-") as folder:
        environment = os.environ | {"DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"}
        command = [sys.executable, "-m", "bench.crowd_on_sqlite", str(ON_SQLITE)]
        done = subprocess.run(
            command, cwd=crowd.ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
    return json.loads(done.stdout)


def streamed(words, count, seen):
    first, pages = share(seen["first"], 0.99), [took for _, _, took in seen["pages"]]
    wrong = sum(status != 200 for _, status, _ in seen["pages"])
    slowest, memory = share(pages, 0.99), seen["memory"] / 2**20
    is_whole = seen["whole"] == seen["most_open"] == seen["asked"] == count
    return [
        Figure(
            f"{words}: whole, as sent and as saved · open at the same moment",
            f"{seen['whole']} · {seen['most_open']}",
            "all",
            is_whole,
        ),
        Figure(
            "… first piece: median · 99 of 100 within",
            f"{milliseconds(median(seen['first']))} · {milliseconds(first)}",
            "≤ 1 s",
            first <= 1,
        ),
        Figure(
            f"… {len(pages)} other pages meanwhile: median · 99 of 100 within",
            f"{milliseconds(median(pages))} · {milliseconds(slowest)}",
            "≤ 300 ms",
            slowest <= 0.3 and not wrong,
        ),
        Figure(
            "… memory of all processes of gunicorn (PSS)",
            f"{memory:.0f} MiB",
            "≤ 400 MB",
            seen["memory"] <= 400e6,
        ),
        Figure("… computed by them", f"{seen['seconds']:.1f} s"),
    ]


# --- Beyond the cap -----------------------------------------------------------------------------
def refused():
    """In one worker with a small cap: which worker a stream falls to is not ours to choose."""
    people = list(Adviser.objects.filter(rep_code__startswith="AD").order_by("rep_code"))
    asking = [crowd.question(user, n, pace=0.1) for n, user in enumerate(people[: CAP + BEYOND])]
    with crowd.simulated(CHAT_MAX_STREAMS=str(CAP), WEB_WORKERS="1") as (server, _):
        told = {"port": server.port, "gap": 0.04, "questions": asking, "pages": []}
        seen = crowd.run_client(told)["streams"]
    beyond = [one for one in seen if one["status"] == 503 and one["retry_after"]]
    slowest = max((one["answered"] for one in beyond), default=0)
    return Figure(
        f"Beyond a cap of {CAP}: refused with 503 and Retry-After, of {BEYOND} · the slowest",
        f"{len(beyond)} · {milliseconds(slowest)}",
        "≤ 200 ms",
        len(beyond) == BEYOND and slowest <= 0.2,
    )


# --- The first text -----------------------------------------------------------------------------
def first_texts():
    """One question at a time; boto3 is called in turns with us, and asks the same simulator."""
    user = Adviser.objects.get(rep_code="AD0000")
    asked = crowd.question(user, 0, pace=0.0001)["body"]
    before, ours, plain = [], [], []
    with crowd.simulated(WEB_WORKERS="1") as (server, simulator):
        client = bedrock._make_client("ap-northeast-1", simulator.url)
        caller = Caller(server, user)
        for _ in range(ROUNDS + 5):
            started = time.monotonic()
            response = caller.ask(**asked)
            next(event for event, *_ in read_events(response) if event == "delta")
            ours.append(time.monotonic() - started)
            before.append(simulator.sent_at[-1] - started)
            for _ in read_events(response):
                pass
            plain.append(plain_seconds(client, simulator.requests[-1]))
    before, ours, plain = (median(took[5:]) for took in (before, ours, plain))
    more = ours - plain
    return [
        Figure(
            "From the question to the model's first piece, median",
            milliseconds(before),
            "≤ 30 ms",
            before <= 0.03,
        ),
        Figure(
            "First text: ours · boto3 alone, medians",
            f"{milliseconds(ours)} · {milliseconds(plain)}",
            "20 ms more",
            more <= 0.02,
        ),
    ]


def plain_seconds(client, body):
    """boto3 alone, with what we sent."""
    started = time.monotonic()
    stream = client.converse_stream(modelId="jp.anthropic.claude-sonnet-5-5", **body)["stream"]
    next(event for event in stream if "contentBlockDelta" in event)
    took = time.monotonic() - started
    for _ in stream:
        pass
    return took
