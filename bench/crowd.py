"""Many answers streamed at once through gunicorn as shipped, in front of the simulator.

The web server, its database, the simulator and the client share the machine's cores.
"""

import json
import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

from chat.models import ChatExchange
from chat.simulator.server import running
from customers.models import Adviser
from tests.server import Server, bearer, customer_of, session

ROOT = Path(__file__).resolve().parent.parent
UNIT = ROOT / "deploy/wealthai-crm.service"
HEAPS = re.search(r"^Environment=MALLOC_ARENA_MAX=(\d+)$", UNIT.read_text(), re.MULTILINE)[1]
PIECES, PACE, GAP = 100, 0.5, 0.06
TICK = os.sysconf("SC_CLK_TCK")


@contextmanager
def simulated(**variables):
    """A web server and the simulator that it asks."""
    with (
        running(pace=0) as simulator,
        Server(BEDROCK_ENDPOINT_URL=simulator.url, MALLOC_ARENA_MAX=HEAPS, **variables) as server,
    ):
        yield server, simulator


def held(count, **variables):
    """`count` streams at once; what was seen, as plain data."""
    people = list(Adviser.objects.filter(rep_code__startswith="AD").order_by("rep_code")[:count])
    with simulated(**variables) as (server, simulator):
        questions = [question(user, number) for number, user in enumerate(people)]
        pages = looked_at(people[0])
        told = {"port": server.port, "gap": GAP, "questions": questions, "pages": pages}
        watch = Watch(server)
        seen = run_client(told)
        memory, seconds = watch.stop()
        asked = len(simulator.requests)
    return {
        "asked": asked,
        "whole": whole_of(seen["streams"]),
        "most_open": seen["most_open"],
        "first": [stream["first"] for stream in seen["streams"] if stream["first"]],
        "pages": seen["pages"],
        "memory": memory,
        "seconds": seconds,
    }


def run_client(told):
    command = [sys.executable, "-m", "bench.streams"]
    done = subprocess.run(
        command, cwd=ROOT, input=json.dumps(told), stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout)


def question(user, number, pace=PACE):
    """What `user` asks about one of the own customers; each answer counts from another number."""
    marks = f"[[long:{PIECES}]][[from:{number * PIECES}]][[pace:{pace}]]"
    body = {"message": f"面談前の要点は？ {marks}", "customer_id": customer_of(user).pk}
    headers = bearer(user) | {"Accept": "text/event-stream"}
    return {"path": "/api/chat", "headers": headers, "body": body}


def answer_to(number):
    return "".join(f"{piece:04}。" for piece in range(number * PIECES, (number + 1) * PIECES))


def looked_at(user):
    """What else is asked for meanwhile, signed in as somebody who also streams."""
    headers = session(user)
    customer = customer_of(user).pk
    paths = ["/customers", f"/customers/{customer}", f"/chat?customer={customer}", "/readyz"]
    return [{"path": path, "headers": headers} for path in paths]


def whole_of(streams):
    """How many answers arrived, and are saved, exactly as the simulator sent them."""
    whole = 0
    for number, stream in enumerate(streams):
        sent = answer_to(number)
        arrived = "".join(data["text"] for event, data in stream["events"] if event == "delta")
        last, data = stream["events"][-1] if stream["events"] else ("", {})
        row = ChatExchange.objects.filter(pk=data.get("chat_id"), status="done").first()
        whole += last == "done" and arrived == sent and row is not None and row.response == sent
    return whole


class Watch(threading.Thread):
    """The most memory that gunicorn's processes held together, and the seconds they computed."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.pids = [server.process.pid, *server.workers()]
        self.before = self.computed()
        self.most = 0
        self.over = threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(1):
            self.most = max(self.most, sum(map(proportional_size, self.pids)))

    def stop(self):
        self.over.set()
        self.join()
        return self.most, self.computed() - self.before

    def computed(self):
        return sum(map(cpu_seconds, self.pids))


def proportional_size(pid):
    """Bytes, memory that processes share counted once (PSS)."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return (
        next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) << 10
    )


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK
