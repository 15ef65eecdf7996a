"""Two people in the back office: the second sees both versions, in the record and in its rows."""

import datetime

import pytest
from django.urls import reverse

from customers.models import CashInflow, Customer, Holding, Product, Task
from tests.customers.test_admin_form import NO_ROWS, change_url
from tests.customers.test_two_editors import lines
from tests.customers.trails import forget
from tests.factories import (
    CashInflowFactory,
    EconomicEventFactory,
    HoldingFactory,
    ProductFactory,
)
from wealthai.history import MISSING
from wealthai.writing import writing


def admin_url(row):
    return reverse(f"admin:customers_{row._meta.model_name}_change", args=[row.pk])


def filled(response, **changes):
    """What a browser sends from the form of a page, its rows included."""
    context = response.context
    forms = [context["adminform"].form]
    data = dict(NO_ROWS)
    for inline in context.get("inline_admin_formsets", []):
        forms += [*inline.formset.initial_forms, inline.formset.management_form]
    for form in forms:
        data |= {bound.html_name: bound.value() for bound in form}
    return {name: "" if value is None else value for name, value in data.items()} | changes


def change(row, **values):
    """Somebody else is faster."""
    row = type(row).objects.get(pk=row.pk)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def delete(row):
    type(row).objects.get(pk=row.pk).delete()


@pytest.fixture
def browser(client, office):
    client.force_login(office)
    return client


def rows_of(ito):
    product = ProductFactory(product_code="P1", issuer="財務省")
    return {
        "product": product,
        "holding": HoldingFactory(customer=ito, product=product, quantity=10),
        "cashinflow": CashInflowFactory(customer=ito, source_note="退職"),
        "task": Task.objects.create(customer=ito, title="書類を送る"),
        "economicevent": EconomicEventFactory(title="総選挙"),
    }


# kind -> (field, what the other stored, what is typed, as words of the page)
CHANGED = {
    "product": ("issuer", "日本銀行", "東京都", ["財務省", "日本銀行", "東京都"]),
    "holding": ("quantity", 20, "30", ["10.00", "20.00", "30"]),
    "cashinflow": ("source_note", "相続", "売却", ["退職", "相続", "売却"]),
    "task": ("title", "電話する", "訪ねる", ["書類を送る", "電話する", "訪ねる"]),
    "economicevent": ("title", "日銀会合", "FOMC", ["総選挙", "日銀会合", "FOMC"]),
}


@pytest.mark.parametrize("kind", CHANGED)
def test_every_kind_of_row_shows_three_versions(browser, ito, kind):
    row = rows_of(ito)[kind]
    field, theirs, typed, words = CHANGED[kind]
    sent = filled(browser.get(admin_url(row)), **{field: typed})
    change(row, **{field: theirs})

    form = browser.post(admin_url(row), sent).context["adminform"].form

    assert lines(form.conflicts) == [(field, *words)]
    assert getattr(type(row).objects.get(pk=row.pk), field) == theirs


@pytest.mark.parametrize("kind", CHANGED)
def test_saving_a_row_again_keeps_what_was_typed(browser, ito, kind):
    row = rows_of(ito)[kind]
    field, theirs, typed, _ = CHANGED[kind]
    sent = filled(browser.get(admin_url(row)), **{field: typed})
    change(row, **{field: theirs})

    response = browser.post(admin_url(row), filled(browser.post(admin_url(row), sent)))

    assert response.status_code == 302
    assert str(getattr(type(row).objects.get(pk=row.pk), field)).removesuffix(".00") == typed


def test_customer_takes_over_what_only_the_other_changed(browser, ito):
    sent = filled(browser.get(change_url(ito)), occupation="医師")
    change(ito, birth_date=datetime.date(1955, 11, 8), phone="090-2222-2222")

    refused = browser.post(change_url(ito), sent)
    browser.post(change_url(ito), filled(refused))

    form, saved = refused.context["adminform"].form, Customer.objects.get(pk=ito.pk)
    assert [one.name for one in form.taken_over] == ["birth_date", "phone"]
    assert (saved.occupation, saved.phone, str(saved.birth_date)) == (
        "医師",
        "090-2222-2222",
        "1955-11-08",
    )


