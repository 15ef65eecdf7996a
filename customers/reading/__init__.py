"""What people type, read: text in, value out, or a ValidationError that shows how to write it.

One rule for every door: the columns (`customers/model_fields.py`), and through them forms, API and
import, call these functions. A text that was read already is read as itself.
"""

from customers.reading.contact import is_legacy_mail, read_mail, read_phone
from customers.reading.corporate import read_corporate_number
from customers.reading.currency import read_currency
from customers.reading.dates import other_era, read_date
from customers.reading.kana import read_kana
from customers.reading.numbers import read_amount, read_yen

__all__ = [
    "is_legacy_mail",
    "other_era",
    "read_amount",
    "read_corporate_number",
    "read_currency",
    "read_date",
    "read_kana",
    "read_mail",
    "read_phone",
    "read_yen",
]
