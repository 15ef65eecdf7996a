import pytest
from django.core.management import call_command


@pytest.fixture
def document(api):
    return api.get("/api/schema").json()


def operations(document):
    return {
        f"{method} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_schema_is_valid_and_complete(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", tmp_path / "schema.yml")


def test_schema_is_json_of_openapi_3_1(api):
    response = api.get("/api/schema", headers={"Accept": "application/json"})

    assert response["Content-Type"] == "application/json; charset=utf-8"
    assert response.json()["openapi"] == "3.1.1"


def test_schema_knows_the_documented_endpoints(document):
    customers = [name for name in operations(document) if "customers" in name]

    assert customers == [
        "get /api/customers",
        "post /api/customers",
        "get /api/customers/{customer_id}",
        "put /api/customers/{customer_id}",
        "patch /api/customers/{customer_id}",
        "delete /api/customers/{customer_id}",
    ]


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        ("get /api/customers", ["200", "400", "401", "503"]),
        (
            "post /api/customers",
            ["201", "400", "401", "403", "409", "413", "415", "422", "503"],
        ),
        ("get /api/customers/{customer_id}", ["200", "304", "401", "404", "503"]),
        (
            "put /api/customers/{customer_id}",
            ["200", "400", "401", "403", "404", "412", "413", "415", "428", "503"],
        ),
        (
            "delete /api/customers/{customer_id}",
            ["204", "401", "403", "404", "412", "428", "503"],
        ),
    ],
)
def test_schema_lists_the_errors_of_each_operation(document, operation, statuses):
    assert sorted(operations(document)[operation]["responses"]) == statuses


def test_schema_errors_show_the_real_sentences(api, document):
    shown = document["components"]["responses"]["Problem404"]["content"]
    real = api.get("/api/customers/1").json()

    example = shown["application/problem+json"]["example"]
    assert example | {"request_id": real["request_id"]} == real


def test_schema_summaries_are_japanese(document):
    summaries = [operation.get("summary", "") for operation in operations(document).values()]

    assert [text for text in summaries if text.isascii()] == []


def test_schema_names_the_prefix_as_server(api, settings):
    settings.FORCE_SCRIPT_NAME = "/crm"

    assert api.get("/api/schema").json()["servers"] == [{"url": "/crm"}]


def test_schema_needs_a_sign_in(client, db):
    assert client.get("/api/schema").status_code == 401


def test_docs_ask_for_the_log_in(client, db):
    response = client.get("/api/docs")

    assert (response.status_code, response["Location"]) == (302, "/accounts/login?next=/api/docs")


def test_docs_load_everything_from_here(page):
    response = page.get("/api/docs")

    assert response.status_code == 200
    assert "://" not in response.content.decode()
    assert "<style" not in response.content.decode()


def test_docs_relax_the_policy_for_images_alone(page):
    here, elsewhere = (
        page.get(path)["Content-Security-Policy"] for path in ("/api/docs", "/api/schema")
    )

    rules = [set(policy.split("; ")) for policy in (here, elsewhere)]
    assert rules[0] - rules[1] == {"img-src 'self' data:"}
    assert rules[1] - rules[0] == set()
