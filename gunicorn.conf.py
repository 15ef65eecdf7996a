"""How gunicorn serves WealthAI-CRM, in production and under `make run` (found by its name).

Every figure can be set in the environment; docs/operations.md says what each is for.
"""

import contextlib
import gc
import importlib
import itertools
import os
import re
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

from gunicorn.glogging import Logger as StockLogger

from wealthai import logs

# A reload reads this file again, in the same process: what it imports would stay the old release's.
importlib.reload(logs)

# --- Workers: threads, because each streamed answer holds one for minutes --------------------
bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "512"))
max_requests = 0  # a recycled worker would take the answers being written in it with it
preload_app = False  # pollers and pools are threads: they do not survive a fork
timeout = 90
graceful_timeout = 10
keepalive = 75  # nginx closes first, so no request meets a closing connection
umask = 0o007  # the socket is for the service's group, of which nginx is a member

# --- Limits and trust ---------------------------------------------------------------------
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
# A unix socket is always trusted, a TCP peer only if listed: nginx alone says who is calling.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "")
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
forwarder_headers = ""
control_socket_disable = True

# --- Log: paths without query strings, which hold names people searched for -------------------
accesslog = os.environ.get("ACCESS_LOG", "-") or None
errorlog = "-"
OURS = re.compile("[A-Za-z0-9._~/-]*")


class Logger(StockLogger):
    """gunicorn's own lines in the form of all the others (wealthai/logs.py)."""

    def setup(self, cfg):
        super().setup(cfg)
        for handler in [*self.error_log.handlers, *self.access_log.handlers]:
            handler.setFormatter(logs.formatter())

    def access(self, resp, req, environ, request_time):
        """The path as far as it can be one of ours: behind that somebody may have typed a name.

        As it was sent, since Django writes its own reading over gunicorn's PATH_INFO.
        """
        if not self.access_log_enabled:
            return
        path = environ.get("RAW_URI", "").partition("?")[0]
        plain = OURS.match(path).group()
        fields = {
            "request_id": dict(resp.headers).get("X-Request-ID", ""),
            "method": environ.get("REQUEST_METHOD", ""),
            "path": path if plain == path else f"{plain}…",
            "status": int(str(resp.status).split(" ", 1)[0]),
            "bytes": resp.sent or 0,
            "milliseconds": round(request_time.total_seconds() * 1000),
        }
        self.access_log.info("request", extra={"fields": fields})

    def warning(self, msg, *args, **kwargs):
        """gunicorn quotes a request that it cannot read."""
        reason = msg.partition(": ")[0] if msg.startswith("Invalid request from") else msg
        super().warning(reason, *args, **kwargs)

    def exception(self, msg, *args, **kwargs):
        """gunicorn names the whole address when a request fails."""
        args = [arg.partition("?")[0] if isinstance(arg, str) else arg for arg in args]
        super().exception(msg, *args, **kwargs)


logger_class = Logger

# --- Measurements: files in one folder, added up over the workers -----------------------------
# systemd gives RUNTIME_DIRECTORY; the variable must exist before prometheus_client is imported.
runtime = os.environ.get("RUNTIME_DIRECTORY")
METRICS = Path(
    os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    or (f"{runtime}/metrics" if runtime else tempfile.mkdtemp(prefix="wealthai-metrics-"))
)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS)
if "METRICS_SINCE" not in os.environ:  # a reload reads this file again
    os.environ["METRICS_SINCE"] = str(time.time())


def clear_folder():
    """Only what prometheus_client and this file wrote: somebody may have named it by mistake."""
    for pattern in ("*.db", "answering.*", "replaced"):
        for file in METRICS.glob(pattern):
            file.unlink(missing_ok=True)


def on_starting(server):
    METRICS.mkdir(parents=True, exist_ok=True)
    clear_folder()


def pre_fork(server, worker):
    """The lowest free slot: its files go on from where the slot's last worker left them.

    Files named by process would grow with each reload, and /metrics with them.
    """
    taken = {other.slot for other in server.WORKERS.values()}
    worker.slot = next(slot for slot in itertools.count(1) if slot not in taken)


def post_fork(server, worker):
    os.environ["METRICS_SLOT"] = str(worker.slot)
    worker.handle_exit = partial(leave, worker)  # of SIGTERM, also while it still starts


def child_exit(server, worker):
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.slot)
    answering(worker).unlink(missing_ok=True)


def on_exit(server):
    clear_folder()
    with contextlib.suppress(OSError):
        METRICS.rmdir()


# --- End: answers being streamed say so before the worker goes ------------------------------
REPLACED = METRICS / "replaced"  # the age of the youngest worker that a reload is to replace
NEW_WORKER_SECONDS = 8  # below graceful_timeout, for which a reload waits


def answering(worker):
    """There as long as the worker takes requests."""
    return METRICS / f"answering.{worker.age}"


def on_reload(server):
    REPLACED.write_text(str(server.worker_age))


def post_worker_init(worker):
    load_once()
    answering(worker).touch()


def leave(worker, signum, frame):
    """SIGTERM first tells the running answers to end as interrupted, then stops the worker.

    gunicorn would wait for the streams until graceful_timeout and then cut them without a word. And at
    a reload it stops the old workers while the new ones still start: nobody would be answered.
    """
    if is_waited_for(worker):  # in a thread: this one goes on taking requests
        threading.Thread(target=drain_and_exit, args=[worker, signum, frame], daemon=True).start()
    else:
        drain_and_exit(worker, signum, frame)


def drain_and_exit(worker, signum, frame):
    deadline = time.monotonic() + NEW_WORKER_SECONDS
    while is_waited_for(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    if worker.booted:
        from chat import runs

        runs.drain()
    type(worker).handle_exit(worker, signum, frame)


def is_waited_for(worker):
    """Whether a reload replaces this worker and none of the new ones answers yet.

    It goes by their ages: a reload may follow another whose workers still start.
    """
    replaced = int(REPLACED.read_text()) if REPLACED.exists() else 0
    ages = (int(file.suffix[1:]) for file in METRICS.glob("answering.*"))
    return worker.age <= replaced and max(ages, default=0) <= replaced


def load_once():
    """What would be loaded for the first request, now; and Python does not look through it for garbage
    again and again, which took a tenth of the time and a tenth of a second at once."""
    from django.urls import reverse

    reverse("admin:index")  # reads the modules of every page
    gc.collect()
    gc.freeze()


def worker_exit(server, worker):
    """An answer whose reader has left keeps no thread of gunicorn's, so nothing else waits for it."""
    from chat import runs

    runs.leave()
