"""Bringing earlier values back: of one field or of a whole version, by a decision with a reason."""

from copy import copy
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.html import format_html, format_html_join

from customers.models import Adviser, CashInflow, Customer, Holding
from customers.taken import sentence_for
from wealthai.history import SILENT, in_words, names_of, revert_reason, said
from wealthai.writing import writing

MODELS = {"customer": Customer, "holding": Holding, "inflow": CashInflow}
# A code once given stays, a row belongs to its customer for good, and archiving is an act of its own.
FIXED = SILENT | {"customer_code", "customer", "archived_at"}
PROBLEMS = {
    "invalid_choice": "「{value}」は、いまの一覧にありません。この項目を選ばずに戻してください。",
}


@dataclass(frozen=True)
class Difference:
    """What would change: the value now and the value that would come back, in words."""

    name: str
    label: str
    now: str
    then: str


def may_revert(user, customer):
    """The kinds of rows of this customer that `user` may bring back to earlier values."""
    if customer.archived_at:
        return frozenset()
    return frozenset(
        kind for kind, model in MODELS.items() if user.has_perm(change_permission(model))
    )


def revertible_items(user, customer):
    """The changes that `user` may take back, each as kind.field."""
    return frozenset(
        f"{kind}.{column.name}"
        for kind in may_revert(user, customer)
        for column in columns_of(MODELS[kind], user)
    )


def change_permission(model):
    return f"customers.change_{model._meta.model_name}"


def may_give_away(user):
    """Whoever sees own customers only cannot give one away: nobody would notice."""
    return user.sees_firm or user.sees_branch


def who_get_back(pks, user):
    """Those of these advisers who may get a customer back from `user`; nobody is None."""
    serving = Adviser.objects.visible_to(user).filter(pk__in=pks - {None}, is_active=True)
    return set(serving.values_list("pk", flat=True)) | (pks & {None} if user.sees_firm else set())


def columns_of(model, user):
    """The fields that can come back."""
    fixed = FIXED if may_give_away(user) else FIXED | {"sales_rep"}
    return [
        column
        for column in model.history.model.tracked_fields
        if not column.primary_key and column.name not in fixed
    ]


def differences(row, version, user):
    names = names_of([version, version.__class__(**values(row))], user)
    return [
        Difference(
            column.name,
            column.verbose_name,
            in_words(column, getattr(row, column.attname), names),
            in_words(column, getattr(version, column.attname), names),
        )
        for column in columns_of(type(row), user)
        if said(getattr(row, column.attname)) != said(getattr(version, column.attname))
    ]


def values(row):
    return {
        column.attname: getattr(row, column.attname) for column in row.history.model.tracked_fields
    }


def candidate(row, version, names, user):
    """`row` with the values of `version` in the fields `names`, and {name: sentence} of refusals.

    Values that were fine once may not be now: another customer has the address, the adviser left.
    """
    new = copy(row)
    chosen = [column for column in columns_of(type(row), user) if column.name in names]
    for column in chosen:
        setattr(new, column.attname, getattr(version, column.attname))
    untouched = {column.name for column in row._meta.fields} - {one.name for one in chosen}
    refusals = {}
    try:
        new.full_clean(exclude=untouched)
    except ValidationError as error:
        refusals = {
            name: format_html_join(" ", "{}", ((sentence(new, name, one, user),) for one in errors))
            for name, errors in error.error_dict.items()
        }
    if "sales_rep" in names:
        refusals = refused_adviser(new.sales_rep_id, user) | refusals
    return new, refusals


def sentence(row, name, error, user):
    if error.code == "unique":
        told = sentence_for(name, getattr(row, name), user, besides=row.pk)
        return format_html("{}{}", told, "この項目を選ばずに戻すこともできます。")
    words = PROBLEMS.get(error.code)
    value = getattr(row, name, None)
    return words.format(value=value) if words else " ".join(error.messages)


def refused_adviser(pk, user):
    if pk in who_get_back({pk}, user):
        return {}
    who = (
        "この担当者は退職したか、ほかの支店にいます。"
        if pk
        else "担当なしに戻せるのは事務だけです。"
    )
    return {"sales_rep": f"{who}この項目を選ばずに戻してください。"}


def revert(row, *, reason):
    """Saves what candidate() made; raises IntegrityError when somebody took a value meanwhile."""
    with transaction.atomic(), writing(reason=revert_reason(reason)):
        row.save()
