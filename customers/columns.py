"""The columns of the customer list: their heads, what sorts them, what a file holds of them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models

from customers.models import Adviser, Customer
from wealthai.keyset import Keyset, Order


@dataclass(frozen=True)
class Column:
    """`cells` are (heading, value of a customer) of an exported file; text stays text there."""

    name: str
    label: str
    cells: tuple[tuple[str, Callable], ...]
    sort: "Sort | None" = None
    css: str = ""
    is_default: bool = True


@dataclass(frozen=True)
class Sort:
    """`up` and `down` say the two directions in words; `first_down`: a first click sorts down."""

    column: str
    up: str
    down: str
    missing: str | None = None
    first_down: bool = False
    flipped: bool = False  # the column falls where the sort rises: the younger was born later
    type: models.Field | None = None

    def keyset(self, name):
        descending = name.startswith("-") != self.flipped
        type_ = self.type or Customer._meta.get_field(self.column)
        return Keyset(name, Order(self.column, descending, type_, self.missing), Customer)


def field(name):
    return lambda customer: getattr(customer, name)


def words(name):
    return lambda customer: getattr(customer, f"get_{name}_display")()


def adviser(name):
    return lambda customer: customer.sales_rep and getattr(customer.sales_rep, name)


def amounts(name, column, label, *, css, **options):
    sort = Sort(column, f"{label}の少ない順", f"{label}の多い順", missing=column, first_down=True)
    head = f"{label}(円)"
    return Column(name, head, ((head, field(column)),), sort, css=f"num {css}".strip(), **options)


def as_stored(name, label):
    """Sorted by code points. Without an index of their own, which each write would pay for, phone
    and address take half a second of a million rows, and little of one adviser's or branch's."""
    sort = Sort(name, f"{label}の順", f"{label}の逆順", missing=name)
    return Column(name, label, ((label, field(name)),), sort, is_default=False)


COLUMNS = (
    Column(
        "code",
        "コード",
        (("顧客コード", field("code")),),
        Sort("code_key", "コードの順", "コードの逆順", type=models.CharField()),
    ),
    Column(
        "name_kana",
        "氏名",
        (("氏名", field("name")), ("フリガナ", field("name_kana"))),
        Sort("kana_key", "五十音順", "五十音の逆順", missing="kana_key"),
    ),
    Column(
        "kind",
        "区分",
        (("区分", words("kind")),),
        Sort("kind", "法人が先の順", "個人が先の順"),
        is_default=False,
    ),
    Column(
        "age",
        "年齢",
        (("年齢", field("age")),),
        Sort(
            "birth_date",
            "年齢の若い順",
            "年齢の高い順",
            missing="birth_date",
            first_down=True,
            flipped=True,
        ),
        css="num",
    ),
    Column(
        "birth",
        "生年月日",
        (("生年月日", field("birth_date")),),
        Sort("birth_date", "生年月日の古い順", "生年月日の新しい順", missing="birth_date"),
        is_default=False,
    ),
    Column(
        "job",
        "職業",
        (("職業", field("occupation")),),
        Sort("occupation", "職業の順", "職業の逆順", missing="occupation"),
        css="col-job",
    ),
    Column(
        "risk",
        "リスク許容度",
        (("リスク許容度", words("risk_tolerance")),),
        Sort(
            "risk_tolerance",
            "リスク許容度の低い順",
            "リスク許容度の高い順",
            missing="risk_tolerance",
            first_down=True,
        ),
    ),
    Column(
        "experience",
        "投資経験",
        (("投資経験", words("investment_experience")),),
        Sort(
            "experience_rank",
            "投資経験の浅い順",
            "投資経験の深い順",
            missing="experience_rank",
            first_down=True,
            type=models.IntegerField(),
        ),
        css="col-experience",
    ),
    amounts("market", "yen_assets", "預り資産", css=""),
    Column(
        "gain",
        "含み損益(円)",
        (("含み損益(円)", field("gain")),),
        Sort(
            "yen_gain",
            "含み損益の少ない順",
            "含み損益の多い順",
            missing="yen_gain",
            first_down=True,
        ),
        css="num col-gain",
    ),
    amounts("income", "annual_income", "年収", css="col-income"),
    amounts("worth", "net_worth", "純資産", css="col-worth"),
    Column(
        "contact",
        "最終接触",
        (("最終接触", field("last_contact_at")),),
        Sort(
            "last_contact_at",
            "最終接触の古い順",
            "最終接触の新しい順",
            missing="last_contact_at",
            first_down=True,
        ),
        css="col-contact",
    ),
    Column(
        "adviser",
        "担当",
        (("担当", adviser("name")), ("支店", adviser("branch"))),
        Sort(
            "sales_rep__name",
            "担当の順",
            "担当の逆順",
            missing="sales_rep",
            type=Adviser._meta.get_field("name"),
        ),
        css="col-adviser",
    ),
    Column(
        "due",
        "対応",
        (("対応", field("due_words")),),
        Sort("next_due", "期日の近い順", "期日の遠い順", missing="next_due"),
        css="col-due",
    ),
    as_stored("phone", "電話番号"),
    as_stored("email", "メールアドレス"),
    as_stored("address", "住所"),
    Column(
        "updated",
        "更新日",
        (("更新日時", field("updated_at")),),
        Sort("updated_at", "更新の古い順", "更新の新しい順", first_down=True),
        is_default=False,
    ),
)
BY_NAME = {column.name: column for column in COLUMNS}
ALWAYS = "name_kana"
SORTS = {column.name: column.sort for column in COLUMNS if column.sort}
# The back office's first order; no column shows it.
SORTS["registered"] = Sort("customer_id", "登録の古い順", "登録の新しい順", first_down=True)
DEFAULT_SORT = "-market"
# Hits of a search: whom somebody has just worked on is whom people look for.
SEARCH_SORT = "-updated"


def default_columns(user):
    """Who sees own customers only has no use for their adviser's name."""
    several = user.sees_firm or user.sees_branch
    return [c.name for c in COLUMNS if c.is_default and (several or c.name != "adviser")]


def keyset_of(sort):
    return SORTS[sort.removeprefix("-")].keyset(sort)


def sort_by(ordering):
    """The sort that goes by a column, or against it: `-birth_date` → `-birth`."""
    column = ordering.removeprefix("-")
    names = [name for name, sort in SORTS.items() if sort.column == column and not sort.flipped]
    return ("-" if ordering.startswith("-") else "") + names[0]


def sort_words(sort):
    chosen = SORTS[sort.removeprefix("-")]
    return chosen.down if sort.startswith("-") else chosen.up
