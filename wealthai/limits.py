"""How often something may be tried: a bucket for each person, account or address, in the database.

A bucket of "10/h" holds ten tries and gains one every six minutes. Taking one is a single statement,
so that tries at the same moment in several workers and on several servers count each other. Whose a
bucket is stands there as a keyed hash only.
"""

import math
import threading
import time

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

RATES = {
    # A branch logs in from one address at nine o'clock; guessing is held back per rep code.
    "login": "120/m",  # an address
    "login-failed": "5/15m",  # a rep code
    "login-failed-from": "30/m",  # an address
    "code-failed": "5/15m",  # a person's second factor
    "code-once": "1/150s",  # a code is valid for three half minutes, whichever clock is ahead
    "export": "20/h",
    "search": "300/m",
    "chat": "20/m",
    "api": "3000/m",
}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
SLACK = 0.001  # what sums of times lose by rounding
# Taken ahead, as such a part of the bucket: what is asked so often that a statement each would cost
# more than it protects.
AHEAD = {"api": 100, "search": 10}
MOST_AHEAD = 10_000
_ahead: dict[str, int] = {}
_lock = threading.Lock()
TAKE = """
    INSERT INTO rate_buckets (key, full_at) VALUES (%(key)s, %(now)s + %(step)s)
    ON CONFLICT (key) DO UPDATE SET full_at = %(step)s
        + CASE WHEN rate_buckets.full_at > %(now)s THEN rate_buckets.full_at ELSE %(now)s END
    WHERE rate_buckets.full_at <= %(latest)s
    RETURNING full_at"""


def parsed(rate):
    """(how many, in how many seconds) of "5/15m"."""
    amount, _, span = rate.partition("/")
    return int(amount), int(span[:-1] or 1) * SECONDS[span[-1]]


def key_of(name, who):
    whose = "\0".join(str(part) for part in who)
    return salted_hmac(f"wealthai.limits.{name}", whose, algorithm="sha256").hexdigest()


def take(name, *who, count=1):
    """0 where so many more are allowed, which counts them; else the seconds until they are."""
    amount, span = parsed(settings.RATE_LIMITS[name])
    step, now, key = count * span / amount, time.time(), key_of(name, who)
    latest = now + span - step + SLACK
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"key": key, "now": now, "step": step, "latest": latest})
        if cursor.fetchone():
            return 0
        cursor.execute("SELECT full_at FROM rate_buckets WHERE key = %s", [key])
        row = cursor.fetchone()
    return max(1, math.ceil(row[0] - latest)) if row else 1


def take_from_ahead(name, *who):
    """The same for the names in AHEAD.

    A worker takes a part of the bucket at once and gives it out by itself. So at worst that part more
    or less get through for each worker, more where it was taken before a pause.
    """
    key = key_of(name, who)
    with _lock:
        if _ahead.get(key):
            _ahead[key] -= 1
            return 0
    count = max(1, parsed(settings.RATE_LIMITS[name])[0] // AHEAD[name])
    wait = take(name, *who, count=count)
    if not wait and count > 1:
        with _lock:
            if len(_ahead) >= MOST_AHEAD:
                _ahead.clear()
            _ahead[key] = _ahead.get(key, 0) + count - 1
    return wait


def forget_ahead():
    _ahead.clear()


def give_back(name, *who):
    """What was no failure after all does not count."""
    amount, span = parsed(settings.RATE_LIMITS[name])
    with connection.cursor() as cursor:
        sql = "UPDATE rate_buckets SET full_at = full_at - %s WHERE key = %s"
        cursor.execute(sql, [span / amount, key_of(name, who)])


def refill(name, *who):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM rate_buckets WHERE key = %s", [key_of(name, who)])


def forget_full():
    """Buckets that are as good as new."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM rate_buckets WHERE full_at < %s", [time.time()])
