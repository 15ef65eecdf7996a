"""`/accounts/session`: what a page that was opened earlier asks before it sends its form."""

from django.test import Client
from django.urls import reverse

ADDRESS = reverse("account_session")


def test_answer_names_the_person_of_the_session(page, tanaka):
    answer = page.get(ADDRESS)

    assert answer.json()["person"] == tanaka.pk
    assert "no-store" in answer["Cache-Control"]


def test_nobody_is_logged_in(client, db):
    assert client.get(ADDRESS).json()["person"] is None


def test_session_that_still_lacks_its_second_factor_is_nobodys(page, settings):
    settings.REQUIRE_MFA = True

    assert page.get(ADDRESS).json()["person"] is None


def test_token_is_good_for_a_form_of_an_older_page(tanaka, ito):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(tanaka)
    note = {"note_type": "visit", "content": "円債に関心"}

    token = browser.get(ADDRESS).json()["token"]
    browser.post(f"/customers/{ito.pk}/notes/new", note | {"csrfmiddlewaretoken": token})

    assert ito.notes.get().content == "円債に関心"
