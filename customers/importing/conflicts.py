"""Customers of the file against other customers of the database."""

import re
from collections.abc import Iterator, Sequence

from django.db.models.functions import Lower

from customers.importing.matching import Stored
from customers.importing.original_files import CUSTOMERS
from customers.importing.problems import Problem
from customers.importing.rows import Row
from customers.models import Customer

# The product itself numbers customers like this.
OUR_CODE = re.compile(r"W\d+")


def check_conflicts(
    rows: Sequence[Row], pairs: Sequence[Stored | None], update: bool
) -> list[Problem]:
    written = [(row, one) for row, one in zip(rows, pairs, strict=True) if one is None or update]
    return [*_reserved_codes(written), *_taken_emails(written)]


def _reserved_codes(written: Sequence[tuple[Row, Stored | None]]) -> Iterator[Problem]:
    for row, one in written:
        code = row.values["customer_code"]
        if one is None and OUR_CODE.fullmatch(code):
            advice = "W と数字のコードは自動採番用です。ほかのコードにしてください。"
            yield Problem(CUSTOMERS, advice, row.line, "customer_code", code)


def _taken_emails(written: Sequence[tuple[Row, Stored | None]]) -> Iterator[Problem]:
    """An address whose holder gets another one from the same file is free."""
    moving = {one.pk for _, one in written if one}
    emails = {row.values["email"].lower() for row, _ in written if row.values["email"]}
    holders: dict[str, int] = {}
    wanted = sorted(emails)
    for start in range(0, len(wanted), 500):
        found = Customer.objects.annotate(lower=Lower("email")).filter(
            lower__in=wanted[start : start + 500]
        )
        holders |= {lower: pk for lower, pk in found.values_list("lower", "pk") if pk not in moving}
    for row, _ in written:
        email = row.values["email"]
        if email and email.lower() in holders:
            advice = (
                f"登録済みの別の顧客（ID {holders[email.lower()]}）のアドレスです。"
                "どちらかを直してください。"
            )
            yield Problem(CUSTOMERS, advice, row.line, "email", email)