def test_page_lets_one_choose(browser, ito):
    sent = filled(browser.get(change_url(ito)), occupation="医師")
    change(ito, occupation="弁護士")
    refused = browser.post(change_url(ito), sent)

    browser.post(change_url(ito), filled(refused, **{"occupation-take": "stored"}))

    assert refused.text.count('name="occupation-take"') == 2
    assert Customer.objects.get(pk=ito.pk).occupation == "弁護士"


def test_row_below_the_customer_that_both_changed_is_refused(browser, ito):
    holding = HoldingFactory(customer=ito, quantity=10)
    sent = filled(browser.get(change_url(ito)), **{"holdings-0-quantity": "30"})
    change(holding, quantity=20)

    response = browser.post(change_url(ito), sent)

    row = response.context["inline_admin_formsets"][0].formset.forms[0]
    assert lines(row.conflicts) == [("quantity", "10.00", "20.00", "30")]
    assert response.text.count('name="holdings-0-quantity-take"') == 2
    assert Holding.objects.get().quantity == 20


def test_untouched_row_below_the_customer_keeps_the_newer_value(browser, ito):
    holding = HoldingFactory(customer=ito, quantity=10)
    inflow = CashInflowFactory(customer=ito, predicted_amount=1_000_000)
    sent = filled(browser.get(change_url(ito)), occupation="医師")
    change(holding, quantity=20)
    change(inflow, predicted_amount=2_000_000)

    response = browser.post(change_url(ito), sent)

    assert (response.status_code, Customer.objects.get().occupation) == (302, "医師")
    assert (Holding.objects.get().quantity, CashInflow.objects.get().predicted_amount) == (
        20,
        2_000_000,
    )
    assert (holding.history.count(), inflow.history.count()) == (2, 2)


def test_changed_row_is_saved_though_the_customer_is_newer(browser, ito):
    HoldingFactory(customer=ito, quantity=10)
    sent = filled(browser.get(change_url(ito)), **{"holdings-0-quantity": "30"})
    change(ito, occupation="弁護士")

    browser.post(change_url(ito), sent)

    assert (Holding.objects.get().quantity, Customer.objects.get().occupation) == (30, "弁護士")


def test_row_that_the_other_changed_is_deleted_on_the_second_asking(browser, ito):
    holding = HoldingFactory(customer=ito, quantity=10)
    sent = filled(browser.get(change_url(ito)), **{"holdings-0-DELETE": "on"})
    change(holding, quantity=20)

    refused = browser.post(change_url(ito), sent)
    kept = Holding.objects.count()
    browser.post(change_url(ito), filled(refused, **{"holdings-0-DELETE": "on"}))

    assert (refused.status_code, kept, Holding.objects.count()) == (200, 1, 0)


def test_typed_values_of_a_row_that_the_other_deleted_are_shown(browser, suzuki, ito):
    product = ProductFactory(product_name="国債")
    holding = HoldingFactory(customer=ito, product=product, quantity=10)
    sent = filled(browser.get(change_url(ito)), **{"holdings-0-quantity": "777"})
    with writing(user_id=suzuki.pk):
        delete(holding)

    response = browser.post(change_url(ito), sent)

    [row] = response.context["inline_admin_formsets"][0].formset.gone
    told = {line.name: (line.seen, line.typed) for line in row.lines}
    assert (told["product"][0], told["quantity"]) == (
        f"国債（{product.product_code}）",
        ("10.00", "777"),
    )
    assert "鈴木一郎さんが先にこの行を削除しました" in response.text
    assert "赤い枠" not in response.text


def test_form_is_saved_without_the_row_that_the_other_deleted(browser, ito):
    gone, kept = HoldingFactory(customer=ito), HoldingFactory(customer=ito, quantity=10)
    typed = {"occupation": "医師", "holdings-0-quantity": "30", "holdings-1-quantity": "777"}
    sent = filled(browser.get(change_url(ito)), **typed)
    delete(gone)

    refused = browser.post(change_url(ito), sent)
    response = browser.post(change_url(ito), filled(refused))

    assert (refused.status_code, response.status_code) == (200, 302)
    assert (Holding.objects.get(), Customer.objects.get().occupation) == (kept, "医師")
    assert Holding.objects.get().quantity == 30


