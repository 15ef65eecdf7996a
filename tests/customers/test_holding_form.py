import datetime
import re

import pytest
from django.urls import reverse

from customers.models import Holding
from tests.factories import HoldingFactory, ProductFactory

VALUES = {
    "product": "BOND-1",
    "quantity": "20",
    "unit_price": "1000000",
    "current_price": "",
    "current_value": "20400000",
    "purchase_date": "2026/04/01",
    "maturity_date": "",
}


@pytest.fixture
def bond(db):
    return ProductFactory(
        product_code="BOND-1",
        product_name="ソフト社債",
        maturity_date=datetime.date(2026, 12, 15),
    )


@pytest.fixture
def holding(ito, bond):
    return HoldingFactory(customer=ito, product=bond, quantity=20, current_price=1010)


def new(customer):
    return reverse("customers:holding-create", args=[customer.pk])


def edit(holding):
    return reverse("customers:holding-update", args=[holding.pk])


def delete(holding):
    return reverse("customers:holding-delete", args=[holding.pk])


def shown(page, holding):
    form = page.get(edit(holding)).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_holding_is_added_and_leads_back_to_the_record(page, ito, bond):
    response = page.post(new(ito), VALUES)

    holding = Holding.objects.get()
    assert response.url == ito.get_absolute_url()
    assert (holding.customer, holding.product, holding.quantity) == (ito, bond, 20)
    assert (holding.status, holding.current_value) == ("active", 20_400_000)


def test_maturity_comes_from_the_product_unless_said(page, ito, bond):
    page.post(new(ito), VALUES)
    page.post(new(ito), VALUES | {"maturity_date": "2027/01/31"})

    assert list(Holding.objects.order_by("pk").values_list("maturity_date", flat=True)) == [
        datetime.date(2026, 12, 15),
        datetime.date(2027, 1, 31),
    ]


@pytest.mark.parametrize("typed", ["BOND-1", "ソフト社債", "ソフト社債（BOND-1）", "ソフト"])
def test_product_is_found_by_code_name_or_a_part_of_it(typed, page, ito, bond):
    ProductFactory(product_name="トヨタ自動車")

    page.post(new(ito), VALUES | {"product": typed})

    assert Holding.objects.get().product == bond


@pytest.mark.parametrize("typed", ["ＡＢＣ", "ソフトバンク", "そふとばんく 債", "abc"])
def test_product_is_found_however_it_is_typed(typed, page, ito):
    product = ProductFactory(product_code="ABC", product_name="ｿﾌﾄﾊﾞﾝｸ債")
    ProductFactory(product_code="ABCD")

    page.post(new(ito), VALUES | {"product": typed})

    assert Holding.objects.get().product == product


@pytest.mark.parametrize(
    ("typed", "word"),
    [("なし", "見つかりません"), ("社債", "2件"), ("", "商品を入力"), ("a\x00", "文字化け")],
    ids=["none", "several", "empty", "nul"],
)
def test_product_that_is_not_one_is_refused(typed, word, page, ito, bond):
    ProductFactory(product_name="別の社債")

    response = page.post(new(ito), VALUES | {"product": typed})

    assert word in response.context["form"].errors["product"][0]
    assert Holding.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "typed", "word"),
    [
        ("quantity", "0", "0より大きい"),
        ("quantity", "-1", "0より大きい"),
        ("current_value", "-1", "0以上"),
        ("quantity", "たくさん", "のように"),
        ("unit_price", "1.234", "小数は2桁"),
        ("unit_price", "9" * 20, "桁"),
        ("purchase_date", "2026/02/30", "購入日は"),
        ("quantity", "1000兆", "1,000兆以上"),
        ("quantity", "900兆", "取得単価を掛けると100京以上"),
        ("maturity_date", "2020/01/01", "購入日より後"),
    ],
    ids=range(10),
)
def test_wrong_value_is_refused_beside_its_field_and_kept(field, typed, word, page, ito, bond):
    form = page.post(new(ito), VALUES | {field: typed}).context["form"]

    assert list(form.errors) == [field]
    assert (word in form.errors[field][0], form[field].value()) == (True, typed)


@pytest.mark.parametrize("field", ["quantity", "unit_price", "current_price", "current_value"])
@pytest.mark.parametrize("typed", ["1.234億", "12,340.00万", "123,400,000\xa0"], ids=range(3))
def test_amount_may_be_written_in_hundred_millions(field, typed, page, ito, bond):
    page.post(new(ito), VALUES | {field: typed})

    assert getattr(Holding.objects.get(), field) == 123_400_000


