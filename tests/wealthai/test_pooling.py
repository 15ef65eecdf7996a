"""The connections that PostgreSQL cut while nobody used them."""

import pytest
from django.db import connection

pytestmark = pytest.mark.postgres


def test_connections_that_a_restart_cut_are_replaced_at_once(transactional_db):
    pool = connection.pool
    idle = [pool.getconn() for _ in range(8)]
    with connection.cursor() as cursor:
        for one in idle:
            cursor.execute("SELECT pg_terminate_backend(%s)", [one.info.backend_pid])
            pool.putconn(one)

    fresh = pool.getconn(timeout=2)

    assert fresh.execute("SELECT 1").fetchone() == (1,)
    pool.putconn(fresh)
