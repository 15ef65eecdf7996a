"""One new value for many customers: shown old → new first, then all of it or nothing."""

import re

import pytest
from django.urls import reverse

from customers.models import Customer
from customers.roles import Role
from tests.factories import AdviserFactory, CustomerFactory
from wealthai.tracking import create_many

PATH = "/customers/bulk-edit"


def choice(*customers, change="risk_tolerance", step="preview", **values):
    ids = ",".join(str(customer.pk) for customer in customers)
    return {"ids": ids, "change": change, "step": step, "risk_tolerance": "4"} | values


def planned(response):
    return [
        (row.customer.name, change.label, change.old, change.new)
        for row in response.context["rows"]
        for change in row.changes
    ]


def errors(form):
    return {name: list(found) for name, found in form.errors.items()}


# --- Whom it is about -------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_ticked_customers_are_chosen(method, page, ito, ono, nakamura):
    ids = {"ids": [ito.pk, ono.pk, nakamura.pk]}

    assert getattr(page, method)(PATH, ids).context["keys"] == [ito.pk, ono.pk]


def test_all_customers_of_the_lists_address_are_chosen(page, ito, ono):
    assert page.get(PATH, {"q": "大野"}).context["keys"] == [ono.pk]


@pytest.mark.parametrize(
    ("query", "label"), [("risk=9", "リスク許容度"), ("q=" + "あ" * 201, "検索する言葉")]
)
def test_condition_that_cannot_be_read_chooses_nobody(query, label, page, ito):
    response = page.get(f"{PATH}?{query}")

    assert response.context["keys"] == []
    assert f"条件「{label}」は、" in response.text


def test_archived_customers_are_left_out(page, ito, ono):
    ono.archive()

    assert page.get(PATH).context["keys"] == [ito.pk]


def test_nothing_ticked_is_nobody_and_never_everybody(page, ito):
    response = page.post(PATH, {"ids": ""})

    assert response.context["keys"] == []
    assert "対象の顧客がいません" in response.text


@pytest.mark.parametrize("ids", ["1;2", "x", "1,,９", "9" * 12, "1:zz"])
def test_keys_that_are_none_are_nobody(ids, page, ito):
    response = page.post(PATH, {"ids": ids})

    assert response.context["keys"] == []
    assert "一覧から選び直してください" in response.text


def test_more_than_ten_thousand_are_refused_with_the_next_step(page, ito):
    ids = ",".join(map(str, range(1, 10_002)))

    response = page.post(PATH, {"ids": ids})

    assert response.context["keys"] == []
    assert "一度に扱えるのは10,000名までです" in response.text


# --- What may be changed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "fields"),
    [
        (Role.ADVISER, ["risk_tolerance", "investment_experience", "occupation"]),
        (
            Role.BRANCH_MANAGER,
            ["risk_tolerance", "investment_experience", "occupation", "sales_rep"],
        ),
    ],
    ids=["adviser", "manager"],
)
def test_role_decides_which_fields_are_offered(client, role, fields, ito):
    client.force_login(AdviserFactory(role=role))

    form = client.post(PATH, {"ids": ito.pk}).context["form"]

    assert [name for name, _ in form.fields["change"].choices] == fields


def test_adviser_cannot_change_the_adviser_by_hand_either(page, ito, suzuki):
    response = page.post(PATH, choice(ito, change="sales_rep", sales_rep=suzuki.pk))

    assert list(errors(response.context["form"])) == ["change"]


def test_manager_gives_to_colleagues_of_the_branch_only(client, manager, ito, suzuki):
    client.force_login(manager)

    response = client.post(PATH, choice(ito, change="sales_rep", sales_rep=suzuki.pk))

    assert list(errors(response.context["form"])) == ["sales_rep"]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"change": []}, {"change": ["変更する項目に印を付けてください。"]}),
        ({"risk_tolerance": "9"}, {"risk_tolerance": ["リスク許容度は一覧から選んでください。"]}),
    ],
    ids=["nothing", "unlisted"],
)
def test_form_refuses_and_says_why(values, problem, page, ito):
    assert errors(page.post(PATH, choice(ito, **values)).context["form"]) == problem


@pytest.mark.parametrize("text", ["あ" * 51, "医\u202e師", "医\x00師"])
def test_text_is_checked_as_on_the_customers_own_form(text, page, ito):
    response = page.post(PATH, choice(ito, change="occupation", occupation=text))

    assert list(errors(response.context["form"])) == ["occupation"]


def test_manager_must_name_an_adviser(client, manager, ito):
    client.force_login(manager)

    response = client.post(PATH, choice(ito, change="sales_rep", sales_rep=""))

    assert errors(response.context["form"]) == {"sales_rep": ["担当者を選択してください。"]}


# --- Preview ----------------------------------------------------------------------------------


def test_preview_shows_old_and_new_and_changes_nothing(page, ito, ono):
    response = page.post(PATH, choice(ito, ono))

    assert planned(response) == [
        ("伊藤正雄", "リスク許容度", "3 中立", "4 やや積極的"),
        ("大野達也", "リスク許容度", "―", "4 やや積極的"),
    ]
    assert set(Customer.objects.values_list("risk_tolerance", flat=True)) == {"3", None}


def test_preview_counts_apart_who_does_not_change(page, ito, ono):
    response = page.post(PATH, choice(ito, ono, risk_tolerance="3"))

    assert [row[0] for row in planned(response)] == ["大野達也"]
    assert "すでに同じ内容 1名" in response.text


def test_preview_of_no_change_offers_no_button(page, ito):
    response = page.post(PATH, choice(ito, risk_tolerance="3"))

    assert "変わる顧客はいません" in response.text
    assert 'value="apply"' not in response.text


def test_several_fields_change_at_once(page, ito):
    response = page.post(
        PATH, choice(ito, change=["risk_tolerance", "occupation"], occupation="医師")
    )

    assert planned(response) == [
        ("伊藤正雄", "リスク許容度", "3 中立", "4 やや積極的"),
        ("伊藤正雄", "職業", "―", "医師"),
    ]


def test_preview_carries_the_choice_on_in_hidden_fields(page, ito):
    text = page.post(PATH, choice(ito)).text

    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    assert (hidden["change"], hidden["risk_tolerance"]) == ("risk_tolerance", "4")
    assert hidden["ids"].startswith(f"{ito.pk}:")


# --- Queries ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_choosing_and_preview_take_the_same_queries_for_any_number(
    client, office, count, django_assert_num_queries
):
    client.force_login(office)
    customers = CustomerFactory.create_batch(count)

    with django_assert_num_queries(6):
        client.post(PATH, choice(*customers, step=""))
    with django_assert_num_queries(5):
        client.post(PATH, choice(*customers))


# --- From the admin's list --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "path"), [("edit_selected", PATH), ("hand_over_selected", "/customers/hand-over")]
)
def test_admins_actions_lead_to_the_pages(action, path, client, office, ito):
    client.force_login(office)
    data = {"action": action, "_selected_action": [ito.pk]}

    response = client.post(reverse("admin:customers_customer_changelist"), data)

    assert response.url == f"{path}?ids={ito.pk}"
    assert client.get(response.url).context["keys"] == [ito.pk]


def test_admins_action_on_too_many_says_what_to_do(client, office):
    create_many(Customer, [Customer(name=f"顧客{n}") for n in range(201)])
    client.force_login(office)
    chosen = {"select_across": 1, "_selected_action": [Customer.objects.first().pk]}

    response = client.post(
        reverse("admin:customers_customer_changelist"),
        chosen | {"action": "edit_selected"},
        follow=True,
    )

    assert "200名までを選んでください" in response.text
