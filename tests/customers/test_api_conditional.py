"""If-Match under pressure: whoever saw an older row changes nothing, however many try at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client

from customers.models import Customer
from tests.customers.test_customer_form_page import edit, typed

RACERS = 20


def archived(customer):
    return Customer.objects.get(pk=customer.pk).archived_at is not None


@pytest.fixture
def place(ito):
    return f"/api/customers/{ito.pk}"


@pytest.fixture
def office_api(api, office):
    api.force_login(office)
    return api


@pytest.mark.parametrize("given", ["W/{}", '"x"', "x", '""', '"x", W/{}', "{}x"])
def test_archiving_another_version_is_412_with_the_current_row(office_api, place, ito, given):
    headers = {"If-Match": given.format(office_api.get(place)["ETag"])}

    response = office_api.delete(place, headers=headers)

    assert (response.status_code, archived(ito)) == (412, False)
    assert response.json()["current"] == office_api.get(place).json()


@pytest.mark.parametrize("given", ["{}", '"x", {}', 'W/"x", {}', "*", " * "])
def test_archiving_the_current_version_is_done(office_api, place, ito, given):
    headers = {"If-Match": given.format(office_api.get(place)["ETag"])}

    assert office_api.delete(place, headers=headers).status_code == 204
    assert archived(ito)


def test_archiving_what_another_system_changed_is_412(office_api, place, ito):
    seen = office_api.get(place)["ETag"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers SET phone = '0' WHERE customer_id = %s", [ito.pk])

    response = office_api.delete(place, headers={"If-Match": seen})

    assert (response.status_code, response.json()["current"]["phone"]) == (412, "0")


def test_archiving_without_if_match_is_428_where_it_is_required(office_api, place, ito, settings):
    settings.API_REQUIRE_IF_MATCH = True

    assert office_api.delete(place).status_code == 428
    assert not archived(ito)


def test_if_match_on_a_missing_customer_is_404(office_api):
    answers = [
        getattr(office_api, verb)("/api/customers/987654", headers={"If-Match": "*"})
        for verb in ("put", "patch", "delete")
    ]

    assert [answer.status_code for answer in answers] == [404] * 3


def test_figures_kept_beside_the_row_do_not_change_its_version(api, place, ito):
    before = api.get(place)["ETag"]
    Customer.objects.filter(pk=ito.pk).update(yen_assets=1)

    assert api.get(place)["ETag"] == before


def in_threads(call, arguments):
    """The answers of `call`, RACERS at a time, each on a database connection of its own."""

    def one(argument):
        try:
            return call(argument)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(one, arguments))


@pytest.fixture
def signed_in(tanaka):
    """Makes a browser in which Tanaka is signed in; the session is shared, as in two tabs."""
    first = Client()
    first.force_login(tanaka)

    def another():
        browser = Client()
        browser.cookies = first.cookies.copy()
        return browser

    return another


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_changes_as_many_happen_as_were_confirmed(signed_in, ito, place):
    def change(number):
        browser = signed_in()
        headers = {"If-Match": browser.get(place)["ETag"]}
        body = {"phone": f"03-1234-{number:04}"}
        return browser.patch(place, body, content_type="application/json", headers=headers)

    codes = [answer.status_code for answer in in_threads(change, range(100))]

    assert set(codes) <= {200, 412}
    assert ito.history.count() - 1 == codes.count(200) > 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_who_opened_the_same_form_one_saves_it(signed_in, ito):
    sent = [typed(ito, occupation=f"職業{number}") for number in range(RACERS)]

    answers = in_threads(lambda data: signed_in().post(edit(ito), data), sent)

    assert sorted(answer.status_code for answer in answers) == [200] * (RACERS - 1) + [302]
    assert ito.history.count() == 2
