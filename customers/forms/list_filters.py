"""The conditions of the customer list, shared by the page and the admin's list.

A condition that is not understood, or names what may not be seen, finds nobody: left out, it would
widen the list, and with it any act on all of the list.
"""

from django import forms
from django.utils.functional import cached_property

from customers.fields import YenField
from customers.forms.polite import PoliteMessages
from customers.models import Adviser, Customer, Product
from customers.reading import read_yen
from wealthai.wording import oku, unreadable

NOBODY = "none"
DAYS = (30, 60, 90, 180)
LONGEST_DAYS = 3650
DAYS_EXAMPLE = f"30 や 90日 のように、1から{LONGEST_DAYS:,}までの日数を入力してください。"
LARGEST_YEN = 10**15
# As in an address: "40-49", open ends left out.
AGE_BANDS = {
    "-39": "39歳以下",
    "40-49": "40代",
    "50-59": "50代",
    "60-69": "60代",
    "70-74": "70〜74歳",
    "75-79": "75〜79歳",
    "75-": "75歳以上",
    "80-": "80歳以上",
    NOBODY: "生年月日なし",
}
THIS_MONTH = "month"
ARCHIVED, EVERYBODY = "archived", "all"
STATUS = [(ARCHIVED, "保管済み"), (EVERYBODY, "取引中と保管済み")]


class Colleagues:
    """Whose customers a person may see: adviser and branch choices, in one query when first asked.

    With or without customers: a kept address still says what it said when the last one has left.
    """

    def __init__(self, user):
        self.user = user

    @cached_property
    def people(self):
        if not (self.user.sees_firm or self.user.sees_branch):
            return [self.user]
        return list(Adviser.objects.visible_to(self.user).order_by("rep_code"))

    def advisers(self):
        choices = [(str(person.pk), str(person)) for person in self.people]
        return [*choices, (NOBODY, "担当なし")] if self.user.sees_firm else choices

    def branches(self):
        names = sorted({person.branch for person in self.people if person.branch})
        choices = [(name, name) for name in names]
        return [*choices, (NOBODY, "支店なし")] if self.user.sees_firm else choices


class DaysField(forms.IntegerField):
    """30, ３０, 30日."""

    def __init__(self, **options):
        super().__init__(min_value=1, max_value=LONGEST_DAYS, required=False, **options)
        for validator in self.validators:
            validator.message = DAYS_EXAMPLE
        self.widget = forms.TextInput(
            attrs={"inputmode": "numeric", "list": "days", "autocomplete": "off", "size": 6}
        )

    def to_python(self, value):
        try:
            return read_yen(value.removesuffix("日")) if value else None
        except forms.ValidationError as error:
            raise forms.ValidationError(DAYS_EXAMPLE, code="invalid") from error


class Ticks(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, choices, **options):
        super().__init__(choices=choices, required=False, **options)


CSS = {forms.ChoiceField: "form-select", Ticks: "form-check-input"}


