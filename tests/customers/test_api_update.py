import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from customers.models import Customer


@pytest.fixture
def place(ito):
    return f"/api/customers/{ito.pk}"


def stored(customer):
    return Customer.objects.get(pk=customer.pk)


def test_detail_carries_a_strong_etag_and_is_not_cached(api, place, ito):
    response = api.get(place)

    assert response["ETag"] == f'"{stored(ito).version()}"'
    assert "no-store" in response["Cache-Control"]


def test_detail_that_the_caller_has_is_304(api, place):
    known = api.get(place)["ETag"]

    response = api.get(place, headers={"If-None-Match": known})

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", known)


def test_plain_put_replaces_what_is_sent_and_leaves_the_rest(api, place, ito):
    response = api.put(place, {"name": "伊藤正男", "phone": "03-2222-2222"}, format="json")

    changed = stored(ito)
    assert response.status_code == 200
    assert (changed.name, changed.phone) == ("伊藤正男", "03-2222-2222")
    assert (changed.email, changed.customer_code) == ("ito@example.com", "C001")


def test_put_of_the_whole_row_as_it_was_read_changes_nothing(api, place, ito):
    row = api.get(place).json()

    response = api.put(place, row, format="json")

    assert response.json() == row
    assert ito.history.count() == 1


def test_put_empties_what_is_sent_as_null(api, place, ito):
    api.put(place, {"name": "伊藤正雄", "email": None, "phone": ""}, format="json")

    assert (stored(ito).email, stored(ito).phone) == (None, None)


def test_put_needs_the_name(api, place):
    response = api.put(place, {"phone": "03-2222-2222"}, format="json")

    assert (response.status_code, list(response.json()["errors"])) == (400, ["name"])


def test_patch_changes_one_field(api, place, ito):
    row = api.patch(place, {"risk_tolerance": 5}, format="json").json()

    assert (row["risk_tolerance"], row["name"]) == ("5", "伊藤正雄")


def test_change_answers_with_the_new_version(api, place):
    before = api.get(place)["ETag"]

    after = api.patch(place, {"phone": "03-2222-2222"}, format="json")["ETag"]

    assert after == api.get(place)["ETag"] != before


def test_change_writes_history_with_person_and_source(api, place, ito, tanaka):
    api.patch(place, {"phone": "03-2222-2222"}, format="json")

    newest = ito.history.first()
    assert (newest.history_user, newest.source) == (tanaka, "api")
    assert (newest.phone, newest.prev_record.phone) == ("03-2222-2222", "090-1111-1111")


@pytest.mark.parametrize("given", ["{}", '"x", {}', "*"], ids=["same", "one-of-two", "any"])
def test_put_with_the_current_version_is_done(api, place, given):
    headers = {"If-Match": given.format(api.get(place)["ETag"])}

    assert api.put(place, {"name": "伊藤"}, format="json", headers=headers).status_code == 200


@pytest.mark.parametrize("given", ['"x"', "W/{}", "x", '""', "é"], ids=lambda v: ascii(v))
@pytest.mark.parametrize("method", ["put", "patch"])
def test_change_of_a_stale_version_is_412_with_the_current_row(api, place, ito, method, given):
    headers = {"If-Match": given.format(api.get(place)["ETag"])}

    response = getattr(api, method)(place, {"name": "伊藤"}, format="json", headers=headers)

    assert (response.status_code, stored(ito).name) == (412, "伊藤正雄")
    assert response.json()["current"] == api.get(place).json()


