"""Telephone numbers and mail addresses."""

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from wealthai.digits import HYPHENS, bare, narrow
from wealthai.text import where

PHONE = "電話番号は 03-1234-5678 や 090-1234-5678 のように、市外局番から入力してください。"
MAIL = "メールアドレスは name@example.com のように入力してください。"
LONGEST = 100
ONE_SIGN = str.maketrans(dict.fromkeys(HYPHENS, "-") | dict.fromkeys("()./・\t", " "))
SWITCHBOARD = re.compile("^(.*?)[- ]*(代表?)[- ]*$")
EXTENSION = re.compile(r"^(.*?)(?:内線|ext\.?|x|#)[-: ]*(\d{1,6})$", re.ASCII | re.IGNORECASE)
JAPAN = re.compile(r"^\+81[- ]*(?:0(?=[- ]|[1-9]))?[- ]*", re.ASCII)
NUMBER = re.compile(r"\+?\d+(?:-\d+)*", re.ASCII)
# How many digits a number has that begins so (電気通信番号計画); any other has ten.
LENGTHS = (
    ("0200", 14),
    ("0800", 11),
    ("020", 11),
    ("050", 11),
    ("060", 11),
    ("070", 11),
    ("080", 11),
    ("090", 11),
)
USUAL_LENGTH = 10
# Addresses that carriers gave out before they followed RFC 5322; they work, and only there.
CARRIERS = re.compile(
    r"(?:[a-z0-9-]+\.)*(?:docomo|ezweb|ido|softbank|vodafone|jp-[dhtcrknsq]|disney|pdx)\.ne\.jp"
    r"|(?:[a-z0-9-]+\.)?(?:au|willcom|y-?mobile|uqmobile)\.com|i\.softbank\.jp|ymobile\.ne\.jp"
)
LEGACY_NAME = re.compile(r"[a-z0-9_/?+.-]+", re.IGNORECASE)
DOTS = str.maketrans("。｡", "..")  # what the key gives while an input method is on
LOOKS_LIKE_HYPHEN = re.compile(f"(?<=[a-z0-9])[{re.escape(HYPHENS)}](?=[a-z0-9])", re.IGNORECASE)
SPACE_INSIDE = re.compile(r"[^\s@](\s+)[^\s@]")  # those beside the @ are nobody's letters
check_mail = EmailValidator(MAIL)


def read_phone(text: str) -> str:
    """Half-width digits, grouped as typed: 03-1234-5678, 03-1234-5678（代） 内線12.

    +81 becomes the leading 0 by which people look a number up.
    """
    plain = bare(text.strip()[:LONGEST]).translate(ONE_SIGN).strip()
    extension = EXTENSION.match(plain)
    base = extension[1] if extension else plain
    switchboard = SWITCHBOARD.match(base)
    base = switchboard[1] if switchboard else base
    base = re.sub("[- ]+", "-", JAPAN.sub("0", base.strip()).strip(" -"))
    if not NUMBER.fullmatch(base) or not _is_possible(base):
        raise ValidationError(PHONE, code="no_phone")
    base += f"（{switchboard[2]}）" if switchboard else ""
    return f"{base} 内線{extension[2]}" if extension else base


def _is_possible(number: str) -> bool:
    digits = number.replace("-", "")
    if digits.startswith("+"):
        try:
            return phonenumbers.is_possible_number(phonenumbers.parse(digits))
        except phonenumbers.NumberParseException:
            return False
    # Where groups were typed they tell 06-0000-0000 from 060-0000-0000.
    first = number.partition("-")[0]
    lengths = (length for begin, length in LENGTHS if first.startswith(begin))
    return bool(re.match("0[1-9]", digits)) and len(digits) == next(lengths, USUAL_LENGTH)


def read_mail(text: str) -> str:
    if found := SPACE_INSIDE.search(narrow(text)):
        raise ValidationError(
            f"メールアドレスの{where(text, [found.start(1)])}に空白があります。"
            "空白を取り除き、アドレスを1つだけ入力してください。",
            code="space",
        )
    mail = "".join(bare(text).translate(DOTS).split())
    mail = LOOKS_LIKE_HYPHEN.sub("-", mail)
    if mark := next((char for char in mail if not (char.isascii() or char.isalnum())), None):
        raise ValidationError(f"{MAIL}「{mark}」は使えません。", code="mark")
    try:
        check_mail(mail)
    except ValidationError:
        if not is_legacy_mail(mail):
            raise
    return mail


def is_legacy_mail(mail: str) -> bool:
    """True for a carrier's address that standard mail software may refuse (a..b@, a.@)."""
    name, _, domain = mail.rpartition("@")
    has_dots = ".." in name or name.endswith(".")
    return bool(has_dots and LEGACY_NAME.fullmatch(name) and CARRIERS.fullmatch(domain.lower()))
