import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from wealthai import api
from wealthai.api.idempotency import Claim, Replay, claim, forget_expired
from wealthai.models import IdempotencyKey

ONO = {"name": "大野達也"}


@pytest.fixture
def send(page):
    def post(body=ONO, key="key-1", client=page):
        headers = {"Idempotency-Key": key}
        return client.post("/api/customers", body, content_type="application/json", headers=headers)

    return post


def grow_old(hours):
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=hours))


def test_idempotency_key_gets_the_first_answer_again(send):
    first, second = send(), send()

    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert [second[name] for name in ("ETag", "Location")] == [first["ETag"], first["Location"]]
    assert ["Idempotency-Replayed" in answer for answer in (first, second)] == [False, True]
    assert Customer.objects.count() == 1


def test_idempotency_key_ignores_the_order_of_the_fields(send):
    first = send({"name": "大野達也", "phone": "03-0000-0001"})

    assert send({"phone": "03-0000-0001", "name": "大野達也"}).content == first.content


def test_idempotency_key_refuses_another_body(send):
    send()

    response = send({"name": "大野達夫"})

    assert (response.status_code, Customer.objects.count()) == (422, 1)


def test_idempotency_key_of_an_unfinished_request_is_409(send, tanaka):
    claim(tanaka, "customers:api-list", "key-1", ONO)

    response = send()

    assert (response.status_code, response["Retry-After"]) == (409, "1")


def test_idempotency_key_is_not_used_up_by_a_refused_request(send):
    refused = send({"name": ""})

    assert (refused.status_code, send().status_code) == (400, 201)


def test_idempotency_key_belongs_to_its_person(send, suzuki):
    colleague = Client()
    colleague.force_login(suzuki)
    send()

    assert send(client=colleague).status_code == 201
    assert Customer.objects.count() == 2


def test_idempotency_key_belongs_to_its_route(tanaka):
    first, second = (claim(tanaka, route, "key-1", ONO) for route in ("a", "b"))

    assert isinstance(first, Claim)
    assert isinstance(second, Claim)


@pytest.mark.parametrize(("hours", "customers"), [(23, 1), (25, 2)], ids=["kept", "expired"])
def test_idempotency_key_lives_for_a_day(send, hours, customers):
    send()
    grow_old(hours)

    assert send().status_code == 201
    assert Customer.objects.count() == customers


def test_idempotency_key_may_carry_another_body_after_it_expired(send):
    send()
    grow_old(25)

    assert [send({"name": "別人"}).json()["name"] for _ in range(2)] == ["別人", "別人"]


def test_expired_idempotency_keys_are_forgotten(send):
    send(key="old")
    grow_old(25)
    send(key="new")

    assert forget_expired() == 1
    assert [row.key for row in IdempotencyKey.objects.all()] == ["new"]


@pytest.mark.parametrize(
    "key", ["", "a" * 256, "a b", "鍵", "a\tb"], ids=["empty", "long", "space", "kanji", "tab"]
)
def test_idempotency_key_of_other_characters_is_refused(send, key):
    response = send(key=key.encode().decode("latin-1"))

    assert (response.status_code, Customer.objects.count()) == (400, 0)


@pytest.mark.parametrize("key", ["a", "~" * 255, '"8e03978e"'], ids=["short", "longest", "quoted"])
def test_idempotency_key_of_visible_ascii_is_taken(send, key):
    assert send(key=key).status_code == 201


def test_claim_can_answer_before_the_effect_is_complete(tanaka):
    claim(tanaka, "chat", "key-1", ONO).finish(200, {"chat_id": 7})

    again = claim(tanaka, "chat", "key-1", ONO)

    assert again == Replay(200, '{"chat_id":7}', {})
    assert again.body == {"chat_id": 7}


def test_released_claim_may_be_taken_again(tanaka):
    claim(tanaka, "chat", "key-1", ONO).release()

    assert isinstance(claim(tanaka, "chat", "key-1", ONO), Claim)


def test_claim_goes_back_with_its_transaction(tanaka):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        claim(tanaka, "chat", "key-1", ONO).finish(1 // 0, {})

    assert not IdempotencyKey.objects.exists()


def in_parallel(count, act):
    """What `act` returned in each of `count` threads that started together."""
    barrier, found = threading.Barrier(count), []

    def run():
        barrier.wait()
        try:
            found.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_posts_with_one_key_make_one_customer(send):
    answers = in_parallel(20, send)

    assert {(answer.status_code, answer.content) for answer in answers} == {
        (201, answers[0].content)
    }
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 19
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_claims_that_are_committed_at_once_give_one_claim(tanaka):
    def act():
        try:
            return type(claim(tanaka, "chat", "key-1", ONO))
        except api.Conflict:
            return api.Conflict

    assert sorted(in_parallel(20, act), key=str) == [Claim] + [api.Conflict] * 19


@pytest.mark.django_db(transaction=True)
def test_parallel_posts_with_an_expired_key_make_one_more_customer(send):
    send()
    grow_old(25)

    in_parallel(8, send)

    assert Customer.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_parallel_posts_of_one_email_make_one_customer_and_field_errors(page):
    def act():
        body = {"name": "大野", "email": "ono@example.com"}
        answer = page.post("/api/customers", body, content_type="application/json")
        return answer.status_code, list(answer.json().get("errors", []))

    assert sorted(in_parallel(8, act)) == [(201, [])] + [(400, ["email"])] * 7