def test_edit_changes_prices_and_state_but_not_the_product(page, holding, bond):
    other = ProductFactory()
    typed = shown(page, holding) | {"current_price": "1020", "status": "sold"}

    page.post(edit(holding), typed | {"product": other.product_code})

    holding.refresh_from_db()
    assert (holding.current_price, holding.status, holding.product) == (1020, "sold", bond)


def test_edit_after_somebody_elses_shows_both_and_saves_nothing(page, holding, office):
    typed = shown(page, holding) | {"current_price": "1020"}
    holding.current_price, holding._history_user = 990, office
    holding.save()

    response = page.post(edit(holding), typed)

    holding.refresh_from_db()
    assert ["西村恵さんが先に" in response.text, holding.current_price] == [True, 990]
    assert [conflict.typed for conflict in response.context["form"].conflicts] == ["1,020"]


def test_advisers_are_not_offered_to_delete(page, holding):
    assert delete(holding) not in page.get(edit(holding)).text
    assert page.post(delete(holding)).status_code == 403
    assert Holding.objects.count() == 1


def test_deleting_names_the_thing_and_history_keeps_it(client, office, holding):
    client.force_login(office)

    question = client.get(delete(holding))
    client.post(delete(holding), {"version": question.context["form"]["version"].value()})

    assert ["ソフト社債（BOND-1）" in question.text, "変更履歴に残り" in question.text] == [
        True,
        True,
    ]
    assert Holding.objects.count() == 0
    assert Holding.history.filter(holding_id=holding.pk, history_type="-").count() == 1


@pytest.mark.parametrize("address", [edit, delete])
def test_holding_of_anothers_or_archived_customer_is_not_changed(
    address, client, office, page, holding, nakamura, tanaka
):
    foreign = HoldingFactory(customer=nakamura)
    page.force_login(office if address is delete else tanaka)
    holding.customer.archive()

    archived = page.get(address(holding)), page.post(address(holding), VALUES)
    anothers = page.get(address(foreign)) if address is edit else archived[0]

    assert [response.status_code for response in (*archived, anothers)] == [404, 409, 404]
    assert Holding.objects.count() == 2


def test_holding_for_anothers_or_archived_customer_is_not_stored(page, ito, nakamura, bond):
    ito.archive()

    assert [page.post(new(one), VALUES).status_code for one in (ito, nakamura)] == [409, 404]


def test_compliance_may_not_add(client, compliance, ito, bond):
    client.force_login(compliance)

    assert client.post(new(ito), VALUES).status_code == 403


def test_htmx_gets_the_dialog_alone_and_a_signal_when_saved(page, ito, bond):
    htmx = {"HX-Request": "true"}

    dialog = page.get(new(ito), headers=htmx)
    refused = page.post(new(ito), VALUES | {"quantity": ""}, headers=htmx)
    saved = page.post(new(ito), VALUES, headers=htmx)

    assert ["<html" in answer.text for answer in (dialog, refused)] == [False, False]
    assert (saved.status_code, saved.headers["HX-Trigger"]) == (204, "saved")
    assert "HX-Request" in dialog.headers["Vary"]


def test_suggestions_hold_products_on_sale_only(page, bond):
    ProductFactory(product_name="ソフト旧債", is_active=False)

    response = page.get(reverse("customers:product-choices"), {"product": "ソフト"})

    assert response.text.strip() == '<option value="ソフト社債（BOND-1）"></option>'


def test_suggestions_are_found_however_they_are_typed(page, bond, django_assert_num_queries):
    names = ["ソフト", "A社債", "B社債"]
    for name in names:
        ProductFactory(product_name=f"{name}（ｿﾌﾄ）", product_code=name)

    with django_assert_num_queries(4):
        response = page.get(reverse("customers:product-choices"), {"product": "そふと"})

    assert re.findall('value="(.*?)（', response.text) == ["ソフト", "A社債", "B社債", "ソフト社債"]


@pytest.mark.parametrize("typed", ["", "あ" * 300], ids=["empty", "long"])
def test_suggestions_for_nothing_are_none(typed, page, bond):
    response = page.get(reverse("customers:product-choices"), {"product": typed})

    assert (response.status_code, response.text.strip()) == (200, "")
