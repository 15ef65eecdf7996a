"""The next thing to do for a customer."""

import re

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.http import urlencode

from customers.forms.customer import AdviserField
from customers.forms.polite import PoliteMessages
from customers.forms.versioned import RecordForm
from customers.models import Adviser, Customer, Task
from customers.search import MAX_LENGTH
from customers.tasks import BY_DONE_AT, BY_DUE_DATE
from wealthai.counting import capped_count, count_words
from wealthai.sent_once import SentOnceForm

NAMED = 3  # candidates in an error
OWN_KEY = re.compile(r"W([1-9]\d{0,8})", re.ASCII)


class TaskForm(PoliteMessages, SentOnceForm, RecordForm):
    """Whom a task may be given to: colleagues of `user` who may see its customer."""

    class Meta:
        model = Task
        fields = ["title", "due_date", "assignee"]
        field_classes = {"assignee": AdviserField}
        widgets = {"title": forms.TextInput(attrs={"placeholder": "円債の提案を2案つくる"})}

    def __init__(self, *args, user, customer=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        if customer:
            self.instance.customer = customer
        if not self.is_change:
            self.instance.assignee = user
            self.initial["assignee"] = user.pk
        self.offer_people(customer or (self.instance.customer if self.is_change else None))

    def offer_people(self, customer):
        if customer is None or not (self.user.sees_firm or self.user.sees_branch):
            del self.fields["assignee"]
            return
        field = self.fields["assignee"]
        people = Adviser.objects.visible_to(self.user).who_see(customer).filter(is_active=True)
        chosen = Q(pk=self.instance.assignee_id) | Q(pk__in=people.values("pk"))
        field.queryset = Adviser.objects.filter(chosen)
        field.required = True
        field.empty_label = "選んでください"


class CustomerField(forms.CharField):
    """A customer by code, name or whatever the search finds, if it leaves one; `customers` are
    those that may be chosen. A chosen suggestion stands there as code and name."""

    customers = Customer.objects.none()

    def clean(self, value):
        typed = super().clean(value)
        exact = self.customers.filter(self.named(typed))
        found, count = first_of(exact)
        if not found:
            found, count = first_of(self.customers.search(typed))
        if not found:
            raise ValidationError(
                "顧客が見つかりません。氏名か顧客コードを確かめてください。", code="unknown"
            )
        if count > 1:
            raise ValidationError(several(typed, found, count), code="several")
        return found[0]

    def named(self, typed):
        code, _, name = typed.partition(" ")
        named = Q(customer_code=typed) | Q(name=typed) | Q(customer_code=code, name=name.strip())
        # Rows of other systems have no code of their own; people see the key.
        key = OWN_KEY.fullmatch(code)
        bare = Q(pk=int(key[1]), customer_code=None) if key else Q(pk__in=[])
        return named | (bare & Q(name=name.strip()) if name else bare)


def first_of(customers):
    """The few whom an error can name, and how many there are."""
    found = list(customers.order_by("pk")[: NAMED + 1])
    if len(found) <= NAMED:
        return found, len(found)
    return found[:NAMED], capped_count(customers, settings.SEARCH_COUNT_CAP)


def several(typed, found, count):
    names = "、".join(f"{customer.code} {customer.name}" for customer in found)
    many = count_words(count, settings.SEARCH_COUNT_CAP)
    more = " など" if count > len(found) else ""
    return (
        f"「{typed}」に当てはまる顧客は{many}います（{names}{more}）。"
        "顧客コードで入力してください。"
    )


class AnyTaskForm(TaskForm):
    """A task written on the page of tasks, where the customer has to be named."""

    customer_named = CustomerField(
        label="顧客",
        max_length=MAX_LENGTH,
        widget=forms.TextInput(
            attrs={
                "placeholder": "氏名・カナ・顧客コード",
                "autocomplete": "off",
                "spellcheck": "false",
                "data-pick": True,
            }
        ),
    )
    field_order = ["customer_named"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.fields["customer_named"].customers = Customer.objects.visible_to(user).active()

    def save(self, commit=True):
        self.instance.customer = self.cleaned_data["customer_named"]
        return super().save(commit)


class TaskQuery(forms.Form):
    """The address of the task list: whose tasks, open or done, from where on.

    What templates read is not called like a field: there, `query.whose` is the field.
    """

    DEFAULTS = {"whose": "mine", "state": "open", "due": "", "branch": ""}
    DUE = {"overdue": "期限超過", "today": "本日"}

    whose = forms.ChoiceField(choices=[("mine", "自分"), ("all", "すべて")], required=False)
    state = forms.ChoiceField(choices=[("open", "未完了"), ("done", "完了")], required=False)
    due = forms.ChoiceField(choices=DUE.items(), required=False)
    branch = forms.CharField(required=False, max_length=50)
    cursor = forms.CharField(required=False, max_length=2000)

    def __init__(self, data):
        super().__init__(data)
        self.is_valid()
        self.chosen = {
            name: self.cleaned_data.get(name) or default for name, default in self.DEFAULTS.items()
        }
        self.place = self.cleaned_data.get("cursor")

    @property
    def is_done(self):
        return self.chosen["state"] == "done"

    @property
    def keyset(self):
        return BY_DONE_AT if self.is_done else BY_DUE_DATE

    def found_in(self, tasks, user):
        if self.chosen["whose"] == "mine":
            tasks = tasks.filter(assignee=user)
        if self.chosen["branch"]:
            customers = Customer.objects.of_branch(self.chosen["branch"])
            tasks = tasks.filter(customer__in=customers)
        if self.is_done:
            return tasks.exclude(done_at=None)
        return getattr(tasks, self.chosen["due"])() if self.chosen["due"] else tasks.open()

    def link(self, **changes):
        state = self.chosen | changes
        return "?" + urlencode({k: v for k, v in state.items() if self.DEFAULTS.get(k) != v})

    def link_at(self, position):
        return self.link(cursor=position)

    def limits(self):
        """(words, address of the list without it) of what narrows the list beside the choices."""
        if self.chosen["due"]:
            yield self.DUE[self.chosen["due"]], self.link(due="")
        if self.chosen["branch"]:
            yield f"支店 {self.chosen['branch']}", self.link(branch="")

    def targets(self):
        """The addresses of the page's choices."""
        choices = [("whose", "mine"), ("whose", "all"), ("state", "open")]
        links = {value: self.link(**{name: value}) for name, value in choices}
        return links | {"done": self.link(state="done", due="")}  # what is done waits for nobody
