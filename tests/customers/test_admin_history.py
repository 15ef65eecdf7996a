"""The history pages of the back office: who, when, what before and after; and going back."""

import pytest
from django.urls import reverse

from customers.models import Customer
from tests.customers.trails import rewrite
from tests.factories import (
    CashInflowFactory,
    EconomicEventFactory,
    HoldingFactory,
    SalesNoteFactory,
)


def history_url(customer):
    return reverse("admin:customers_customer_history", args=[customer.pk])


def version_url(customer, record):
    return reverse("admin:customers_customer_simple_history", args=[customer.pk, record.pk])


def earliest(row):
    """The page of its first state."""
    url = f"admin:customers_{row._meta.model_name}_simple_history"
    return reverse(url, args=[row.pk, row.history.last().pk])


def newest(row):
    """The page of its last state."""
    url = f"admin:customers_{row._meta.model_name}_simple_history"
    return reverse(url, args=[row.pk, row.history.first().pk])


def page_of_changes(response, **changes):
    """What a browser sends from the product's page of earlier values."""
    form = response.context["form"]
    return {name: form[name].value() for name in ("version", "names")} | changes


def lines(response):
    """(who, act, [(field, before, after)], reason) of each row, newest first."""
    return [
        (
            record.history_user and record.history_user.name,
            record.get_history_type_display(),
            [(change.label, change.old, change.new) for change in getattr(record, "changes", [])],
            record.history_change_reason,
        )
        for record in response.context["page_obj"].object_list
    ]


@pytest.fixture
def moved(ito, suzuki, office):
    """Ito after the office has handed him to Suzuki and raised his risk level."""
    ito.sales_rep, ito.risk_tolerance = suzuki, "5"
    ito._history_user, ito._change_reason = office, "異動"
    ito.save()
    return ito


def test_history_tells_who_changed_what_in_words(client, office, moved):
    client.force_login(office)

    assert lines(client.get(history_url(moved))) == [
        (
            "西村恵",
            "変更",
            [
                ("リスク許容度", "3 中立", "5 積極的"),
                ("担当者", "田中太郎（SR001）", "鈴木一郎（SR003）"),
            ],
            "異動",
        ),
        (None, "登録", [], None),
    ]


def test_history_prints_one_line_per_field(client, office, moved):
    client.force_login(office)

    page = client.get(history_url(moved)).content.decode()

    assert page.count('rowspan="2"') == 5
    assert page.count('<td class="old">') == 3


def test_history_needs_the_same_queries_for_one_change_and_five(
    client, office, moved, django_assert_max_num_queries
):
    client.force_login(office)
    with django_assert_max_num_queries(12) as first:
        client.get(history_url(moved))
    for phone in ("1", "2", "3", "4"):
        moved.phone = phone
        moved.save()

    with django_assert_max_num_queries(len(first)):
        client.get(history_url(moved))


def test_history_compares_across_its_pages(client, office, ito):
    for number in range(51):
        ito.phone = str(number)
        ito.save()
    client.force_login(office)

    first, second = (lines(client.get(history_url(ito), {"p": page})) for page in (1, 2))

    assert first[-1][2] == [("電話番号", "0", "1")]
    assert second[0][2] == [("電話番号", "090-1111-1111", "0")]


def test_earlier_state_is_shown_as_it_was(client, office, moved):
    client.force_login(office)

    shown = dict(client.get(version_url(moved, moved.history.last())).context["values"])

    assert [shown[label] for label in ("リスク許容度", "担当者", "職業")] == [
        "3 中立",
        "田中太郎（SR001）",
        "―",
    ]


def test_earlier_state_leads_to_the_page_that_brings_it_back(client, office, moved):
    first = moved.history.last()
    client.force_login(office)

    link = client.get(version_url(moved, first)).context["restore_url"]
    client.post(link, page_of_changes(client.get(link), change_reason="異動の取りやめ"))

    moved.refresh_from_db()
    assert link == reverse("customers:revert", args=[moved.pk, "customer", first.pk])
    assert (moved.risk_tolerance, moved.sales_rep.name) == ("3", "田中太郎")
    assert moved.history.first().history_change_reason == "以前の内容に戻す：異動の取りやめ"


