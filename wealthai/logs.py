"""What the service says of itself: one line of JSON each, and nothing about a person in it.

The text of an error may quote what somebody typed or a row of the database (PostgreSQL's DETAIL
does), so a line names the kind of the error, the database's own code and rule, and the places it
went through. Values have no part in a log: logging takes `fields` for figures and names of things.
"""

import datetime
import json
import logging
import sys
import traceback
from contextvars import ContextVar
from itertools import islice
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Tokyo")  # as the pages show it
DEEPEST = 25  # the last calls of a traceback; the first are always the server's
CAUSES = 5

# nginx's number of a request, or ours; threads that work for it afterwards carry it on.
current_request_id: ContextVar[str] = ContextVar("current_request_id", default="")


class JsonFormatter(logging.Formatter):
    """`logger.warning("slow view", extra={"fields": {"view": name, "seconds": 1.2}})`"""

    def format(self, record):
        moment = datetime.datetime.fromtimestamp(record.created, ZONE)
        line = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": current_request_id.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["errors"] = [described(error) for error in chain_of(record.exc_info[1])]
        return json.dumps(line, ensure_ascii=False, default=str)


def chain_of(error):
    """The error and what led to it, the last first."""

    def walk(error):
        while error is not None:
            yield error
            hidden = error.__suppress_context__
            error = error.__cause__ or (None if hidden else error.__context__)

    return list(islice(walk(error), CAUSES))


def described(error):
    kind = type(error)
    found = {"kind": f"{kind.__module__}.{kind.__qualname__}"}
    diagnosis = getattr(error, "diag", None)  # psycopg's
    for name in ("sqlstate", "constraint_name", "table_name", "column_name"):
        if value := getattr(diagnosis, name, None):
            found[name] = value
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    found["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return found


class LineFormatter(logging.Formatter):
    """For a person at a terminal, who may see the whole of an error."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record):  # noqa: N802 — logging's name
        fields = getattr(record, "fields", {})
        told = [f"{name}={value}" for name, value in fields.items()]
        return " ".join([super().formatMessage(record), *told])


def formatter():
    return LineFormatter() if sys.stderr.isatty() else JsonFormatter()


FORMATTER = f"{__name__}.{formatter.__name__}"


def configuration(level):
    """LOGGING of the settings."""
    console = {"class": "logging.StreamHandler", "formatter": "ours"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": FORMATTER}},
        "handlers": {"console": console},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "botocore": {"level": "WARNING"},  # it names its credentials' source each time
            # Of a refused request it names the path as it was typed; gunicorn's line has its status.
            "django.request": {"level": "ERROR"},
            # Django's own handlers would print a second line, or mail the whole error.
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
        },
    }
