"""Customers and advisers of the file against others of the database."""

from collections.abc import Iterator, Sequence

from django.core.exceptions import ValidationError
from django.db.models.functions import Lower

from customers.importing.matching import Stored
from customers.importing.original_files import CUSTOMERS, REPS
from customers.importing.problems import Problem
from customers.importing.rows import Row
from customers.models import Adviser, Customer

READ_CHUNK = 500


def check_twin_codes(rows: Sequence[Row], pairs: Sequence[Stored | None]) -> list[Problem]:
    """Two people whose codes differ in the size of letters only would be taken for one."""
    new = [row for row, one in zip(rows, pairs, strict=True) if one is None]
    stored = {code.casefold(): code for code in Adviser.objects.values_list("rep_code", flat=True)}
    return [
        Problem(
            REPS,
            f"登録済みのコード {stored[code.casefold()]} と大文字・小文字だけが違います。"
            "どちらかを直してください。",
            row.line,
            "rep_code",
            code,
        )
        for row in new
        if (code := row.values["rep_code"]).casefold() in stored
    ]


def check_conflicts(
    rows: Sequence[Row], pairs: Sequence[Stored | None], update: bool
) -> list[Problem]:
    written = [(row, one) for row, one in zip(rows, pairs, strict=True) if one is None or update]
    return [*_reserved_codes(written), *_taken_emails(written)]


def _reserved_codes(written: Sequence[tuple[Row, Stored | None]]) -> Iterator[Problem]:
    for row, one in written:
        if one is not None:
            continue
        code = row.values["customer_code"]
        try:
            Customer(customer_code=code).check_code()
        except ValidationError:
            advice = "W と数字のコードは自動採番用です。ほかのコードにしてください。"
            yield Problem(CUSTOMERS, advice, row.line, "customer_code", code)


def _taken_emails(written: Sequence[tuple[Row, Stored | None]]) -> Iterator[Problem]:
    """An address whose holder gets another one from the same file is free."""
    moving = {one.pk for _, one in written if one}
    wanted = sorted({row.values["email"].lower() for row, _ in written if row.values["email"]})
    holders: dict[str, int] = {}
    for start in range(0, len(wanted), READ_CHUNK):
        found = Customer.objects.annotate(lower=Lower("email")).filter(
            lower__in=wanted[start : start + READ_CHUNK]
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
