"""The seven CSV files of the original system: their columns, words and keys.

Ids are not in the files. A foreign key is the number of a row in the file it refers to, counted
from 1 below the header (lines that are entirely empty are not counted).

A row is found again on the next run by its code, or, where it has none, by the content that makes
it what it is: a holding by customer, product, quantity, price and purchase date; a note by
customer, subject and text; an inflow by customer, source, amount and date; an event by type,
title and date. What is left out of these keys (current prices, status, actual amounts …) changes
in the course of business.
"""

from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError

from customers.importing.csv_files import read_csv
from customers.importing.problems import BrokenFilesError, Problem
from customers.importing.rows import Column, FileSpec, ParsedFile, Row, has_header, parse_file
from customers.models import (
    Adviser,
    CashInflow,
    Customer,
    EconomicEvent,
    Holding,
    Product,
    SalesNote,
)
from customers.models.adviser import is_typeable
from customers.models.customer import check_birth_date
from customers.models.product import Category
from wealthai.terminal import Tick, quiet

RISK = {"conservative": "1", "moderate": "3", "aggressive": "5"}
EXPERIENCE = {"beginner": "初心者", "intermediate": "経験者", "expert": "上級者"}
PRODUCT_TYPE = {
    "bond": "BOND",
    "stock": "STOCK",
    "fund": "FUND",
    "structured_product": "STRUCT",
    "reit": "REIT",
    "etf": "FUND",
    "insurance": "INSURANCE",
    "commodity": "COMMODITY",
}
CASH_NOTE = "cash_inflow_prediction"  # a kind that became a mark: is_cash_related
REPS, CUSTOMERS, PRODUCTS = "sales_representatives.csv", "customers.csv", "products.csv"


def plausible_birth(value: date) -> str | None:
    try:
        check_birth_date(value)
    except ValidationError as error:
        return error.messages[0]
    return None


def typeable_code(code: str) -> str | None:
    if is_typeable(code) and Adviser.normalize_username(code) == code:
        return None
    return "半角の文字だけで書いてください。このままではログインできません。"


def risk_level(value: int) -> str | None:
    return None if 1 <= value <= 5 else "1から5までの数にしてください。"


def plain(names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names.split())


SPECS = (
    FileSpec(
        REPS,
        "担当者",
        Adviser,
        (
            Column("rep_code", check=typeable_code),
            *plain("name department branch email phone hire_date"),
        ),
        key=("rep_code",),
        unique=("rep_code",),
    ),
    FileSpec(
        PRODUCTS,
        "商品",
        Product,
        (
            *plain("product_code product_name issuer maturity_date interest_rate is_active"),
            Column(
                "product_type",
                "category_code",
                words=PRODUCT_TYPE,
                only=frozenset(PRODUCT_TYPE) | frozenset(Category.values),
            ),
            *plain("category_code currency minimum_investment commission_rate"),
            Column("risk_level", check=risk_level),
        ),
        key=("product_code",),
        unique=("product_code",),
    ),
    FileSpec(
        CUSTOMERS,
        "顧客",
        Customer,
        (
            Column("customer_code", is_required=True),
            *plain("name name_kana gender phone email address occupation"),
            *plain("annual_income net_worth"),
            Column("birth_date", check=plausible_birth),
            Column("risk_tolerance", words=RISK),
            Column("investment_experience", words=EXPERIENCE),
            Column("sales_rep_id", refers_to=REPS),
        ),
        key=("customer_code",),
        unique=("customer_code", "email"),
    ),
    FileSpec(
        "holdings.csv",
        "保有商品",
        Holding,
        (
            Column("customer_id", refers_to=CUSTOMERS),
            Column("product_id", refers_to=PRODUCTS),
            *plain("quantity unit_price current_price current_value unrealized_gain_loss"),
            *plain("purchase_date maturity_date status"),
        ),
        key=("customer_id", "product_id", "quantity", "unit_price", "purchase_date"),
        has_rules=True,
    ),
    FileSpec(
        "sales_notes.csv",
        "営業メモ",
        SalesNote,
        (
            Column("customer_id", refers_to=CUSTOMERS),
            Column("sales_rep_id", refers_to=REPS),
            Column("note_type", words={CASH_NOTE: SalesNote.Kind.OTHER}),
            *plain("subject content priority follow_up_date is_cash_related"),
            *plain("predicted_amount predicted_date"),
        ),
        key=("customer_id", "subject", "content"),
        may_update=False,  # notes are evidence: corrected by a further note
    ),
    FileSpec(
        "cash_inflows.csv",
        "入金予測",
        CashInflow,
        (
            Column("customer_id", refers_to=CUSTOMERS),
            *plain("source_type predicted_amount predicted_date confidence_level source_note"),
            *plain("actual_amount actual_date status"),
            Column("sales_rep_id", refers_to=REPS),
        ),
        key=("customer_id", "source_type", "predicted_amount", "predicted_date"),
        has_rules=True,
    ),
    FileSpec(
        "economic_events.csv",
        "経済イベント",
        EconomicEvent,
        plain(
            "event_type title description event_date impact_level affected_sectors"
            " affected_currencies"
        ),
        key=("event_date", "title", "event_type"),
    ),
)


def read_original(directory: Path, tick: Tick = quiet) -> list[ParsedFile]:
    """The seven files, checked, in the order to store them.

    Raises BrokenFilesError with every problem of all files.
    """
    if not directory.is_dir():
        advice = "フォルダーがありません。CSVファイル7つのあるフォルダーを指定してください。"
        raise BrokenFilesError([Problem(str(directory), advice)])
    files = {spec.name: read_csv(directory / spec.name) for spec in SPECS}
    counts = {
        spec.name: len(files[spec.name].records)
        for spec in SPECS
        if files[spec.name].is_whole and has_header(spec, files[spec.name])
    }
    parsed = [parse_file(spec, files[spec.name], counts, tick) for spec in SPECS]
    if problems := [problem for file in parsed for problem in file.problems]:
        raise BrokenFilesError(problems)
    rows = {file.spec.name: file.rows for file in parsed}
    _mark_cash_notes(rows["sales_notes.csv"])
    _add_currencies(rows["holdings.csv"], rows[PRODUCTS])
    return parsed


def _mark_cash_notes(notes: list[Row]) -> None:
    for note in notes:
        note.values["is_cash_related"] |= note.old_words.get("note_type") == CASH_NOTE


def _add_currencies(holdings: list[Row], products: list[Row]) -> None:
    """The files say amounts without a unit; a holding is in its product's currency."""
    for holding in holdings:
        product = products[holding.values["product_id"] - 1]
        holding.values["currency"] = product.values["currency"]
