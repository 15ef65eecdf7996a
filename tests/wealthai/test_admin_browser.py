"""The back office in a real browser: nothing on its pages breaks the content security policy.

The fixture `screen` fails a test on any violation and on any script error.
"""

import pytest
from django.urls import reverse

from customers.models import CashInflow, Customer
from customers.roles import Role
from tests.factories import AdviserFactory, HoldingFactory, ProductFactory, SalesNoteFactory

pytestmark = pytest.mark.browser

CUSTOMERS = reverse("admin:customers_customer_changelist")
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture
def customer(transactional_db):
    adviser = AdviserFactory(rep_code="SR001", name="田中太郎", role=Role.ADVISER)
    customer = Customer.objects.create(name="伊藤正雄", customer_code="C001", sales_rep=adviser)
    HoldingFactory(customer=customer, product=ProductFactory(product_name="個人向け国債"))
    SalesNoteFactory(customer=customer, sales_rep=adviser)
    return customer


@pytest.fixture
def desk(screen, log_in, customer):
    """The window of an administrator who has signed in."""
    log_in(
        AdviserFactory(rep_code="AD001", is_staff=True, is_superuser=True, role=Role.ADMINISTRATOR)
    )
    return screen


def form_of(customer):
    return reverse("admin:customers_customer_change", args=[customer.pk])


def test_customer_is_found_ticked_and_archived(desk, customer):
    desk.goto(CUSTOMERS)
    desk.fill("#searchbar", "伊藤")
    desk.press("#searchbar", "Enter")
    desk.check(".action-select")
    desk.select_option("select[name=action]", "archive_selected")
    desk.click("button[name=index]")
    desk.fill("[name=change_reason]", "口座の解約")
    desk.click("text=1名を保管する")
    desk.wait_for_url(f"**{reverse('customers:list')}")

    customer.refresh_from_db()
    assert customer.archived_at is not None


def test_customer_is_changed_with_suggestion_calendar_and_new_row(desk, customer):
    successor = AdviserFactory(rep_code="SR007", name="後任花子")
    desk.goto(form_of(customer))
    desk.click(".field-sales_rep .select2-selection")
    desk.fill(".select2-search__field", "後任")
    desk.click(".select2-results__option:has-text('後任花子（SR007）')")
    desk.click(".field-birth_date .date-icon")
    desk.click(".calendarbox a:has-text('今日')")
    desk.click("text=入金予測を追加")
    desk.fill("#id_cash_inflows-0-predicted_amount", "2000万")
    desk.fill("#id_cash_inflows-0-predicted_date", "2027/03/31")
    desk.click("input[name=_continue]")
    desk.wait_for_selector(".messagelist .success")

    customer.refresh_from_db()
    assert (customer.sales_rep, CashInflow.objects.get().predicted_amount) == (
        successor,
        20_000_000,
    )


def test_earlier_state_is_looked_at_and_brought_back(desk, customer):
    customer.name = "伊藤正男"
    customer.save()
    desk.goto(form_of(customer))
    desk.click(".historylink")
    desk.click("#change-history tbody:last-of-type a")
    desk.click("text=顧客画面でこの内容に戻す")
    desk.fill("[name=change_reason]", "入力の誤り")
    desk.click("text=選んだ項目を戻す")
    desk.wait_for_url("**" + reverse("customers:history", args=[customer.pk]))

    customer.refresh_from_db()
    assert customer.name == "伊藤正雄"


def test_holding_is_deleted_after_a_question(desk, customer):
    holding = customer.holdings.get()
    desk.goto(reverse("admin:customers_holding_change", args=[holding.pk]))
    desk.click(".deletelink")
    desk.click("input[type=submit][value=削除する]")
    desk.wait_for_selector(".messagelist .success")

    assert customer.holdings.count() == 0


def test_every_other_kind_of_page_opens(desk, customer):
    adviser = customer.sales_rep.pk
    pages = [
        reverse("admin:index"),
        reverse("admin:app_list", args=["customers"]),
        reverse("admin:customers_customer_add"),
        reverse("admin:customers_customer_history", args=[customer.pk]),
        reverse("admin:customers_cashinflow_changelist"),
        reverse("admin:customers_economicevent_add"),
        reverse("admin:customers_adviser_change", args=[adviser]),
        reverse("admin:auth_user_password_change", args=[adviser]),
        reverse("admin:customers_adviser_access", args=[adviser]),
        reverse("admin:auth_group_changelist"),
        reverse("admin:chat_chatexchange_changelist"),
    ]

    assert [desk.goto(page).status for page in pages] == [200] * len(pages)


def test_nothing_scrolls_sideways_on_a_telephone(desk, customer):
    desk.set_viewport_size({"width": 390, "height": 844})
    history = form_of(customer).replace("change", "history")
    pages = [CUSTOMERS, form_of(customer), history, f"{history}{customer.history.first().pk}/"]

    assert [desk.goto(page) and desk.evaluate(SIDEWAYS) for page in pages] == [0] * 4


def test_dark_machine_gets_dark_pages_until_the_person_chooses_otherwise(desk):
    desk.emulate_media(color_scheme="dark")
    desk.goto(CUSTOMERS)
    assert desk.evaluate(BACKGROUND) == "rgb(22, 28, 35)"

    desk.click(".theme-toggle")

    assert desk.evaluate("localStorage.theme") == "light"
    assert desk.evaluate(BACKGROUND) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_long_name_is_not_covered_by_the_buttons_beside_it(desk, customer, width):
    Customer.objects.without_history().update(name="株式会社" + "浪速製作所" * 19)
    desk.set_viewport_size({"width": width, "height": 844})
    desk.goto(form_of(customer))

    text = "(() => { const range = document.createRange(); range.selectNodeContents("
    text += "document.querySelector('#content > h2')); return range.getBoundingClientRect() })()"
    title, tools = desk.evaluate(f"[{text}, document.querySelector('.object-tools')"
        ".getBoundingClientRect()].map(box => box.toJSON())")  # fmt: skip

    assert title["right"] <= tools["left"] or title["bottom"] <= tools["top"]