class ListFilters(PoliteMessages, forms.Form):
    adviser = forms.ChoiceField(label="担当", required=False)
    branch = forms.ChoiceField(label="支店", required=False)
    kind = forms.ChoiceField(label="区分", choices=Customer.Kind, required=False)
    age = forms.ChoiceField(label="年齢", choices=AGE_BANDS.items(), required=False)
    risk = Ticks([*Customer.RiskTolerance.choices, (NOBODY, "未登録")], label="リスク許容度")
    experience = Ticks(Customer.Experience, label="投資経験")
    category = Ticks(Product.Category, label="保有商品の種類")
    assets = YenField(label="預り資産", min_value=0, max_value=LARGEST_YEN, required=False)
    maturity = DaysField(label="償還までの日数")
    quiet = DaysField(label="連絡のない日数")
    stale = DaysField(label="記録の更新がない日数")
    added = forms.ChoiceField(label="登録", choices=[(THIS_MONTH, "今月")], required=False)
    status = forms.ChoiceField(label="状態", choices=STATUS, required=False)

    @property
    def conditions(self):
        """The names of all fields that narrow."""
        return FILTERS

    def __init__(self, data, *, user, colleagues=None):
        super().__init__(data)
        self.user = user
        self.several_advisers = user.sees_firm or user.sees_branch
        self.offer(colleagues or Colleagues(user))
        self.is_valid()
        self.filters = {
            name: value
            for name in FILTERS
            if (value := self.cleaned_data.get(name)) not in (None, "", [])
        }
        self.unreadable = {
            name: self.fields[name].label for name in self.conditions if name in self.errors
        }

    def offer(self, colleagues):
        """Choices are looked up only for who needs them: the page has queries to save."""
        for name in FILTERS:
            field = self.fields[name]
            field.widget.attrs["class"] = CSS.get(type(field), "form-control")
            if type(field) is forms.ChoiceField:
                empty = "取引中" if name == "status" else "指定なし"
                choices = {"adviser": colleagues.advisers, "branch": colleagues.branches}.get(name)
                choices = choices() if choices else list(field.choices)
                field.choices = [("", empty), *choices]

    @property
    def problem(self):
        """What keeps the conditions from finding anybody, and how to write what was typed; empty where
        nothing does."""
        typed = [n for n in self.unreadable if not isinstance(self.fields[n], forms.ChoiceField)]
        mends = dict.fromkeys(self.errors[name][0] for name in typed)
        return unreadable(self.unreadable.values()) + "".join(mends)

    def narrowed(self, customers):
        """`customers` by every condition; without a status those in business."""
        if self.unreadable:
            return customers.none()
        if "status" not in self.filters:
            customers = customers.active()
        for name, value in self.filters.items():
            customers = NARROWING[name](customers, value)
        return customers

    def has(self, name):
        return name in self.filters or name in self.unreadable

    def sentence(self, name):
        """`預り資産 3,000万円以上`."""
        if name in self.unreadable:
            return f"{self.unreadable[name]}（読み取れない条件）"
        value = self.filters[name]
        wording = SENTENCES.get(name)
        if wording:
            return wording(value)
        known = dict(self.fields[name].choices)
        values = value if isinstance(value, list) else [value]
        label = "保有" if name == "category" else self.fields[name].label
        return f"{label} {'・'.join(known[one] for one in values)}"

    def tick_fields(self):
        return [self[name] for name in ("risk", "experience", "category")]

    def sentences(self):
        return [self.sentence(name) for name in self.conditions if self.has(name)]


def by_adviser(customers, value):
    return customers.filter(sales_rep=None if value == NOBODY else int(value))


def by_age(customers, band):
    if band == NOBODY:
        return customers.filter(birth_date=None)
    youngest, eldest = (int(end) if end else None for end in band.split("-"))
    return customers.aged_between(youngest, eldest)


NARROWING = {
    "adviser": by_adviser,
    "branch": lambda customers, name: (
        customers.of_no_branch() if name == NOBODY else customers.of_branch(name)
    ),
    "kind": lambda customers, kind: customers.filter(kind=kind),
    "age": by_age,
    "risk": lambda customers, steps: customers.tolerating(steps, or_unknown=NOBODY in steps),
    "experience": lambda customers, names: customers.filter(investment_experience__in=names),
    "category": lambda customers, codes: customers.holding_category(codes),
    "assets": lambda customers, yen: customers.with_assets_from(yen),
    "maturity": lambda customers, days: customers.maturing_within(days),
    "quiet": lambda customers, days: customers.without_contact_for(days),
    "stale": lambda customers, days: customers.unchanged_for(days),
    "added": lambda customers, _: customers.added_this_month(),
    "status": lambda customers, status: customers.archived() if status == ARCHIVED else customers,
}
FILTERS = tuple(NARROWING)
SENTENCES = {
    "assets": lambda yen: f"預り資産 {oku(yen)}円以上",
    "maturity": lambda days: f"償還 {days:,}日以内",
    "quiet": lambda days: f"連絡なし {days:,}日以上",
    "stale": lambda days: f"更新なし {days:,}日以上",
}
