"""Two people change one customer on the page: the second sees both versions and loses nothing."""

from customers.models import Customer
from tests.customers.test_customer_form_page import edit, errors, typed
from wealthai.history import MISSING


def stored(customer):
    return Customer.objects.get(pk=customer.pk)


def change(customer, by=None, **values):
    """Somebody else is faster."""
    for name, value in values.items():
        setattr(customer, name, value)
    customer._history_user = by
    customer.save()


def change_by_sql(customer, **values):
    Customer.objects.filter(pk=customer.pk).without_history().update(**values)


def lines(differences):
    """(field, as opened, as stored, as typed) of each."""
    return [(one.name, one.seen, one.stored, one.typed) for one in differences]


def again(form, **changes):
    """What a browser sends from the form that came back."""
    fields = {bound.name: bound.value() or "" for bound in form if not bound.field.disabled}
    return fields | changes


def test_field_that_both_changed_is_shown_in_three_versions(page, ito, suzuki):
    sent = typed(ito, occupation="医師", phone="090-2222-2222")
    change(ito, by=suzuki, occupation="弁護士")

    form = page.post(edit(ito), sent).context["form"]

    assert form.non_field_errors()[0].startswith("鈴木一郎さんが先に更新しました。")
    assert lines(form.conflicts) == [("occupation", MISSING, "弁護士", "医師")]
    assert (form["occupation"].value(), form["phone"].value()) == ("医師", "090-2222-2222")
    assert (stored(ito).occupation, stored(ito).phone) == ("弁護士", "090-1111-1111")


def test_field_that_only_the_other_changed_is_taken_over(page, ito, suzuki):
    sent = typed(ito, occupation="医師")
    change(ito, by=suzuki, risk_tolerance="5", net_worth=150_000_000)
    form = page.post(edit(ito), sent).context["form"]

    page.post(edit(ito), again(form))

    assert form.conflicts == []
    assert lines(form.taken_over) == [
        ("net_worth", MISSING, "150,000,000", MISSING),
        ("risk_tolerance", "3 中立", "5 積極的", "3 中立"),
    ]
    saved = stored(ito)
    assert (saved.occupation, saved.risk_tolerance, saved.net_worth) == ("医師", "5", 150_000_000)


def test_both_meaning_the_same_is_no_conflict(page, ito):
    sent = typed(ito, net_worth="2,500万", occupation="医師")
    change(ito, net_worth=25_000_000)

    assert page.post(edit(ito), sent).status_code == 302
    assert (stored(ito).net_worth, stored(ito).occupation) == (25_000_000, "医師")


def test_who_changed_nothing_cannot_undo_the_other(page, ito):
    sent = typed(ito)
    change(ito, occupation="弁護士")

    assert page.post(edit(ito), sent).status_code == 302
    assert stored(ito).occupation == "弁護士"


def test_saving_again_keeps_what_was_typed(page, ito):
    sent = typed(ito, occupation="医師")
    change(ito, occupation="弁護士")
    form = page.post(edit(ito), sent).context["form"]

    page.post(edit(ito), again(form))

    assert stored(ito).occupation == "医師"


def test_choice_of_the_stored_value_wins_over_the_typed_one(page, ito):
    sent = typed(ito, occupation="医師", birth_date="1955/11/09")
    change(ito, occupation="弁護士", birth_date="1955-11-08")
    form = page.post(edit(ito), sent).context["form"]
    choices = {one.choice: "stored" for one in form.conflicts}

    page.post(edit(ito), again(form, **choices))

    assert sorted(choices) == ["birth_date-take", "occupation-take"]
    assert (stored(ito).occupation, str(stored(ito).birth_date)) == ("弁護士", "1955-11-08")


def test_third_editor_is_noticed_as_well(page, ito, suzuki, manager):
    sent = typed(ito, occupation="医師")
    change(ito, by=suzuki, occupation="弁護士")
    form = page.post(edit(ito), sent).context["form"]
    change(ito, by=manager, occupation="教員")

    second = page.post(edit(ito), again(form)).context["form"]

    assert "橋本部長さん" in second.non_field_errors()[0]
    assert lines(second.conflicts) == [("occupation", "弁護士", "教員", "医師")]
    assert stored(ito).occupation == "教員"


def test_choice_of_a_value_that_is_old_by_now_takes_the_newest(page, ito):
    sent = typed(ito, occupation="医師", phone="090-2222-2222")
    change(ito, occupation="弁護士")
    form = page.post(edit(ito), sent).context["form"]
    change(ito, occupation="教員")

    second = page.post(edit(ito), again(form, **{"occupation-take": "stored"})).context["form"]

    assert lines(second.taken_over) == [("occupation", "弁護士", "教員", "弁護士")]
    assert second["occupation"].value() == "教員"


def test_what_the_form_refuses_is_kept_beside_the_conflict(page, ito):
    sent = typed(ito, occupation="医師", email="ito@")
    change(ito, occupation="弁護士", email="masao@example.com")

    form = page.post(edit(ito), sent).context["form"]

    assert lines(form.conflicts) == [
        ("occupation", MISSING, "弁護士", "医師"),
        ("email", "ito@example.com", "masao@example.com", "ito@"),
    ]
    assert form["email"].value() == "ito@"


def test_change_by_another_system_is_shown_without_what_was_opened(page, ito):
    sent = typed(ito, occupation="医師")
    change_by_sql(ito, occupation="弁護士")
    change_by_sql(ito, phone="0")

    form = page.post(edit(ito), sent).context["form"]

    assert "ほかの人が先に更新しました" in form.non_field_errors()[0]
    assert (lines(form.conflicts), lines(form.taken_over)) == (
        [("occupation", MISSING, "弁護士", "医師")],
        [("phone", "090-1111-1111", "0", "090-1111-1111")],
    )


def test_form_opened_on_another_systems_row_shows_every_difference(page, ito):
    change_by_sql(ito, occupation="医師")
    sent = typed(stored(ito), phone="1")
    change_by_sql(ito, occupation="弁護士")

    form = page.post(edit(ito), sent).context["form"]

    assert form.seen is None
    assert lines(form.conflicts) == [
        ("occupation", MISSING, "弁護士", "医師"),
        ("phone", MISSING, "090-1111-1111", "1"),
    ]


def test_change_without_a_version_is_refused(page, ito):
    response = page.post(edit(ito), {"name": "伊藤正男"})

    assert list(errors(response)) == ["__all__"]


def test_advisers_are_shown_by_name(client, office, ito, suzuki, manager):
    client.force_login(office)
    sent = typed(ito, sales_rep=suzuki.pk)
    change(ito, sales_rep=manager)

    form = client.post(edit(ito), sent).context["form"]

    names = ("田中太郎（東京本店）", "橋本部長（東京本店）", "鈴木一郎（大阪支店）")
    assert lines(form.conflicts) == [("sales_rep", *names)]


def test_conflict_costs_the_same_queries_for_many_saves(page, ito, django_assert_max_num_queries):
    sent = typed(ito, occupation="医師")
    for occupation in ("弁護士", "教員", "会社員"):
        change(ito, occupation=occupation)

    with django_assert_max_num_queries(17):
        form = page.post(edit(ito), sent).context["form"]

    assert lines(form.conflicts) == [("occupation", MISSING, "会社員", "医師")]