def test_version_changes_with_raw_sql(api, place, ito):
    before = api.get(place)["ETag"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers SET phone = '0' WHERE customer_id = %s", [ito.pk])

    response = api.put(place, {"name": "x"}, format="json", headers={"If-Match": before})

    assert (response.status_code, response.json()["current"]["phone"]) == (412, "0")


def test_put_without_if_match_is_428_where_it_is_required(api, place, settings, ito):
    settings.API_REQUIRE_IF_MATCH = True

    answers = [getattr(api, verb)(place, {"name": "x"}, format="json") for verb in ("put", "patch")]

    assert [answer.status_code for answer in answers] == [428, 428]
    assert stored(ito).name == "伊藤正雄"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"customer_code": "C999"}, "customer_code"),
        ({"email": "nakamura@example.com"}, "email"),
        ({"sales_rep_id": None}, "sales_rep_id"),
        ({"sales_rep_id": 10**20}, "sales_rep_id"),
        ({"note": "x"}, "note"),
        ({"birth_date": "2099-01-01"}, "birth_date"),
        ({"ai_excluded": "maybe"}, "ai_excluded"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_patch_refuses_and_changes_nothing(api, place, ito, nakamura, body, field):
    Customer.objects.filter(pk=nakamura.pk).without_history().update(email="nakamura@example.com")
    before = api.get(place)["ETag"]

    response = api.patch(place, {"phone": "03-0000-0000", **body}, format="json")

    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert api.get(place)["ETag"] == before


def test_patch_keeps_the_code_when_it_is_sent_empty(api, place, ito):
    for code in (None, "", "C001"):
        assert api.patch(place, {"customer_code": code}, format="json").status_code == 200

    assert stored(ito).customer_code == "C001"


def test_patch_may_give_the_own_code_to_a_row_of_another_system(api, tanaka, ito):
    Customer.objects.filter(pk=ito.pk).without_history().update(customer_code=None)
    place, code = f"/api/customers/{ito.pk}", f"W{ito.pk}"

    assert api.patch(place, {"customer_code": code}, format="json").json()["customer_code"] == code


def test_patch_leaves_an_adviser_who_left(api, manager, tanaka, ito, place):
    tanaka.is_active = False
    tanaka.save()
    api.force_login(manager)

    response = api.patch(place, {"sales_rep_id": tanaka.pk, "phone": "03-0000-0000"}, format="json")

    assert response.status_code == 200


def test_manager_hands_a_customer_over_within_the_branch(api, manager, place, ito):
    api.force_login(manager)

    api.patch(place, {"sales_rep_id": manager.pk}, format="json")

    assert stored(ito).sales_rep == manager


def test_delete_archives_and_keeps_row_and_history(api, office, place, ito):
    api.force_login(office)

    response = api.delete(place)

    assert (response.status_code, response.content) == (204, b"")
    assert timezone.now() - stored(ito).archived_at < timedelta(minutes=1)
    assert (ito.history.first().history_user, ito.history.count()) == (office, 2)


def test_archived_customer_is_as_if_missing(api, office, place, ito):
    ito.archive()
    api.force_login(office)

    answers = [api.get(place), api.put(place, {"name": "x"}, format="json"), api.delete(place)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_delete_of_a_stale_version_is_412(api, office, place, ito):
    api.force_login(office)

    assert api.delete(place, headers={"If-Match": '"x"'}).status_code == 412
    assert stored(ito).archived_at is None


@pytest.mark.parametrize("method", ["get", "put", "patch"])
def test_another_persons_customer_answers_as_a_missing_one(api, nakamura, method):
    call = getattr(api, method)
    headers = {"X-Request-ID": "0123456789abcdef"}

    answers = [
        call(f"/api/customers/{pk}", {"name": "x"}, headers=headers, format="json")
        for pk in (nakamura.pk, 987654, 10**30)
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.content for answer in answers}) == 1
    assert stored(nakamura).name == "中村健一"


# person -> status of: list, add, and (of Ito) read, replace, change, archive
VERBS = {
    None: [401, 401, 401, 401, 401, 401],
    "tanaka": [200, 201, 200, 200, 200, 403],
    "suzuki": [200, 201, 404, 404, 404, 403],
    "manager": [200, 201, 200, 200, 200, 403],
    "office": [200, 201, 200, 200, 200, 204],
    "compliance": [200, 403, 200, 403, 403, 403],
}


@pytest.mark.parametrize("person", VERBS)
def test_each_role_may_do_its_part(request, client, ito, place, person):
    if person:
        client.force_login(request.getfixturevalue(person))
    body = {"data": {"name": "大野"}, "content_type": "application/json"}

    answers = [
        client.get("/api/customers"),
        client.post("/api/customers", **body),
        client.get(place),
        client.put(place, **body),
        client.patch(place, **body),
        client.delete(place),
    ]

    assert [answer.status_code for answer in answers] == VERBS[person]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_saw_the_same_version_one_changes_it(tanaka, ito, place):
    browser = Client()
    browser.force_login(tanaka)
    headers = {"If-Match": browser.get(place)["ETag"]}
    statuses = []

    def change(number):
        body = {"phone": f"03-0000-{number:04}"}
        answer = browser.patch(place, body, content_type="application/json", headers=headers)
        statuses.append(answer.status_code)
        connections.close_all()

    threads = [threading.Thread(target=change, args=[number]) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200] + [412] * 11
    assert ito.history.count() == 2
