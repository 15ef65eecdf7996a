"""Lists of what belongs to customers are searched by customer as the customers' own list is."""

import pytest
from django.urls import reverse

from customers.models import AccessRecord, Task
from tests.factories import CashInflowFactory, HoldingFactory, SalesNoteFactory
from wealthai.writing import Source

LISTS = ["holding", "salesnote", "cashinflow", "task", "accessrecord"]


@pytest.fixture
def belongings(ito, nakamura, tanaka):
    """One record of each kind for each of two customers."""
    for customer in (ito, nakamura):
        HoldingFactory(customer=customer)
        SalesNoteFactory(customer=customer)
        CashInflowFactory(customer=customer)
        Task.objects.create(customer=customer, title="電話する", assignee=tanaka)
        AccessRecord.objects.create(
            customer=customer, user=tanaka, act=AccessRecord.Act.VIEW, source=Source.PAGE
        )


def found(client, name, text):
    answer = client.get(reverse(f"admin:customers_{name}_changelist"), {"q": text})
    return [row.customer.name for row in answer.context["cl"].result_list]


@pytest.mark.parametrize(
    "text", ["伊藤", "ｲﾄｳ", "c001", "09011111111", "赤坂 イトウ"], ids=range(5)
)
@pytest.mark.parametrize("name", LISTS)
def test_list_finds_the_records_of_a_customer_by(client, compliance, belongings, name, text):
    client.force_login(compliance)

    assert found(client, name, text) == ["伊藤正雄"]


@pytest.mark.parametrize("text", ["\ufffd", "誰もいない"], ids=range(2))
@pytest.mark.parametrize("name", LISTS)
def test_list_finds_nothing_for(client, compliance, belongings, name, text):
    client.force_login(compliance)

    assert found(client, name, text) == []


def test_words_may_stand_in_the_record_and_in_its_customer(client, office, belongings):
    client.force_login(office)

    assert found(client, "task", "電話 中村") == ["中村健一"]


@pytest.mark.parametrize("text", ["電話 中 村", "電話 ・ C003"])
def test_every_word_stands_in_the_record_or_in_its_customer(client, office, belongings, text):
    client.force_login(office)

    assert found(client, "task", text) == ["中村健一"]


@pytest.mark.parametrize("text", ["電話・", "メール 中村", "・"])
def test_record_is_not_found_where_a_word_stands_nowhere(client, office, belongings, text):
    client.force_login(office)

    assert found(client, "task", text) == []


@pytest.mark.parametrize("name", LISTS)
def test_list_takes_ten_queries_however_many_words_are_sought(
    client, compliance, belongings, name, django_assert_max_num_queries
):
    client.force_login(compliance)
    words = " ".join("あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめも")

    with django_assert_max_num_queries(10):  # with those of filters and pages
        assert found(client, name, words) == []


def test_choices_of_a_form_are_found_by_telephone_number(client, office, ito, nakamura):
    client.force_login(office)
    asked = {"app_label": "customers", "model_name": "holding", "field_name": "customer"}

    answer = client.get(reverse("admin:autocomplete"), asked | {"term": "0901111"}).json()

    assert [choice["id"] for choice in answer["results"]] == [str(ito.pk)]