@pytest.mark.parametrize("person", ["office", "manager", "compliance"])
def test_earlier_state_is_not_saved_here(client, request, ito, person):
    first, data = ito.history.get(), {"name": "別人", "change_reason": "戻す"}
    client.force_login(request.getfixturevalue(person))

    assert client.post(version_url(ito, first), data).status_code == 403
    assert (Customer.objects.get().name, ito.history.count()) == ("伊藤正雄", 1)


def test_who_only_reads_is_led_nowhere(client, compliance, moved):
    client.force_login(compliance)

    response = client.get(version_url(moved, moved.history.last()))

    assert response.context["restore_url"] is None
    assert "戻すときは" not in response.text


def test_archived_customer_and_its_rows_lead_nowhere(client, office, ito):
    rows = [ito, HoldingFactory(customer=ito)]
    ito.archive()
    client.force_login(office)

    answers = [client.get(earliest(row)) for row in rows]

    assert [answer.context["restore_url"] for answer in answers] == [None, None]


def test_rows_lead_where_the_product_has_a_page(client, office, ito):
    rows = [HoldingFactory(customer=ito), CashInflowFactory(customer=ito)]
    rows += [SalesNoteFactory(customer=ito), EconomicEventFactory()]
    client.force_login(office)

    links = [client.get(earliest(row)).context["restore_url"] for row in rows]

    kinds = ["holding", "inflow"]
    pages = [
        reverse("customers:revert", args=[ito.pk, kind, row.history.get().pk])
        for kind, row in zip(kinds, rows, strict=False)
    ]
    assert links == [*pages, None, None]


def test_time_with_a_hidden_customer_is_not_told(client, manager, ito, nakamura):
    holding = HoldingFactory(customer=nakamura)
    first = earliest(holding)
    holding.customer = ito
    holding.save()
    client.force_login(manager)

    history = client.get(reverse("admin:customers_holding_history", args=[holding.pk]))

    assert [act for _, act, _, _ in lines(history)] == ["変更"]
    assert [client.get(page).status_code for page in (first, newest(holding))] == [404, 200]


def test_who_sees_both_customers_is_told_of_the_move(client, office, ito, nakamura):
    holding = HoldingFactory(customer=nakamura)
    holding.customer = ito
    holding.save()
    client.force_login(office)

    history = client.get(reverse("admin:customers_holding_history", args=[holding.pk]))

    assert lines(history)[0][2] == [("顧客", "中村健一", "伊藤正雄")]


def test_history_of_an_event_tells_old_and_new(client, office):
    event = EconomicEventFactory(affected_sectors=["金融"])
    event.affected_sectors = ["金融", "建設"]
    event.save()
    client.force_login(office)

    found = lines(client.get(reverse("admin:customers_economicevent_history", args=[event.pk])))

    assert found[0][2] == [("影響する業種", "金融", "金融、建設")]


def test_deleted_event_stays_in_the_history(client, office):
    event = EconomicEventFactory(title="総選挙")
    client.force_login(office)

    client.post(reverse("admin:customers_economicevent_delete", args=[event.pk]), {"post": "yes"})

    gone = event.history.first()
    assert (gone.history_type, gone.title, gone.history_user) == ("-", "総選挙", office)


def test_deleting_leaves_the_source_in_the_history(client, office, ito):
    holding = HoldingFactory(customer=ito)
    client.force_login(office)

    client.post(reverse("admin:customers_holding_delete", args=[holding.pk]), {"post": "yes"})

    gone = holding.history.first()
    assert (gone.history_type, gone.history_user, gone.source) == ("-", office, "admin")


def test_deleted_record_has_no_history_page(client, office, ito):
    holding = HoldingFactory(customer=ito)
    url = reverse("admin:customers_holding_history", args=[holding.pk])
    holding.delete()
    client.force_login(office)

    assert client.get(url).status_code == 404


def test_history_shows_rows_that_other_ways_wrote(client, office, ito):
    rewrite(Customer.history.filter(pk=ito.history.get().pk), history_change_reason="CSV取込")
    client.force_login(office)

    assert lines(client.get(history_url(ito))) == [(None, "登録", [], "CSV取込")]
