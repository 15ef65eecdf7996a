"""The history pages of the back office: who, when, what before and after; and going back."""

import pytest
from django.urls import reverse

from customers.models import Customer
from tests.factories import EconomicEventFactory, HoldingFactory, ProductFactory, SalesNoteFactory


def history_url(customer):
    return reverse("admin:customers_customer_history", args=[customer.pk])


def version_url(customer, record):
    return reverse("admin:customers_customer_simple_history", args=[customer.pk, record.pk])


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


def test_history_keeps_the_name_of_a_hidden_customer_to_itself(client, manager, ito, nakamura):
    holding = HoldingFactory(customer=nakamura, product=ProductFactory(product_name="国債"))
    holding.customer = ito
    holding.save()
    client.force_login(manager)

    url = reverse("admin:customers_holding_history", args=[holding.pk])

    assert lines(client.get(url))[0][2] == [("顧客", f"#{nakamura.pk}", "伊藤正雄")]


def test_earlier_state_is_shown_as_it_was(client, office, moved):
    client.force_login(office)

    response = client.get(version_url(moved, moved.history.last()))

    assert response.context["adminform"].form.initial["risk_tolerance"] == "3"


def test_earlier_state_comes_back_with_a_reason(client, office, moved):
    client.force_login(office)
    url = version_url(moved, moved.history.last())
    form = client.get(url).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}

    client.post(url, data | {"change_reason": "異動の取りやめ"})

    moved.refresh_from_db()
    newest = moved.history.first()
    assert (moved.risk_tolerance, moved.sales_rep.name) == ("3", "田中太郎")
    assert (newest.history_user, newest.source, newest.history_change_reason) == (
        office,
        "admin",
        "以前の内容に戻す：異動の取りやめ",
    )


def test_earlier_state_does_not_come_back_without_a_reason(client, office, moved):
    client.force_login(office)
    url = version_url(moved, moved.history.last())
    form = client.get(url).context["adminform"].form

    response = client.post(url, {name: form[name].value() or "" for name in form.fields})

    assert list(response.context["adminform"].form.errors) == ["change_reason"]
    assert moved.history.count() == 2


def test_who_only_reads_sees_earlier_states_as_text(client, compliance, moved):
    client.force_login(compliance)

    response = client.get(version_url(moved, moved.history.last()))

    assert set(response.context["adminform"].form.fields) == {"change_reason", "version"}
    assert "この内容に戻す" not in response.content.decode()


def test_who_only_reads_brings_nothing_back(client, compliance, moved):
    client.force_login(compliance)

    response = client.post(version_url(moved, moved.history.last()), {"name": "別人"})

    moved.refresh_from_db()
    assert (response.status_code, moved.name) == (403, "伊藤正雄")


def test_notes_have_no_way_back(client, office, ito):
    note = SalesNoteFactory(customer=ito)
    client.force_login(office)
    url = reverse("admin:customers_salesnote_simple_history", args=[note.pk, note.history.get().pk])

    assert client.post(url, {"content": "別の内容"}).status_code == 403


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
    Customer.history.filter(pk=ito.history.get().pk).update(history_change_reason="CSV取込")
    client.force_login(office)

    assert lines(client.get(history_url(ito))) == [(None, "登録", [], "CSV取込")]
