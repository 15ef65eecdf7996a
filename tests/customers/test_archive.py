"""Archiving instead of deleting: a decision with a reason, and the way back."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from customers.models import Customer
from tests.customers.trails import told


def place(name, customer):
    return reverse(f"customers:{name}", args=[customer.pk])


@pytest.fixture
def back_office(client, office):
    client.force_login(office)
    return client


@pytest.fixture
def archived(ito):
    ito.archive()
    return ito


def test_record_offers_to_archive(back_office, ito):
    assert place("archive", ito) in back_office.get(ito.get_absolute_url()).text


def test_question_names_the_customer_and_the_consequence(back_office, ito):
    text = back_office.get(place("archive", ito)).text

    assert "伊藤正雄 様（C001）を保管します" in text
    assert "いつでも保管から戻せます" in text


def test_archiving_leaves_person_way_and_reason(back_office, ito, office):
    response = back_office.post(place("archive", ito), {"change_reason": "口座の解約"})

    newest = ito.history.first()
    assert response.url == ito.get_absolute_url()
    assert newest.archived_at is not None
    assert (newest.history_user, newest.source, newest.history_change_reason) == (
        office,
        "page",
        "口座の解約",
    )


def test_archiving_needs_a_reason(back_office, ito):
    response = back_office.post(place("archive", ito), {"change_reason": ""})

    assert list(response.context["form"].errors) == ["change_reason"]
    assert Customer.objects.get(pk=ito.pk).archived_at is None


def test_archived_record_is_read_and_says_so(back_office, archived):
    text = back_office.get(archived.get_absolute_url()).text

    assert "に保管しました。内容は見られますが、変更はできません。" in text
    assert [place(name, archived) in text for name in ("restore", "archive", "update")] == [
        True,
        False,
        False,
    ]


def test_archived_record_is_on_no_list(back_office, archived):
    assert archived.get_absolute_url() not in back_office.get(reverse("customers:list")).text


def test_archived_record_comes_back_with_a_reason(back_office, archived):
    back_office.post(place("restore", archived), {"change_reason": "取引の再開"})

    newest = archived.history.first()
    assert (newest.archived_at, newest.history_change_reason) == (None, "取引の再開")
    assert Customer.objects.get(pk=archived.pk).archived_at is None


@pytest.mark.parametrize(("name", "start"), [("archive", "archive"), ("restore", "restore")])
def test_what_is_done_already_is_not_done_again(back_office, ito, name, start):
    getattr(ito, start)()
    rows = ito.history.count()

    response = back_office.post(place(name, ito), {"change_reason": "二重"}, follow=True)

    assert "ほかの人が先に行いました" in response.text
    assert ito.history.count() == rows


@pytest.mark.parametrize("name", ["archive", "restore"])
def test_adviser_neither_archives_nor_is_offered_to(page, ito, name):
    assert page.post(place(name, ito), {"change_reason": "x"}).status_code == 403
    assert place("archive", ito) not in page.get(ito.get_absolute_url()).text


def test_compliance_does_not_archive(client, compliance, ito):
    client.force_login(compliance)

    assert client.get(place("archive", ito)).status_code == 403


def test_missing_customer_is_missing(back_office, db):
    assert back_office.get(reverse("customers:archive", args=[999])).status_code == 404


def test_no_door_deletes_a_customer(back_office, api, ito):
    back_office.post(reverse("admin:customers_customer_delete", args=[ito.pk]), {"post": "yes"})
    data = {"action": "delete_selected", "_selected_action": ito.pk, "post": "yes"}
    back_office.post(reverse("admin:customers_customer_changelist"), data)
    api.delete(f"/api/customers/{ito.pk}")

    assert Customer.objects.filter(pk=ito.pk).exists()


# --- Many at once -----------------------------------------------------------------------------
BULK = reverse("customers:bulk-archive")
BULK_BACK = reverse("customers:bulk-restore")


def ticked(*customers):
    return {"ids": ",".join(str(customer.pk) for customer in customers)}


def test_question_about_many_names_them(back_office, ito, nakamura):
    response = back_office.get(BULK, ticked(ito, nakamura))

    assert response.context["customers"] == [ito, nakamura]
    assert ["伊藤正雄" in response.text, "C003" in response.text] == [True, True]


def test_many_are_archived_with_one_reason(back_office, ito, nakamura, office):
    why = {"change_reason": "口座の解約"}

    response = back_office.post(BULK, ticked(ito, nakamura) | why, follow=True)

    assert [str(message) for message in response.context["messages"]] == ["2名を保管しました"]
    for customer in (ito, nakamura):
        person, way, reason, found = told(customer)
        assert (person, way, reason) == ("BO001", "bulk", "口座の解約")
        assert list(found) == ["archived_at"]


def test_many_come_back_with_one_reason(back_office, ito, nakamura):
    for customer in (ito, nakamura):
        customer.archive()

    back_office.post(BULK_BACK, ticked(ito, nakamura) | {"change_reason": "取引の再開"})

    assert [told(customer)[1:3] for customer in (ito, nakamura)] == [("bulk", "取引の再開")] * 2
    assert not Customer.objects.archived().exists()


def test_many_need_a_reason_too(back_office, ito):
    response = back_office.post(BULK, ticked(ito) | {"change_reason": ""})

    assert list(response.context["form"].errors) == ["change_reason"]
    assert not Customer.objects.archived().exists()


def test_one_of_many_that_another_archived_first_is_left_out(back_office, ito, nakamura):
    nakamura.archive()

    back_office.post(BULK, ticked(ito, nakamura) | {"change_reason": "口座の解約"})

    assert (ito.history.count(), nakamura.history.count()) == (2, 2)


@pytest.mark.parametrize("query", [{}, {"ids": ""}, {"ids": "x"}, {"q": "伊藤"}], ids=str)
def test_nobody_ticked_is_nobody(back_office, ito, query):
    assert back_office.get(BULK, query).context["customers"] == []
    assert back_office.post(BULK, query | {"change_reason": "x"}).status_code == 200
    assert not Customer.objects.archived().exists()


def test_many_are_those_one_sees(client, manager, ito, nakamura):
    manager.groups.get().permissions.add(Permission.objects.get(codename="delete_customer"))
    client.force_login(manager)

    client.post(BULK, ticked(ito, nakamura) | {"change_reason": "口座の解約"})

    assert list(Customer.objects.archived()) == [ito]


@pytest.mark.parametrize("url", [BULK, BULK_BACK])
def test_adviser_archives_no_many(page, ito, url):
    assert page.get(url, ticked(ito)).status_code == 403
