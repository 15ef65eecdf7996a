"""A row that was read is the one that Django would have made."""

import pytest
from django.apps import apps
from django.db import models
from django.db.models.signals import post_init, pre_init

from customers.models import Customer
from tests.factories import CustomerFactory
from wealthai.models import QuicklyRead

READ = [model for model in apps.get_models() if issubclass(model, QuicklyRead)]


@pytest.fixture
def customer(db):
    return CustomerFactory(name="伊藤")


def contents(row):
    state = row._state
    return vars(row) | {"_state": (state.adding, state.db, state.fields_cache)}


@pytest.mark.parametrize("left_out", [0, 2], ids=["whole", "without some columns"])
@pytest.mark.parametrize("model", READ, ids=lambda model: model.__name__)
def test_row_holds_what_django_would_put_there(model, left_out):
    names = [field.attname for field in model._meta.concrete_fields][left_out:]
    values = range(len(names))

    ours = model.from_db("default", names, values)
    plain = models.Model.from_db.__func__(model, "default", names, values)

    assert contents(ours) == contents(plain)


@pytest.mark.parametrize("model", READ, ids=lambda model: model.__name__)
def test_nobody_waits_for_a_row_to_be_made(model):
    assert model.__init__ is models.Model.__init__
    assert not pre_init.has_listeners(model)
    assert not post_init.has_listeners(model)


def test_column_that_was_left_out_is_read_when_asked_for(customer, django_assert_num_queries):
    row = Customer.objects.defer("name").get()

    assert row.get_deferred_fields() == {"name"}
    with django_assert_num_queries(1):
        assert row.name == "伊藤"


def test_row_that_was_read_is_saved_as_a_change(customer):
    row = Customer.objects.get()
    row.name = "中村"
    row.save()

    assert [one.name for one in Customer.objects.all()] == ["中村"]
    assert row.history.first().history_type == "~"
