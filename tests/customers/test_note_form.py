import datetime

import pytest
from django.urls import reverse

from customers.forms import NoteForm
from customers.models import SalesNote, Task


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


def test_next_step_becomes_a_task_of_ones_own(page, ito, tanaka):
    step = {"next_step": "円債の提案", "follow_up_date": "2026/12/01"}

    page.post(url(ito), {"note_type": "visit", "content": "円債", "subject": "償還"} | step)

    note, task = SalesNote.objects.get(), Task.objects.get()
    assert (task.note, task.customer, task.assignee) == (note, ito, tanaka)
    assert (task.title, task.due_date) == ("円債の提案", datetime.date(2026, 12, 1))
    assert (note.subject, note.follow_up_date) == ("償還", task.due_date)


def test_day_of_another_era_is_taken_with_a_warning(page, ito):
    step = {"next_step": "円債の提案", "follow_up_date": "平成39年1月8日"}

    response = page.post(url(ito), {"note_type": "visit", "content": "円債"} | step, follow=True)

    assert [(one.level_tag, str(one)) for one in response.context["messages"]] == [
        ("success", "メモを保存しました"),
        (
            "warning",
            "「平成39年1月8日」は 2027/01/08（令和9年） として読み取りました。元号と年を確かめてください。",
        ),
    ]


def test_note_without_a_next_step_makes_no_task(page, ito):
    page.post(url(ito), {"note_type": "visit", "content": "円債"})

    assert Task.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "values", "word"),
    [
        ("next_step", {"follow_up_date": "2026/12/01"}, "期日までにすること"),
        ("next_step", {"next_step": "あ" * 201}, "200文字以内"),
        ("follow_up_date", {"next_step": "提案", "follow_up_date": "来週"}, "期日は"),
    ],
    ids=["without words", "long", "no day"],
)
def test_refused_next_step_saves_nothing_and_is_unfolded(field, values, word, page, ito):
    response = page.post(url(ito), {"note_type": "visit", "content": "円債"} | values)

    form = response.context["note_form"]
    assert (list(form.errors), word in form.errors[field][0]) == ([field], True)
    assert '<details class="note-more" open>' in response.text
    assert (SalesNote.objects.count(), Task.objects.count()) == (0, 0)


def test_htmx_gets_the_form_alone_refused_or_fresh(page, ito):
    htmx = {"HX-Request": "true"}

    refused = page.post(url(ito), {"note_type": "sms", "content": "円債"}, headers=htmx)
    saved = page.post(url(ito), {"note_type": "visit", "content": "円債"}, headers=htmx)

    assert ["円債</textarea>" in answer.text for answer in (refused, saved)] == [True, False]
    assert ["<html" in answer.text for answer in (refused, saved)] == [False, False]
    assert (refused.headers.get("HX-Trigger"), saved.headers["HX-Trigger"]) == (None, "saved")


def test_note_about_another_advisers_customer_is_missing(page, nakamura):
    response = page.post(url(nakamura), {"note_type": "visit", "content": "円債"})

    assert (response.status_code, SalesNote.objects.count()) == (404, 0)


def test_note_about_an_archived_customer_is_not_stored(page, ito):
    ito.archive()

    response = page.post(url(ito), {"note_type": "visit", "content": "円債"})

    assert (response.status_code, SalesNote.objects.count()) == (409, 0)


def test_compliance_may_not_write_notes(client, compliance, ito):
    client.force_login(compliance)

    response = client.post(url(ito), {"note_type": "visit", "content": "円債"})

    assert (response.status_code, SalesNote.objects.count()) == (403, 0)


def test_reading_the_address_of_the_form_leads_to_the_record(page, ito):
    assert page.get(url(ito)).url == ito.get_absolute_url()


def test_note_form_asks_for_log_in(client, ito):
    assert client.post(url(ito), {"content": "円債"}).url.startswith(reverse("account_login"))
