"""The pool of database connections, and what it does while there is no database."""

from psycopg import Connection, OperationalError


class CheckedConnection(Connection):
    """One that the pool finds broken takes the other idle ones with it: a restart of the database breaks
    them all. The library would hand out one after the other, each after a pause of twice the length."""

    def execute(self, *args, **kwargs):
        """The pool's check, before it hands out this connection; Django asks through cursors."""
        try:
            return super().execute(*args, **kwargs)
        except OperationalError:
            if self.broken and self._pool:
                self._pool.drain()
            raise


def session(given, lock_seconds):
    """What each connection tells PostgreSQL, after what was `given`; 0 lets it wait for locks at will.

    `wealthai.writer` tells our writes from those of other systems (customers/foreign_writes.py). No jit:
    compiling a statement takes longer than any of ours runs; helpers only for what takes long, to start
    one costs a page more than it does.
    """
    told = [given, "-c wealthai.writer=app -c jit=off -c parallel_setup_cost=10000"]
    if lock_seconds:
        told.append(f"-c lock_timeout={lock_seconds}s")
    return " ".join(filter(None, told))


def options(most):
    return {
        "connection_class": CheckedConnection,
        "min_size": 1,
        "max_size": most,
        "timeout": 10,
        # The library's own pauses would grow to as long as the database was away.
        "reconnect_timeout": 1,
        "reconnect_failed": tell_the_waiting,
    }


def tell_the_waiting(pool):
    """Whoever waits is told at once that the database is away; where it is only busy, they wait on.

    For `reconnect_failed`. The library would let them wait until its time-out in both cases.
    """
    if pool.get_stats()["pool_size"]:
        return
    with pool._lock:
        waiting = list(pool._waiting)
        pool._waiting.clear()
    for client in waiting:
        client.fail(OperationalError("The database cannot be reached."))
