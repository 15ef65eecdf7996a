import pytest
from django.urls import reverse

from chat.context import facts_about
from customers.models import SalesNote
from customers.models.sales_note import RewrittenNoteError
from tests.factories import SalesNoteFactory


def url(note):
    return reverse("customers:note-correct", args=[note.pk])


def notes_page(customer, **query):
    return reverse("customers:notes", args=[customer.pk], query=query)


@pytest.fixture
def note(ito, tanaka):
    return SalesNoteFactory(
        customer=ito, sales_rep=tanaka, note_type="visit", subject="相続", content="三女に贈与"
    )


def correct(page, note, seen=None, **changes):
    data = {"note_type": "visit", "subject": "相続", "content": "次女に贈与"}
    return page.post(url(note), data | {"seen": (seen or note).pk} | changes)


def test_stored_note_cannot_be_saved_again(note):
    note.content = "書き換え"

    with pytest.raises(RewrittenNoteError):
        note.save()

    assert SalesNote.objects.get().content == "三女に贈与"


def test_correction_is_a_note_of_its_own_and_the_old_one_stays(page, note, tanaka):
    response = correct(page, note)

    old, new = SalesNote.objects.order_by("pk")
    assert response.url == note.customer.get_absolute_url()
    assert (old.content, new.content, new.corrects) == ("三女に贈与", "次女に贈与", old)
    assert (new.customer, new.sales_rep, new.note_type) == (note.customer, tanaka, "visit")


def test_correction_of_a_correction_names_the_original(page, note):
    correct(page, note)
    newest = SalesNote.objects.get(corrects=note)
    correct(page, note, seen=newest, content="長女に贈与")

    assert list(note.corrections.order_by("pk").values_list("content", flat=True)) == [
        "次女に贈与",
        "長女に贈与",
    ]
    assert SalesNoteFactory(customer=note.customer, corrects=newest).corrects == note


def test_form_starts_from_the_version_that_holds(page, note):
    SalesNoteFactory(customer=note.customer, corrects=note, content="次女に贈与")

    form = page.get(url(note)).context["form"]

    assert (form["content"].value(), form["seen"].value()) == ("次女に贈与", note.pk + 1)


def test_second_corrector_sees_the_first_ones_words_and_keeps_his_own(page, note, manager):
    first = SalesNoteFactory(
        customer=note.customer, sales_rep=manager, corrects=note, content="長女に贈与"
    )

    response = correct(page, note)
    again = correct(page, note, seen=first)

    assert ["橋本部長さんが先に" in response.text, "長女に贈与" in response.text] == [True, True]
    assert response.context["form"]["content"].value() == "次女に贈与"
    assert (again.status_code, note.corrections.count()) == (302, 2)


def test_unchanged_correction_is_refused(page, note):
    response = correct(page, note, content="三女に贈与")

    assert list(response.context["form"].errors) == ["content"]
    assert SalesNote.objects.count() == 1


def test_page_shows_each_note_with_all_its_versions(page, note, manager):
    correct(page, note)

    response = page.get(notes_page(note.customer))

    [shown] = response.context["page"].notes
    assert [version.content for version in shown.versions] == ["三女に贈与", "次女に贈与"]
    assert ["<s>三女に贈与</s>" in response.text, "訂正済み" in response.text] == [True, True]


def test_notes_are_shown_whole_with_line_breaks_and_newest_first(page, note):
    new = SalesNoteFactory(customer=note.customer, content="<新しい>\n二行目")

    response = page.get(notes_page(note.customer))

    assert response.context["page"].notes == [new, note]
    assert "&lt;新しい&gt;<br>二行目" in response.text


def test_page_goes_on_from_the_last_note(page, ito):
    notes = SalesNoteFactory.create_batch(21, customer=ito)

    first = page.get(notes_page(ito))
    second = page.get(notes_page(ito, before=first.context["page"].older))

    assert first.context["page"].notes == notes[:0:-1]
    assert (second.context["page"].notes, second.context["page"].older) == ([notes[0]], None)


def test_every_note_of_the_timeline_is_on_the_page_that_it_leads_to(page, ito):
    notes = SalesNoteFactory.create_batch(25, customer=ito)
    text = page.get(ito.get_absolute_url(), {"rows": 60, "kind": "note"}).text

    for note in notes:
        link = f"{notes_page(ito)}?at={note.pk}"
        assert f'href="{link}#note-{note.pk}"' in text
        assert f'id="note-{note.pk}"' in page.get(link).text


def test_page_of_a_note_begins_with_the_newest_where_that_shows_it_too(page, ito):
    notes = SalesNoteFactory.create_batch(22, customer=ito)

    near, far = (page.get(notes_page(ito, at=note.pk)) for note in (notes[2], notes[1]))

    assert (near.context["page"].notes[0], near.context["page"].is_newest) == (notes[21], True)
    assert far.context["page"].notes == [notes[1], notes[0]]
    assert ["新しいメモへ" in answer.text for answer in (near, far)] == [False, True]


@pytest.mark.parametrize("name", ["before", "at"])
def test_page_from_a_note_of_another_customer_is_missing(name, page, ito, nakamura):
    foreign = SalesNoteFactory(customer=nakamura)

    assert page.get(notes_page(ito, **{name: foreign.pk})).status_code == 404


def test_writing_a_correction_is_no_contact(page, note):
    correct(page, note)
    note.customer.refresh_from_db()

    assert note.customer.last_contact_at == note.created_at


def test_model_is_told_the_version_that_holds(page, note):
    correct(page, note)

    assert [fact["content"] for fact in facts_about(note.customer)["notes"]] == ["次女に贈与"]


def test_correction_itself_is_no_address(page, note):
    correct(page, note)

    assert page.get(url(SalesNote.objects.get(corrects=note))).status_code == 404


def test_note_on_anothers_or_archived_customer_is_not_corrected(page, note, nakamura):
    foreign = SalesNoteFactory(customer=nakamura)
    note.customer.archive()

    assert [correct(page, one).status_code for one in (foreign, note)] == [404, 409]
    assert SalesNote.objects.count() == 2


def test_compliance_may_not_correct_notes(client, compliance, note):
    client.force_login(compliance)

    assert correct(client, note).status_code == 403
    assert "訂正</a>" not in client.get(notes_page(note.customer)).text
