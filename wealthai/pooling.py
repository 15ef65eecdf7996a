"""What the pool of database connections does while there is no database (settings.DATABASES)."""

from psycopg import OperationalError


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
