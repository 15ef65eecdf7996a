import re

import pytest
from django.urls import reverse

from tests.factories import AdviserFactory

OLD, NEW = "kumo-to-ame-2026", "yuki-to-kaze-2027"


@pytest.fixture(autouse=True)
def fast_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def tanaka(tanaka):
    tanaka.email = "tanaka@example.com"
    tanaka.set_password(OLD)
    tanaka.save()
    return tanaka


def change(page, old=OLD, new=NEW, again=NEW):
    data = {"oldpassword": old, "password1": new, "password2": again}
    return page.post(reverse("account_change_password"), data)


def ask_reset(client, email):
    return client.post(reverse("account_reset_password"), {"email": email})


def link_in(mail):
    return re.search(r"http://testserver(/\S+)", mail.body)[1]


def test_change_keeps_this_session_and_ends_others(page, tanaka):
    other = type(page)()
    other.force_login(tanaka)

    change(page)

    tanaka.refresh_from_db()
    assert tanaka.check_password(NEW)
    assert page.get(reverse("account_logout")).status_code == 200
    assert other.get(reverse("mfa_index")).status_code == 302


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"old": "kumo-to-ame-2025"}, "oldpassword"),
        ({"new": "short-one", "again": "short-one"}, "password1"),
        ({"new": "SR001-tanaka@example", "again": "SR001-tanaka@example"}, "password1"),
        ({"again": "yuki-to-kaze-2028"}, "password2"),
    ],
    ids=["wrong-old", "too-short", "like-the-address", "not-the-same"],
)
def test_change_names_the_wrong_field(page, tanaka, data, field):
    response = change(page, **data)

    assert list(response.context["form"].errors) == [field]


def test_first_wrong_field_gets_the_focus(page, tanaka):
    response = change(page, old="kumo-to-ame-2025")

    assert re.findall(r'name="(\w+)"[^>]*\bautofocus', response.text) == ["oldpassword"]


def test_person_without_password_is_sent_to_the_administrator(client, suzuki):
    client.force_login(suzuki)

    assert client.get(reverse("account_change_password")).url == reverse("account_set_password")


def test_reset_link_sets_a_new_password_once(client, tanaka, mailoutbox):
    ask_reset(client, "tanaka@example.com")
    url = client.get(link_in(mailoutbox[0])).url
    client.post(url, {"password1": NEW, "password2": NEW})
    again = client.get(link_in(mailoutbox[0]))

    tanaka.refresh_from_db()
    assert tanaka.check_password(NEW)
    assert again.context["token_fail"]


def test_reset_is_offered_only_where_mail_is_sent(client, tanaka, settings, mailoutbox):
    settings.SENDS_MAIL = False

    login = client.get(reverse("account_login")).content.decode()
    refusal = ask_reset(client, "tanaka@example.com").content.decode()

    assert reverse("account_reset_password") not in login
    assert "再設定は管理者に依頼してください。" in refusal
    assert 'name="email"' not in refusal
    assert mailoutbox == []


def test_reset_mail_is_japanese_and_goes_to_the_person(client, tanaka, mailoutbox):
    ask_reset(client, "TANAKA@example.com")

    assert mailoutbox[0].subject == "[WealthAI] パスワードの再設定"
    assert mailoutbox[0].body.startswith("田中太郎 様")


def test_reset_mails_nothing_where_there_is_no_password(client, db, mailoutbox):
    AdviserFactory(email="imported@example.com")

    response = ask_reset(client, "imported@example.com")

    assert response.url == reverse("account_reset_password_done")
    assert mailoutbox == []


def test_reset_mails_nothing_to_deactivated_people(client, tanaka, mailoutbox):
    tanaka.is_active = False
    tanaka.save()

    ask_reset(client, "tanaka@example.com")

    assert mailoutbox == []


def test_reset_does_not_tell_which_addresses_exist(client, tanaka, mailoutbox):
    response = ask_reset(client, "nobody@example.com")

    assert response.url == ask_reset(client, "tanaka@example.com").url
    assert [mail.to for mail in mailoutbox] == [["tanaka@example.com"]]
