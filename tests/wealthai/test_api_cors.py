import pytest

HERE = "https://portal.example.jp"


@pytest.fixture(autouse=True)
def listed_origin(settings):
    settings.CORS_ALLOWED_ORIGINS = [HERE]


def preflight(client, origin, path="/api/customers"):
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization, if-match",
    }
    return client.options(path, headers=asked)


def test_listed_origin_may_send_what_the_api_reads(client):
    response = preflight(client, HERE)

    allowed = response["Access-Control-Allow-Headers"].split(", ")
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (200, HERE)
    assert {"authorization", "if-match", "idempotency-key", "last-event-id"} <= set(allowed)


def test_listed_origin_may_read_version_and_place(client, db):
    response = client.get("/api/customers", headers={"Origin": HERE})

    shown = response["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Location", "Retry-After"} <= set(shown)


def test_listed_origin_never_gets_a_session(client, db):
    response = client.get("/api/customers", headers={"Origin": HERE})

    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize(
    "origin",
    ["null", "https://evil.example", HERE + ".evil.example", "http" + HERE[5:], HERE + ":8443"],
    ids=["null", "foreign", "suffix", "plain-http", "other-port"],
)
def test_other_origins_get_nothing(client, origin):
    assert "Access-Control-Allow-Origin" not in preflight(client, origin)


def test_pages_are_open_to_no_origin(client):
    assert "Access-Control-Allow-Origin" not in preflight(client, HERE, "/healthz")
