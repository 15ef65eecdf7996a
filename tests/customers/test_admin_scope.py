"""What a branch manager cannot see does not exist in the back office, wherever one asks."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from customers.models import CashInflow, Customer
from tests.factories import CashInflowFactory, HoldingFactory, SalesNoteFactory

CUSTOMERS = reverse("admin:customers_customer_changelist")
AUTOCOMPLETE = reverse("admin:autocomplete")
MISSING = 999_999


def suggestions(client, model, field, term=""):
    query = {"app_label": "customers", "model_name": model, "field_name": field, "term": term}
    return [row["text"] for row in client.get(AUTOCOMPLETE, query).json()["results"]]


def pages(model, row):
    """Every page of one record; `row` is a record or the number of none."""
    pk = getattr(row, "pk", row)
    urls = [
        reverse(f"admin:customers_{model}_{page}", args=[pk])
        for page in ("change", "delete", "history")
    ]
    version = row.history.first().pk if hasattr(row, "history") else MISSING
    return [*urls, reverse(f"admin:customers_{model}_simple_history", args=[pk, version])]


def bodies(client, urls, method="get"):
    """Status and page of each, without what every answer has of its own."""
    responses = [getattr(client, method)(url) for url in urls]
    return [(r.status_code, r.context["title"], r.context["detail"]) for r in responses]


@pytest.fixture
def hidden(nakamura):
    """Rows of the other branch, one of each kind that belongs to a customer."""
    return {
        "customer": nakamura,
        "holding": HoldingFactory(customer=nakamura),
        "salesnote": SalesNoteFactory(customer=nakamura),
        "cashinflow": CashInflowFactory(customer=nakamura),
    }


@pytest.mark.parametrize("model", ["customer", "holding", "salesnote", "cashinflow"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_branchs_record_is_a_missing_record(client, manager, hidden, model, method):
    client.force_login(manager)

    theirs = bodies(client, pages(model, hidden[model]), method)

    assert {status for status, *_ in theirs} == {404}
    assert theirs == bodies(client, pages(model, MISSING), method)


@pytest.mark.parametrize("number", ["x", "0", "-1", "9" * 40, "1_5F"])
def test_senseless_record_numbers_are_missing_records(client, office, ito, number):
    client.force_login(office)
    start = f"{CUSTOMERS}{number}"

    urls = [f"{start}/change/", f"{start}/delete/", f"{start}/history/", f"{start}/history/1/"]

    assert {client.get(url).status_code for url in urls} == {404}


@pytest.mark.parametrize("version", ["x", "0", "9" * 40])
def test_senseless_history_numbers_are_missing_records(client, office, ito, version):
    client.force_login(office)

    assert client.get(f"{CUSTOMERS}{ito.pk}/history/{version}/").status_code == 404


def test_history_row_of_another_record_is_missing(client, manager, ito, nakamura):
    client.force_login(manager)
    theirs = nakamura.history.get().pk

    assert client.get(f"{CUSTOMERS}{ito.pk}/history/{theirs}/").status_code == 404


@pytest.mark.parametrize("model", ["customer", "holding", "salesnote", "cashinflow"])
def test_lists_leave_another_branchs_rows_out(client, manager, hidden, model):
    client.force_login(manager)

    response = client.get(reverse(f"admin:customers_{model}_changelist"))

    assert list(response.context["cl"].result_list) == []


def test_customer_suggestions_are_visible_ones(client, manager, ito, nakamura):
    client.force_login(manager)

    assert suggestions(client, "holding", "customer") == ["伊藤正雄（C001）"]
    assert suggestions(client, "holding", "customer", "中村") == []


def test_adviser_suggestions_are_of_the_own_branch(client, manager, tanaka, suzuki):
    client.force_login(manager)

    assert suggestions(client, "customer", "sales_rep") == [str(manager), str(tanaka)]


def test_suggestions_survive_unstorable_words(client, office, ito):
    client.force_login(office)

    assert suggestions(client, "holding", "customer", "伊\ufffd") == []
    assert suggestions(client, "holding", "product", "\ufffd") == []


def test_adviser_filter_offers_visible_colleagues_only(client, manager, ito, nakamura):
    client.force_login(manager)

    adviser_filter = client.get(CUSTOMERS).context["cl"].filter_specs[0]

    people = [(str(manager.pk), "橋本部長（BM001）"), (str(ito.sales_rep_id), "田中太郎（SR001）")]
    assert adviser_filter.lookup_choices == people


def test_adviser_filter_does_not_answer_for_hidden_colleagues(client, manager, ito, nakamura):
    client.force_login(manager)

    page = client.get(CUSTOMERS, {"adviser": nakamura.sales_rep_id})

    assert page.context["cl"].result_list == []
    assert "条件「担当」は、値が正しくないか、見られる範囲にありません" in page.text


def test_holding_is_not_given_to_a_hidden_customer(client, manager, nakamura):
    holding = HoldingFactory.build()
    client.force_login(manager)
    data = {
        "customer": nakamura.pk,
        "quantity": holding.quantity,
        "unit_price": holding.unit_price,
        "purchase_date": "2026/04/01",
        "status": "active",
    }

    response = client.post(reverse("admin:customers_holding_add"), data)

    assert response.context["adminform"].form.errors["customer"] == ["候補の中から選んでください。"]


def test_customer_is_not_given_to_a_hidden_adviser_nor_to_nobody(client, manager, ito, suzuki):
    client.force_login(manager)
    rows = {
        f"{prefix}-{name}_FORMS": "0"
        for prefix in ("holdings", "notes", "cash_inflows")
        for name in ("TOTAL", "INITIAL")
    }
    url = reverse("admin:customers_customer_change", args=[ito.pk])

    for choice in (suzuki.pk, ""):
        data = rows | {"name": ito.name, "sales_rep": choice, "version": ito.version()}
        assert "sales_rep" in client.post(url, data).context["adminform"].form.errors


def test_inflow_keeps_a_colleague_whom_the_editor_cannot_choose(client, manager, ito, suzuki):
    inflow = CashInflowFactory(customer=ito, sales_rep=suzuki)
    client.force_login(manager)
    data = {"predicted_amount": "2000万", "predicted_date": "2027/03/31", "status": "predicted"}
    data["version"] = CashInflow.objects.get().version()

    client.post(reverse("admin:customers_cashinflow_change", args=[inflow.pk]), data)

    inflow.refresh_from_db()
    assert (inflow.predicted_amount, inflow.sales_rep) == (20_000_000, suzuki)


def test_actions_reach_visible_rows_only(client, manager, ito, nakamura):
    manager.groups.get().permissions.add(Permission.objects.get(codename="delete_customer"))
    client.force_login(manager)
    data = {"action": "archive_selected", "_selected_action": [ito.pk, nakamura.pk]}

    answer = client.post(CUSTOMERS, data)

    assert answer.url == f"{reverse('customers:bulk-archive')}?ids={ito.pk}"


def test_no_redirect_tells_a_hidden_record_from_a_missing_one(client, manager, nakamura):
    client.force_login(manager)
    kind = ContentType.objects.get_for_model(Customer).pk
    start = f"{reverse('admin:index')}r/{kind}"

    urls = [f"{start}/{pk}/" for pk in (nakamura.pk, MISSING)]

    assert [client.get(url).status_code for url in urls] == [404, 404]


def test_start_page_names_no_records(client, office, ito):
    client.force_login(office)
    rows = {"name": "伊藤正雄", "version": Customer.objects.get().version()}
    client.post(reverse("admin:customers_customer_change", args=[ito.pk]), rows)

    assert "伊藤" not in client.get(reverse("admin:index")).content.decode()
