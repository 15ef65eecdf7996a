import datetime

import pytest
from django.urls import reverse

from customers.models import CashInflow
from tests.factories import CashInflowFactory

VALUES = {
    "source_type": "retirement",
    "predicted_amount": "1.5億",
    "predicted_date": "2027/03/31",
    "confidence_level": "high",
    "status": "predicted",
    "actual_amount": "",
    "actual_date": "",
    "source_note": "",
}


def new(customer):
    return reverse("customers:inflow-create", args=[customer.pk])


def edit(inflow):
    return reverse("customers:inflow-update", args=[inflow.pk])


def delete(inflow):
    return reverse("customers:inflow-delete", args=[inflow.pk])


def shown(page, inflow):
    form = page.get(edit(inflow)).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_inflow_is_added_as_people_write_amounts(page, ito, tanaka):
    response = page.post(new(ito), VALUES)

    inflow = CashInflow.objects.get()
    assert response.url == ito.get_absolute_url()
    assert (inflow.customer, inflow.sales_rep) == (ito, tanaka)
    assert (inflow.predicted_amount, inflow.predicted_date) == (
        150_000_000,
        datetime.date(2027, 3, 31),
    )


@pytest.mark.parametrize(
    ("field", "typed", "word"),
    [
        ("predicted_amount", "", "予測金額（円）を入力"),
        ("predicted_amount", "2千5百", "2500万"),
        ("predicted_amount", "-5", "0円以上"),
        ("predicted_amount", "1000兆", "1,000兆以上"),
        ("predicted_date", "来春", "予測日は"),
        ("source_type", "lottery", "一覧から"),
    ],
    ids=range(6),
)
def test_wrong_value_is_refused_beside_its_field_and_kept(field, typed, word, page, ito):
    form = page.post(new(ito), VALUES | {field: typed}).context["form"]

    assert list(form.errors) == [field]
    assert (word in form.errors[field][0], form[field].value()) == (True, typed)


def test_received_money_needs_amount_and_day(page, ito):
    form = page.post(new(ito), VALUES | {"status": "received"}).context["form"]

    assert list(form.errors) == ["actual_amount", "actual_date"]
    assert "実績日を入力" in form.errors["actual_date"][0]


def test_inflow_is_marked_as_received(page, ito):
    inflow = CashInflowFactory(customer=ito)
    came = {"status": "received", "actual_amount": "98万", "actual_date": "2027/04/02"}

    page.post(edit(inflow), shown(page, inflow) | came)

    inflow.refresh_from_db()
    assert (inflow.status, inflow.actual_amount) == ("received", 980_000)
    assert inflow.history.first().history_user == ito.sales_rep


def test_edit_after_somebody_elses_saves_nothing(page, ito):
    inflow = CashInflowFactory(customer=ito)
    typed = shown(page, inflow) | {"predicted_amount": "7"}
    inflow.predicted_amount = 5
    inflow.save()

    response = page.post(edit(inflow), typed)

    assert (response.status_code, CashInflow.objects.get().predicted_amount) == (200, 5)


def test_deleting_names_the_thing_and_history_keeps_it(client, office, ito):
    client.force_login(office)
    inflow = CashInflowFactory(customer=ito, source_type="retirement")

    question = client.get(delete(inflow))
    client.post(delete(inflow), {"version": question.context["form"]["version"].value()})

    assert "退職金 1,000,000円（2027/03/31）" in question.text
    assert (CashInflow.objects.count(), CashInflow.history.first().history_type) == (0, "-")


def test_advisers_may_not_delete(page, ito):
    inflow = CashInflowFactory(customer=ito)

    assert delete(inflow) not in page.get(edit(inflow)).text
    assert page.post(delete(inflow)).status_code == 403


def test_inflow_of_anothers_or_archived_customer_is_not_stored(page, ito, nakamura):
    foreign, archived = CashInflowFactory(customer=nakamura), CashInflowFactory(customer=ito)
    ito.archive()

    answers = [page.get(edit(one)) for one in (foreign, archived)]
    answers += [page.post(new(one), VALUES) for one in (ito, nakamura)]

    assert [answer.status_code for answer in answers] == [404, 404, 409, 404]
