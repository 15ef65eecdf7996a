import json

import pytest

from customers.models import Customer
from wealthai.api.parsing import MAX_DEPTH

NESTED = '{"name": ' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}"
# body and a word of the sentence that tells what is wrong
REFUSED = {
    "not-json": (b"name=x", "読み取れません"),
    "cut-off": (b'{"name": "x"', "1行目 13文字目"),
    "two-values": (b'{"name": "x"} {}', "読み取れません"),
    "array": (b'[{"name": "x"}]', "オブジェクト"),
    "string": (b'"name"', "オブジェクト"),
    "null": (b"null", "オブジェクト"),
    "same-name-twice": (b'{"name": "x", "name": "y"}', "name が2回"),
    "same-name-twice-inside": (b'{"name": {"a": 1, "a": 2}}', "a が2回"),
    "nan": (b'{"name": NaN}', "NaN"),
    "infinity": (b'{"name": -Infinity}', "-Infinity"),
    "float-overflow": (b'{"annual_income": 1e999}', "大きさ"),
    "number-of-5000-digits": (b'{"annual_income": ' + b"9" * 5000 + b"}", "桁数"),
    "nested-too-deep": (NESTED.encode(), "入れ子"),
    "nested-100000-deep": (b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "入れ子"),
    "objects-100000-deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "入れ子"),
    "latin-1": ('{"name": "é"}'.encode("latin-1"), "UTF-8"),
    "cp932": ('{"name": "伊藤"}'.encode("cp932"), "UTF-8"),
    "utf-16": ('{"name": "x"}'.encode("utf-16"), "UTF-8"),
    "raw-surrogate": (b'{"name": "\xed\xa0\x80"}', "UTF-8"),
    "nul-in-key": (b'{"na\\u0000me": "x"}', "項目名"),
    "surrogate-in-key": (b'{"\\ud800": "x"}', "項目名"),
    "raw-control-character": (b'{"name": "a\x00b"}', "読み取れません"),
}
UNSTORABLE = {
    "nul": b'{"name": "a\\u0000b"}',
    "lone-surrogate": b'{"name": "\\ud800"}',
    "reversed-pair": b'{"name": "\\udc00\\ud800"}',
    "nul-inside": b'{"name": {"deep": ["ok", "a\\u0000"]}}',
    "surrogate-in-inner-key": b'{"name": [{"\\udfff": 1}]}',
}


@pytest.fixture
def send(api):
    def post(body, content_type="application/json"):
        return api.generic("POST", "/api/customers", body, content_type)

    return post


@pytest.mark.parametrize(("body", "word"), REFUSED.values(), ids=REFUSED)
def test_json_that_two_readers_could_read_differently_is_refused(send, body, word):
    response = send(body)

    assert response.status_code == 400
    assert word in response.json()["detail"]
    assert not Customer.objects.exists()


@pytest.mark.parametrize("body", UNSTORABLE.values(), ids=UNSTORABLE)
def test_json_with_unstorable_text_names_the_field(send, body):
    response = send(body)

    assert (response.status_code, list(response.json()["errors"])) == (400, ["name"])
    assert not Customer.objects.exists()


def test_json_at_the_depth_limit_is_a_wrong_type_and_nothing_else(send):
    body = '{"name": ' + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1) + "}"

    assert list(send(body).json()["errors"]) == ["name"]


@pytest.mark.parametrize(
    ("before", "after"), [("\ufeff", ""), (" \t", "\r\n")], ids=["bom", "white-space"]
)
def test_json_in_utf_8_is_accepted(send, before, after):
    response = send(f'{before}{{"name": "𠮷"}}{after}'.encode())

    assert (response.status_code, response.json()["name"]) == (201, "𠮷")


def test_json_surrogate_pair_is_one_character(send):
    assert send(b'{"name": "\\ud842\\udfb7"}').json()["name"] == "\U00020bb7"


def test_json_over_the_limit_is_413(send):
    response = send(json.dumps({"name": "あ" * 1_000_000}, ensure_ascii=False).encode())

    assert (response.status_code, response.json()["status"]) == (413, 413)
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=shift_jis",
        "application/json; charset=utf-16",
        "application/" + "x" * 5000,
    ],
    ids=["text", "xml", "form", "multipart", "shift-jis", "utf-16", "long"],
)
def test_json_under_another_name_is_415(send, content_type):
    response = send(b'{"name": "x"}', content_type)

    assert (response.status_code, response.json()["status"]) == (415, 415)


def test_json_without_body_lacks_the_required_field(send):
    assert list(send(b"").json()["errors"]) == ["name"]


def test_json_times_are_local(api, ito):
    row = api.get(f"/api/customers/{ito.pk}").json()

    assert row["created_at"].endswith("+09:00")
    assert row == api.get("/api/customers").json()["results"][0]
