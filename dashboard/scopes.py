"""Whose records the start page sums up: one's own book, a branch, the firm."""

from dataclasses import dataclass
from functools import cached_property

from django import forms
from django.db.models import F, Subquery
from django.utils.http import urlencode

from chat.models import ChatExchange
from customers.models import Adviser, Customer
from wealthai.database import Among


class ScopeQuery(forms.Form):
    own = forms.BooleanField(required=False)
    branch = forms.CharField(required=False, max_length=50)


@dataclass(frozen=True)
class Scope:
    """All that `user` sees, or `is_own` or of one `branch` of it alone."""

    user: object
    is_own: bool = False
    branch: str = ""

    @cached_property
    def is_firm(self):
        return self.user.sees_firm and not (self.is_own or self.branch)

    @cached_property
    def is_book(self):
        """One's own customers, whatever else one might see."""
        return self.is_own or not (self.user.sees_firm or self.user.sees_branch)

    @cached_property
    def is_own_use(self):
        """Whether the exchanges in sight are one's own alone."""
        return self.is_own or not self.user.sees_firm

    @cached_property
    def words(self):
        if self.is_book:
            return "自分の担当"
        return self.branch or ("全社" if self.user.sees_firm else self.user.branch)

    @cached_property
    def conditions(self):
        """What narrows a list of customers to this scope."""
        own = {"adviser": self.user.pk} if self.is_own else {}
        return own | ({"branch": self.branch} if self.branch else {})

    @cached_property
    def whose(self):
        """What narrows rows to this scope: the key of an adviser, a branch, None for the firm."""
        if self.is_firm:
            return None
        if self.is_book:
            return self.user.pk
        return self.branch if self.user.sees_firm else self.user.branch

    @cached_property
    def asked_by(self):
        """The arguments of `exchanges` for this scope."""
        if not self.user.sees_firm:
            return self.user, None, None
        return self.user, self.user.pk if self.is_own else None, self.branch or None

    # --- Beginnings of the addresses behind the figures; each ends so that a condition may follow ---
    @cached_property
    def list_query(self):
        return query(self.conditions)

    @cached_property
    def task_query(self):
        if self.is_book:
            return ""
        return query({"whose": "all"} | ({"branch": self.branch} if self.branch else {}))

    @cached_property
    def chat_query(self):
        own = {"person": self.user.pk} if self.is_own and self.user.sees_firm else {}
        return query(own | ({"branch": self.branch} if self.branch else {}))

    @cached_property
    def choices(self):
        """(words, query string, whether it is this one) of each scope that `user` may choose."""
        user, branches = self.user, []
        if user.sees_firm:
            branches = [name for name in dict.fromkeys((user.branch, self.branch)) if name]
        whole = Scope(user)
        if whole.is_book:
            return []
        scopes = [Scope(user, is_own=True), *(Scope(user, branch=one) for one in branches), whole]
        return [("自分" if one.is_own else one.words, one.link, one == self) for one in scopes]

    @cached_property
    def link(self):
        own = {"own": "1"} if self.is_own else {}
        return "?" + urlencode(own | ({"branch": self.branch} if self.branch else {}))


def query(conditions):
    return f"{urlencode(conditions)}&" if conditions else ""


def scope_of(user, data):
    """The scope that an address asks for, as far as `user` may choose one."""
    form = ScopeQuery(data)
    asked = form.cleaned_data if form.is_valid() else {}
    if asked.get("own") and (user.sees_firm or user.sees_branch):
        return Scope(user, is_own=True)
    return Scope(user, branch=asked.get("branch", "") if user.sees_firm else "")


def of_advisers(rows, adviser, whose):
    """Those of `rows` whose `adviser`, a path to it, is in a scope.

    It asks the customer that `rows` join anyway, not a second time by its key.
    """
    if whose is None:
        return rows
    if isinstance(whose, int):
        return rows.filter(**{adviser: whose})
    found = Adviser.objects.filter(branch=whose).order_by().values("pk")
    return rows.filter(Among(F(adviser), Subquery(found)))


def of_customers(rows, whose):
    """Those of `rows` whose customer is in a scope and not archived.

    Indexes alone tell: of the many that are due only those that are shown need their customer.
    """
    if whose is None:
        return rows.exclude(customer__in=Customer.objects.archived())
    return rows.filter(customer__in=of_advisers(Customer.objects.active(), "sales_rep", whose))


def exchanges(user, person=None, branch=""):
    """One's own exchanges; for those who see the firm everybody's, a person's or a branch's."""
    found = ChatExchange.objects.visible_to(user)
    if person and user.sees_firm:
        found = found.filter(adviser=person)
    return found.filter(adviser__branch=branch) if branch and user.sees_firm else found
