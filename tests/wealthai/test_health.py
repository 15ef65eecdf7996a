import pytest
from django.db import connection


def test_healthz_answers_without_a_query(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_readyz_reports_database_migrations_and_ai(client, db):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert list(response.json()) == ["status", "database", "migrations", "ai"]
    assert response.json()["status"] == "ok"


def test_readyz_stays_ready_without_the_model(client, db, settings):
    settings.AI_ENABLED = False

    response = client.get("/readyz")

    assert (response.status_code, response.json()["ai"]) == (200, "warning")


def test_readyz_says_no_while_a_migration_is_pending(client, db):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'dashboard' OR app = 'wealthai'")

    response = client.get("/readyz")

    assert (response.status_code, response.json()["migrations"]) == (503, "pending")


def test_readyz_says_no_while_a_release_drains_the_server(client, db, settings, tmp_path):
    settings.DRAINING_FILE = tmp_path / "draining"
    settings.DRAINING_FILE.touch()

    found = {path: client.get(path).status_code for path in ("/readyz", "/healthz")}

    assert found == {"/readyz": 503, "/healthz": 200}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_health_pages_are_never_cached(client, db, path):
    assert "no-store" in client.get(path).headers["Cache-Control"]


def test_metrics_are_text_for_prometheus(client, db):
    response = client.get("/metrics")

    assert response.status_code == 200
    assert b"# TYPE wealthai_requests_total counter" in response.content


def test_metrics_do_not_exist_for_others(client, db):
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404


def test_metrics_believe_the_trusted_header_only(client, db, settings):
    settings.CLIENT_IP_HEADER = "X-Real-IP"

    asked_by = {
        ip: client.get("/metrics", headers={"X-Real-IP": ip}).status_code
        for ip in ("127.0.0.1", "203.0.113.9", "nonsense")
    }

    assert asked_by == {"127.0.0.1": 200, "203.0.113.9": 404, "nonsense": 404}
