import pytest
from django.urls import reverse

from customers.forms import NoteForm
from customers.models import SalesNote


def url(customer):
    return reverse("customers:note-create", args=[customer.pk])


def test_note_is_stored_with_its_author_and_leads_back(page, ito, tanaka):
    response = page.post(
        url(ito), {"note_type": "visit", "content": "一行目\r\n二行目"}, follow=True
    )

    note = SalesNote.objects.get()
    assert (note.customer, note.sales_rep, note.note_type) == (ito, tanaka, "visit")
    assert note.content == "一行目\n二行目"
    assert response.redirect_chain == [(ito.get_absolute_url(), 302)]
    assert [str(message) for message in response.context["messages"]] == ["メモを保存しました"]


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("content", "", "内容を入力"),
        ("content", " \n", "内容を入力"),
        ("content", "あ" * 10_001, "10,000文字以内"),
        ("content", "a\x00", "文字化け"),
        ("content", "a\ud800", "文字化け"),
        ("content", "b\ufffd", "文字化け"),
        ("note_type", "sms", "一覧から"),
        ("note_type", "", "選択"),
    ],
    ids=range(8),
)
def test_note_is_refused_and_says_why_beside_the_field(field, value, word):
    form = NoteForm({"note_type": "visit", "content": "円債"} | {field: value})

    assert list(form.errors) == [field]
    assert word in form.errors[field][0]


def test_refused_note_keeps_what_was_typed_on_the_page(page, ito):
    response = page.post(url(ito), {"note_type": "sms", "content": "円債に関心"})

    assert SalesNote.objects.count() == 0
    assert (response.status_code, "円債に関心</textarea>" in response.text) == (200, True)
    assert response.text.count("種別は一覧から選んでください。") == 1


def test_note_about_another_advisers_customer_is_missing(page, nakamura):
    response = page.post(url(nakamura), {"note_type": "visit", "content": "円債"})

    assert (response.status_code, SalesNote.objects.count()) == (404, 0)


def test_note_about_an_archived_customer_is_missing(page, ito):
    ito.archive()

    assert page.post(url(ito), {"note_type": "visit", "content": "円債"}).status_code == 404


def test_compliance_may_not_write_notes(client, compliance, ito):
    client.force_login(compliance)

    response = client.post(url(ito), {"note_type": "visit", "content": "円債"})

    assert (response.status_code, SalesNote.objects.count()) == (403, 0)


def test_reading_the_address_of_the_form_leads_to_the_record(page, ito):
    assert page.get(url(ito)).url == ito.get_absolute_url()


def test_note_form_asks_for_log_in(client, ito):
    assert client.post(url(ito), {"content": "円債"}).url.startswith(reverse("account_login"))
