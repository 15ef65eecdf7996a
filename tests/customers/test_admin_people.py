"""People of the firm in the back office: who may change whom, and what is never shown."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from customers.models import Adviser
from customers.roles import Role
from tests.customers.test_two_editors import lines
from tests.customers.trails import told
from tests.factories import AdviserFactory

PASSWORD = "correct-horse-battery"


@pytest.fixture
def administrator(client, db):
    """An administrator who is no superuser, signed in as `client`."""
    person = AdviserFactory(rep_code="AD001", is_staff=True, role=Role.ADMINISTRATOR)
    client.force_login(person)
    return person


@pytest.fixture
def root(db):
    return AdviserFactory(rep_code="SU001", name="上野全", is_superuser=True, is_staff=True)


def page_of(adviser, page="change"):
    return reverse(f"admin:customers_adviser_{page}", args=[adviser.pk])


def password_page(adviser):
    return reverse("admin:auth_user_password_change", args=[adviser.pk])


def typed(adviser, *roles, **fields):
    stored = Adviser.objects.get(pk=adviser.pk)
    data = {"rep_code": stored.rep_code, "name": stored.name, "is_active": "on"}
    data |= {"branch": stored.branch, "version": stored.version()}
    return data | {"role_names": [str(role) for role in roles]} | fields


def test_adding_somebody_gives_no_password(client, administrator):
    client.post(reverse("admin:customers_adviser_add"), {"rep_code": "SR009", "name": "新人"})

    assert Adviser.objects.get(rep_code="SR009").has_usable_password() is False


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (
            "ad001",
            "大文字と小文字だけが違うコード AD001 があります。別のコードを入力してください。",
        ),
        ("SR9\u200b3", "目に見えない文字が含まれています。担当者コードを入力し直してください。"),
        ("SR9\u00ad3", "目に見えない文字が含まれています。担当者コードを入力し直してください。"),
    ],
)
def test_code_that_nobody_could_log_in_with_is_refused(client, administrator, code, error):
    data = {"rep_code": code, "name": "新人"}

    response = client.post(reverse("admin:customers_adviser_add"), data)

    assert response.context["adminform"].form.errors == {"rep_code": [error]}


def test_code_is_stored_as_the_log_in_page_reads_it(client, administrator):
    data = {"rep_code": "ＳＲ９２　", "name": "新人"}

    client.post(reverse("admin:customers_adviser_add"), data)

    assert Adviser.objects.latest("pk").rep_code == "SR92"


def test_twin_that_another_system_stored_can_still_be_edited(client, administrator, tanaka):
    twin = AdviserFactory(rep_code="sr001")

    response = client.post(page_of(twin), typed(twin, name="改名"))

    assert (response.status_code, Adviser.objects.get(pk=twin.pk).name) == (302, "改名")


def test_form_shows_no_password_hash(client, administrator, tanaka):
    tanaka.set_password(PASSWORD)
    tanaka.save()

    page = client.get(page_of(tanaka)).content.decode()

    assert tanaka.password.split("$")[-1] not in page
    assert "設定済み" in page


def test_roles_are_changed_and_the_history_says_so(client, administrator, tanaka):
    why = "異動のため。" + "あ" * 90

    client.post(page_of(tanaka), typed(tanaka, Role.BRANCH_MANAGER, change_reason=why))

    assert [group.name for group in tanaka.groups.all()] == [Role.BRANCH_MANAGER]
    assert told(tanaka) == ("AD001", "admin", why, {"role_names": ("担当者", "役席者")})


def test_roles_of_a_new_person_are_in_the_history(client, administrator):
    data = {"rep_code": "SR009", "name": "新人", "role_names": [Role.ADVISER, Role.BACK_OFFICE]}

    client.post(reverse("admin:customers_adviser_add"), data)

    person = Adviser.objects.get(rep_code="SR009")
    first = person.history.get()
    assert (first.history_type, first.role_names) == ("+", "事務、担当者")
    assert (person.role, person.groups.count()) == (Role.BACK_OFFICE, 2)


def test_reason_that_is_too_long_is_refused_and_not_cut(client, administrator, tanaka):
    data = typed(tanaka, Role.BRANCH_MANAGER, change_reason="あ" * 101)

    response = client.post(page_of(tanaka), data)

    assert list(response.context["adminform"].form.errors) == ["change_reason"]
    assert (tanaka.role, tanaka.history.count()) == (Role.ADVISER, 1)


def test_old_page_brings_back_neither_log_in_nor_role(client, administrator, tanaka):
    sent = typed(tanaka, Role.ADVISER, phone="03-9999-9999")
    switched_off = Adviser.objects.get(pk=tanaka.pk)
    switched_off.is_active = False
    switched_off.save()
    switched_off.groups.clear()

    form = client.post(page_of(tanaka), sent).context["adminform"].form

    assert [one.name for one in form.taken_over] == ["is_active", "role_names"]
    assert (form["is_active"].value(), form["role_names"].value()) == (False, [])
    assert (Adviser.objects.get(pk=tanaka.pk).is_active, tanaka.groups.count()) == (False, 0)


def test_roles_that_both_changed_wait_for_a_choice(client, administrator, tanaka):
    sent = typed(tanaka, Role.BRANCH_MANAGER)
    tanaka.groups.set([Group.objects.get(name=Role.BACK_OFFICE)])

    refused = client.post(page_of(tanaka), sent)
    again = typed(tanaka, Role.BRANCH_MANAGER)
    client.post(page_of(tanaka), again | {"role_names-take": "stored"})

    form = refused.context["adminform"].form
    assert lines(form.conflicts) == [("role_names", "担当者", "事務", "役席者")]
    assert [group.name for group in tanaka.groups.all()] == [Role.BACK_OFFICE]


def test_log_in_of_the_person_meanwhile_is_no_conflict(client, administrator, tanaka):
    sent = typed(tanaka, Role.ADVISER, phone="03-9999-9999")
    tanaka.last_login = timezone.now()
    tanaka.save(update_fields=["last_login"])

    assert client.post(page_of(tanaka), sent).status_code == 302


def test_password_is_set_by_an_administrator(client, administrator, tanaka):
    data = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}

    client.post(password_page(tanaka), data | {"set-password": "1"})

    tanaka.refresh_from_db()
    assert tanaka.check_password(PASSWORD) is True
    assert tanaka.history.first().history_change_reason == "管理画面（パスワードの設定）"


@pytest.mark.parametrize(
    ("person", "links"),
    [("office", 0), ("compliance", 0), ("manager", 0), ("administrator", 2)],
)
def test_page_leads_to_log_ins_only_who_may_change_them(client, request, tanaka, person, links):
    client.force_login(request.getfixturevalue(person))

    text = client.get(page_of(tanaka)).text

    doors = [password_page(tanaka), page_of(tanaka, "access")]
    assert sum(text.count(f'href="{door}"') for door in doors) == links


@pytest.mark.parametrize("person", ["office", "compliance", "manager"])
def test_other_roles_set_no_password(client, request, tanaka, person):
    client.force_login(request.getfixturevalue(person))

    response = client.post(password_page(tanaka), {"password1": PASSWORD, "password2": PASSWORD})

    tanaka.refresh_from_db()
    assert (response.status_code, tanaka.has_usable_password()) == (403, False)


def test_administrator_does_not_become_superuser(client, administrator):
    client.post(
        page_of(administrator),
        typed(administrator, Role.ADMINISTRATOR, is_superuser="on", is_staff="on"),
    )

    administrator.refresh_from_db()
    assert administrator.is_superuser is False


def test_administrator_does_not_touch_a_superuser(client, administrator, root):
    urls = [page_of(root), password_page(root), page_of(root, "access")]

    assert [client.post(url, typed(root, name="別人")).status_code for url in urls] == [403] * 3


def test_superuser_makes_superusers(client, root, tanaka):
    client.force_login(root)

    client.post(page_of(tanaka), typed(tanaka, Role.ADVISER, is_superuser="on"))

    tanaka.refresh_from_db()
    assert tanaka.is_superuser is True


def test_people_are_switched_off_and_not_deleted(client, administrator, tanaka):
    assert client.post(page_of(tanaka, "delete"), {"post": "yes"}).status_code == 403


def test_access_page_shows_beginnings_and_no_digest(client, administrator, tanaka):
    token, secret = AuthToken.objects.create(tanaka)

    page = client.get(page_of(tanaka, "access")).content.decode()

    assert secret[:8] in page
    assert secret not in page
    assert token.digest not in page


def test_access_page_revokes_what_was_chosen(client, administrator, tanaka):
    lost, _ = AuthToken.objects.create(tanaka)
    kept, _ = AuthToken.objects.create(tanaka)
    factor = Authenticator.objects.create(user=tanaka, type="totp", data={"secret": "x"})

    client.post(page_of(tanaka, "access"), {"tokens": [lost.token_key], "factors": [factor.pk]})

    assert list(AuthToken.objects.all()) == [kept]
    assert Authenticator.objects.exists() is False


def test_access_page_revokes_nothing_of_somebody_else(client, administrator, tanaka, suzuki):
    theirs, _ = AuthToken.objects.create(suzuki)

    response = client.post(page_of(tanaka, "access"), {"tokens": [theirs.token_key]})

    assert (response.status_code, AuthToken.objects.count()) == (200, 1)


def test_access_page_is_missing_for_hidden_people(client, manager, suzuki):
    client.force_login(manager)

    assert client.get(page_of(suzuki, "access")).status_code == 404


def test_people_list_needs_the_same_queries_for_more_people(
    client, administrator, django_assert_max_num_queries
):
    url = reverse("admin:customers_adviser_changelist")
    with django_assert_max_num_queries(12) as first:
        client.get(url)
    AdviserFactory.create_batch(5, role=Role.ADVISER)

    with django_assert_max_num_queries(len(first)):
        client.get(url)


def test_role_page_says_in_words_what_a_role_may_do(client, administrator):
    group = Group.objects.get(name=Role.COMPLIANCE)

    page = client.get(reverse("admin:auth_group_change", args=[group.pk])).content.decode()

    assert "顧客: 閲覧<br>" in page


def test_roles_are_not_edited(client, administrator):
    group = Group.objects.get(name=Role.COMPLIANCE)

    response = client.post(reverse("admin:auth_group_change", args=[group.pk]), {"name": "x"})

    assert response.status_code == 403
