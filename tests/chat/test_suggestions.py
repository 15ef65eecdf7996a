from datetime import date

from chat.suggestions import questions_about
from tests.factories import CashInflowFactory, HoldingFactory, ProductFactory, SalesNoteFactory

TODAY = date(2026, 12, 1)


def labels(customer):
    return [one.label for one in questions_about(customer, TODAY)]


def test_customer_without_records_gets_the_general_question_only(ito):
    assert labels(ito) == ["面談前の要点"]


def test_next_maturity_inflow_and_note_are_suggested_first(ito):
    HoldingFactory(customer=ito, maturity_date=date(2027, 1, 20))
    HoldingFactory(customer=ito, maturity_date=date(2026, 12, 15))
    CashInflowFactory(customer=ito, predicted_date=date(2026, 12, 20), source_type="retirement")
    SalesNoteFactory(customer=ito)

    assert labels(ito) == ["12月15日の償還", "12月20日の退職金", "前回の話", "面談前の要点"]


def test_maturity_of_the_products_day_is_suggested(ito):
    HoldingFactory(customer=ito, product=ProductFactory(maturity_date=date(2026, 12, 8)))
    HoldingFactory(customer=ito, maturity_date=date(2026, 12, 15))

    assert labels(ito) == ["12月8日の償還", "面談前の要点"]


def test_what_is_over_sold_cancelled_or_far_is_not_suggested(ito):
    HoldingFactory(customer=ito, maturity_date=date(2026, 12, 15), status="sold")
    HoldingFactory(customer=ito, maturity_date=date(2026, 11, 30))
    HoldingFactory(customer=ito, maturity_date=date(2027, 12, 15))
    CashInflowFactory(customer=ito, predicted_date=date(2026, 12, 20), status="cancelled")

    assert labels(ito) == ["面談前の要点"]


def test_another_customers_records_suggest_nothing(ito, ono):
    HoldingFactory(customer=ono, maturity_date=date(2026, 12, 15))

    assert labels(ito) == ["面談前の要点"]


def test_maturity_is_asked_about_by_day_and_product(ito):
    held = HoldingFactory(customer=ito, maturity_date=date(2026, 12, 15))

    question = questions_about(ito, TODAY)[0].question

    name = held.product.product_name
    assert question == f"12月15日に償還される{name}の金額と、確かめることは？"
