"""Every table and every field has a Japanese name, the same for one and for many."""

import re

import pytest
from django.apps import apps

OWN = ("wealthai", "customers", "chat", "dashboard")
MODELS = [model for label in OWN for model in apps.get_app_config(label).get_models()]
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-鿿]")
# Columns that django-simple-history and Django add themselves and that no page prints by name.
UNSEEN = {
    "history_id",
    "history_date",
    "history_change_reason",
    "history_type",
    "history_user",
}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_model_is_called_the_same_in_the_plural(model):
    names = {str(model._meta.verbose_name), str(model._meta.verbose_name_plural)}

    assert len(names) == 1
    assert JAPANESE.search(names.pop())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_fields_have_japanese_names(model, settings):
    fields = [
        field
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.name not in UNSEEN and not (field.primary_key and field.name == "id")
    ]

    assert [field.name for field in fields if not JAPANESE.search(str(field.verbose_name))] == []
