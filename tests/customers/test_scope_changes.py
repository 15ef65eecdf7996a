"""Another adviser, another role, another branch, a person switched off: true at the next request."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from chat.models import ChatExchange, Conversation
from customers.models import Customer
from customers.roles import Role
from tests.customers.test_customer_form_page import edit, typed

LIST = reverse("customers:list")
ADMIN_LIST = reverse("admin:customers_customer_changelist")


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def with_token(person):
    return Client(headers={"Authorization": f"Bearer {AuthToken.objects.create(person)[1]}"})


def hand_over(customer, adviser):
    customer.sales_rep = adviser
    customer.save()


def give_role(person, role):
    person.groups.set([Group.objects.get(name=role)])


def places(customer):
    """Where a customer is met: record, form, JSON, chat, and the back office's four pages."""
    number = customer.pk
    start = f"{ADMIN_LIST}{number}"
    pages = [customer.get_absolute_url(), edit(customer), f"/chat?customer={number}"]
    office = [f"{start}/change/", f"{start}/history/"]
    return pages, [f"/api/customers/{number}"], office


def statuses(client, urls):
    return {client.get(url).status_code for url in urls}


def listed(client, url=LIST):
    """Who of the cast stands on the page."""
    text = client.get(url).text
    return [name for name in ("伊藤正雄", "中村健一") if name in text]


# --- Another adviser --------------------------------------------------------------------------
def test_customer_given_away_is_gone_at_the_next_request(page, ito, suzuki):
    pages, api, _ = places(ito)
    before = statuses(page, pages + api)

    hand_over(ito, suzuki)

    assert (before, statuses(page, pages + api), listed(page)) == ({200}, {404}, [])


def test_customer_given_to_a_person_is_there_at_the_next_request(page, nakamura, tanaka):
    pages, api, _ = places(nakamura)
    before = statuses(page, pages + api)

    hand_over(nakamura, tanaka)

    assert (before, statuses(page, pages + api), listed(page)) == ({404}, {200}, ["中村健一"])


def test_form_that_was_open_saves_nothing_any_more(page, ito, suzuki):
    sent = typed(ito, occupation="医師")
    hand_over(ito, suzuki)

    response = page.post(edit(ito), sent)

    assert (response.status_code, Customer.objects.get().occupation) == (404, None)


def test_token_loses_the_customer_with_its_person(ito, tanaka, suzuki):
    theirs, mine = with_token(tanaka), with_token(suzuki)
    _, api, _ = places(ito)
    before = statuses(theirs, api), statuses(mine, api)

    hand_over(ito, suzuki)

    assert (before, statuses(theirs, api), statuses(mine, api)) == (({200}, {404}), {404}, {200})


def test_known_version_does_not_answer_304_any_more(page, ito, suzuki):
    url = f"/api/customers/{ito.pk}"
    known = {"If-None-Match": page.get(url)["ETag"]}

    hand_over(ito, suzuki)

    assert page.get(url, headers=known).status_code == 404


def test_conversation_about_the_customer_closes(page, ito, tanaka, suzuki):
    talk = Conversation.objects.create(adviser=tanaka, customer=ito, title="償還")
    said = ChatExchange.objects.create(
        adviser=tanaka, customer=ito, conversation=talk, message="償還は", response="12月"
    )
    urls = [f"/chat?conversation={talk.pk}", f"/api/chat/{said.pk}"]
    before = statuses(page, urls)

    hand_over(ito, suzuki)

    question = {"message": "続き", "conversation_id": talk.pk}
    asked = page.post("/api/chat", question, content_type="application/json")
    assert (before, statuses(page, urls)) == ({200}, {404})
    assert (asked.status_code, list(asked.json()["errors"])) == (400, ["conversation_id"])
    assert page.get("/api/chat").json()["results"] == []


def test_filter_that_was_open_in_the_back_office_is_empty(manager, ito, tanaka, suzuki):
    client = signed_in(manager)
    filtered = f"{ADMIN_LIST}?adviser={tanaka.pk}"
    before = listed(client, filtered)

    hand_over(ito, suzuki)

    assert (before, listed(client, filtered), listed(client, ADMIN_LIST)) == (["伊藤正雄"], [], [])
    assert statuses(client, places(ito)[2]) == {404}


# --- Another role or branch -------------------------------------------------------------------
def test_adviser_made_branch_manager_sees_the_branch(page, tanaka, manager, ito):
    hand_over(ito, manager)
    before = listed(page)

    give_role(tanaka, Role.BRANCH_MANAGER)

    assert (before, listed(page)) == ([], ["伊藤正雄"])


def test_branch_manager_made_adviser_sees_own_customers_only(manager, ito):
    client, token = signed_in(manager), with_token(manager)
    pages, api, office = places(ito)
    before = statuses(client, pages + api + office), statuses(token, api)

    give_role(manager, Role.ADVISER)

    after = statuses(client, pages + api + office), statuses(token, api)
    assert (before, after) == (({200}, {200}), ({404}, {404}))


def test_branch_manager_who_moves_sees_the_new_branch(manager, ito, nakamura):
    client = signed_in(manager)
    before = listed(client)

    manager.branch = "大阪支店"
    manager.save()

    assert (before, listed(client), listed(client, ADMIN_LIST)) == (
        ["伊藤正雄"],
        ["中村健一"],
        ["中村健一"],
    )


def test_customer_follows_an_adviser_who_moves(manager, ito, tanaka):
    client = signed_in(manager)
    tanaka.branch = "大阪支店"
    tanaka.save()

    assert (listed(client), statuses(client, places(ito)[2])) == ([], {404})


def test_who_loses_every_role_loses_the_firm(office, ito):
    client = signed_in(office)
    before = listed(client)

    office.groups.clear()

    assert (before, listed(client)) == (["伊藤正雄"], [])
    assert client.post(reverse("customers:create"), {"name": "大野"}).status_code == 403


def test_who_loses_the_back_office_is_led_out_of_it(office, ito):
    client = signed_in(office)
    office.is_staff = False
    office.save()

    assert statuses(client, [ADMIN_LIST, *places(ito)[2]]) == {302}
    assert statuses(client, places(ito)[0]) == {200}


# --- Nobody any more --------------------------------------------------------------------------
@pytest.fixture
def switched_off(office):
    """Session and token of somebody who was switched off after signing in."""
    clients = signed_in(office), with_token(office)
    assert [client.get("/api/customers").status_code for client in clients] == [200, 200]
    office.is_active = False
    office.save()
    return clients


def test_who_is_switched_off_is_sent_to_the_log_in(switched_off, ito):
    session, _ = switched_off
    pages, _, office = places(ito)

    answers = [session.get(url) for url in [LIST, "/", *pages, ADMIN_LIST, *office]]

    assert {answer.status_code for answer in answers} == {302}
    assert all("/login" in answer.url for answer in answers)


def test_who_is_switched_off_gets_401_from_the_api(switched_off, ito):
    urls = ["/api/customers", "/api/chat", *places(ito)[1]]

    assert [statuses(client, urls) for client in switched_off] == [{401}, {401}]


def test_who_is_switched_off_changes_nothing(switched_off, ito):
    session, token = switched_off
    sent = typed(ito, occupation="医師")

    session.post(edit(ito), sent)
    for client in (session, token):
        place = f"/api/customers/{ito.pk}"
        client.patch(place, {"occupation": "医師"}, content_type="application/json")

    assert Customer.objects.get().occupation is None
