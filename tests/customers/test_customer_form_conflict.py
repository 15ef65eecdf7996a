"""Two people change one customer on the page: the second sees both versions."""

from customers.models import Customer
from tests.customers.test_customer_form_page import edit, errors, typed


def test_stale_version_is_refused_with_the_difference(page, ito, suzuki):
    seen = typed(ito, occupation="医師", phone="1")
    ito.occupation, ito._history_user = "弁護士", suzuki
    ito.save()

    form = page.post(edit(ito), seen).context["form"]

    assert "鈴木一郎さんが先に更新しました" in form.non_field_errors()[0]
    assert form.conflicts == [
        {"label": "職業", "stored": "弁護士", "typed": "医師"},
        {"label": "電話番号", "stored": "090-1111-1111", "typed": "1"},
    ]
    assert Customer.objects.get(pk=ito.pk).occupation == "弁護士"


def test_change_by_another_system_is_noticed_too(page, ito):
    seen = typed(ito, occupation="医師")
    Customer.objects.filter(pk=ito.pk).without_history().update(occupation="弁護士")

    form = page.post(edit(ito), seen).context["form"]

    assert "ほかの人が先に更新しました" in form.non_field_errors()[0]


def test_saving_again_after_a_conflict_is_a_decision(page, ito):
    seen = typed(ito, occupation="医師")
    Customer.objects.filter(pk=ito.pk).without_history().update(occupation="弁護士")
    shown = page.post(edit(ito), seen).context["form"]

    page.post(edit(ito), seen | {"version": shown["version"].value()})

    assert Customer.objects.get(pk=ito.pk).occupation == "医師"


def test_change_without_a_version_is_refused(page, ito):
    response = page.post(edit(ito), {"name": "伊藤正男"})

    assert list(errors(response)) == ["__all__"]