@pytest.mark.parametrize("place", [0, 1])
def test_rows_beside_one_that_the_other_deleted_keep_what_was_typed(browser, ito, place):
    rows = [HoldingFactory(customer=ito, quantity=10) for _ in range(2)]
    sent = filled(browser.get(change_url(ito)), **{f"holdings-{place}-quantity": "30"})
    delete(rows[place])  # the newest stands first, so this is the other one

    response = browser.post(change_url(ito), sent)

    assert (response.status_code, Holding.objects.get().quantity) == (302, 30)


@pytest.mark.parametrize("mark", [{}, {"holdings-0-DELETE": "on", "holdings-0-quantity": "777"}])
def test_untouched_or_unwanted_row_that_the_other_deleted_goes_in_silence(browser, ito, mark):
    holding = HoldingFactory(customer=ito)
    sent = filled(browser.get(change_url(ito)), occupation="医師", **mark)
    delete(holding)

    response = browser.post(change_url(ito), sent)

    assert (response.status_code, Customer.objects.get().occupation) == (302, "医師")


def test_row_that_left_no_trace_shows_what_was_typed(browser, ito):
    inflow = CashInflowFactory(customer=ito)
    sent = filled(browser.get(change_url(ito)), **{"cash_inflows-0-predicted_amount": "777万"})
    forget(inflow.history)
    CashInflow.objects.without_history()._raw_delete("default")

    response = browser.post(change_url(ito), sent)

    [row] = response.context["inline_admin_formsets"][2].formset.gone
    assert ("予測金額（円）", "7,770,000") in [(line.label, line.typed) for line in row.lines]
    assert "ほかの人が先に削除したか、別の顧客に移しました" in response.text


def test_number_of_another_customers_row_tells_nothing_of_it(browser, ito, nakamura):
    HoldingFactory(customer=ito)
    theirs = HoldingFactory(customer=nakamura, quantity=4242)
    row = {"holdings-0-holding_id": theirs.pk, "holdings-0-quantity": "1"}
    sent = filled(browser.get(change_url(ito)), **row)

    response = browser.post(change_url(ito), sent)

    assert (response.status_code, "4,242" in response.text) == (200, False)
    assert Holding.objects.get(pk=theirs.pk).quantity == 4242


def test_row_of_another_system_is_noticed_without_history(browser, ito):
    HoldingFactory(customer=ito, quantity=10)
    Holding.objects.without_history().update(quantity=11)
    holding = Holding.objects.get()
    sent = filled(browser.get(admin_url(holding)), quantity="30")
    Holding.objects.without_history().update(quantity=20)

    form = browser.post(admin_url(holding), sent).context["adminform"].form

    assert lines(form.conflicts) == [("quantity", MISSING, "20.00", "30")]


def test_product_switched_off_meanwhile_stays_off(browser, ito):
    product = ProductFactory(is_active=True)
    sent = filled(browser.get(admin_url(product)), issuer="東京都", is_active="on")
    change(product, is_active=False)
    refused = browser.post(admin_url(product), sent)

    again = filled(refused)
    browser.post(admin_url(product), {k: v for k, v in again.items() if v not in (False, "False")})

    saved = Product.objects.get()
    assert (saved.issuer, saved.is_active) == ("東京都", False)


def test_event_takes_over_a_list_that_only_the_other_changed(browser):
    event = EconomicEventFactory(affected_currencies=["JPY"], affected_sectors=["金融"])
    sent = filled(browser.get(admin_url(event)), affected_sectors="金融、建設")
    change(event, affected_currencies=["JPY", "USD"])

    refused = browser.post(admin_url(event), sent)
    browser.post(admin_url(event), filled(refused))

    form = refused.context["adminform"].form
    assert lines(form.taken_over)[0][:3] == ("affected_currencies", "JPY", "JPY、USD")
    event.refresh_from_db()
    assert (event.affected_currencies, event.affected_sectors) == (["JPY", "USD"], ["金融", "建設"])
