"""Saved views of the customer list: who sees them, who changes them."""

import pytest
from django.urls import reverse

from customers.models import SavedView
from tests.factories import CustomerFactory, SavedViewFactory

URL = "/customers"
NEW = reverse("customers:view-create")


def tabs(client, query=""):
    return {tab.name: tab.count for tab in client.get(f"{URL}?{query}").context["tabs"]}


def act(name, view):
    return reverse(f"customers:view-{name}", args=[view.pk])


def test_standard_views_are_everybodys_and_counted(page, tanaka, nakamura):
    CustomerFactory(birth_date="1940-01-01", sales_rep=tanaka)

    assert tabs(page) == {"償還90日以内": "0", "75歳以上": "1", "90日連絡なし": "1"}


def test_view_is_saved_with_search_conditions_order_and_columns(page, tanaka):
    query = "?q=伊藤&risk=1&risk=3&sort=age&cols=code"

    answer = page.post(NEW + query, {"name": "訪問予定", "audience": "private"})

    view = SavedView.objects.get()
    assert view.query == "q=%E4%BC%8A%E8%97%A4&risk=1&risk=3&sort=age&cols=code"
    assert (view.owner, view.name, view.audience) == (tanaka, "訪問予定", "private")
    assert answer.url == f"{URL}?{view.query}&view={view.pk}"


def test_view_is_saved_without_what_is_no_condition(page):
    page.post(f"{NEW}?sort=abc&maturity=90&x=1", {"name": "満期", "audience": "private"})

    assert SavedView.objects.get().query == "maturity=90"


@pytest.mark.parametrize("text", ["123456789018", "1234　5678　9018", "伊藤 １２３４-5678-9018"])
def test_view_of_a_search_for_a_my_number_is_not_saved(page, tanaka, text):
    view = SavedViewFactory(owner=tanaka, name="伊藤", query="q=%E4%BC%8A%E8%97%A4")

    for url, data in ((NEW, {}), (act("update", view), {"replace": "on"})):
        answer = page.post(f"{url}?q={text}", data | {"name": "訪問", "audience": "private"})
        assert "マイナンバーとみられる" in answer.context["form"].non_field_errors()[0]

    assert [(row.name, row.query) for row in SavedView.objects.all()] == [(view.name, view.query)]


def test_view_with_a_condition_that_cannot_be_read_is_not_saved(page):
    answer = page.post(f"{NEW}?age=abc&maturity=90", {"name": "満期", "audience": "private"})

    [error] = answer.context["form"].non_field_errors()
    assert error.startswith("条件「年齢」は、")
    assert not SavedView.objects.exists()


def test_tab_of_a_saved_view_is_marked_as_open(page, tanaka):
    view = SavedViewFactory(owner=tanaka, name="訪問予定", query="age=80-")

    text = page.get(f"{URL}?age=80-&view={view.pk}").text

    current = text.split('aria-current="page">')[-1]
    assert current.startswith("訪問予定")


@pytest.mark.parametrize(
    ("audience", "seen"),
    [
        ("private", {"owner"}),
        ("branch", {"owner", "colleague"}),
        ("firm", {"owner", "colleague", "other branch"}),
    ],
)
def test_view_is_seen_by_its_audience(client, tanaka, manager, suzuki, audience, seen):
    SavedViewFactory(owner=tanaka, name="共有", audience=audience, branch=tanaka.branch)
    people = {"owner": tanaka, "colleague": manager, "other branch": suzuki}

    having = set()
    for who, person in people.items():
        client.force_login(person)
        having |= {who} if "共有" in tabs(client) else set()

    assert having == seen


def test_shared_view_shows_and_counts_what_the_viewer_may_see(
    client, office, suzuki, ito, nakamura
):
    SavedViewFactory(owner=office, name="全員", audience="firm", query="status=all")
    client.force_login(suzuki)

    assert tabs(client)["全員"] == "1"


def test_shared_view_does_not_name_a_hidden_adviser(client, office, suzuki, ito, nakamura):
    query = f"adviser={ito.sales_rep_id}"
    SavedViewFactory(owner=office, name="担当別", audience="firm", query=query)
    client.force_login(suzuki)

    pages = client.get(URL).text + client.get(reverse("customers:view-list")).text

    assert "田中太郎" not in pages


def test_shared_view_of_a_hidden_adviser_shows_nobody_and_says_so(
    client, office, suzuki, ito, nakamura
):
    query = f"adviser={ito.sales_rep_id}"
    SavedViewFactory(owner=office, name="担当別", audience="firm", query=query)
    client.force_login(suzuki)

    tab = client.get(URL).context["tabs"][-1]
    opened = client.get(URL + tab.link)

    assert (tab.name, tab.count, opened.context["page"].rows) == ("担当別", "", [])
    assert "条件「担当」は、値が正しくないか、見られる範囲にありません" in opened.text


def test_list_of_views_names_the_condition_that_cannot_be_read(client, office, suzuki, ito):
    SavedViewFactory(owner=office, audience="firm", query=f"adviser={ito.sales_rep_id}")
    client.force_login(suzuki)

    assert "担当（読み取れない条件）" in client.get(reverse("customers:view-list")).text


def test_name_is_given_once_per_owner_with_a_polite_refusal(page, tanaka, suzuki):
    SavedViewFactory(owner=tanaka, name="満期")
    SavedViewFactory(owner=suzuki, name="訪問")

    answer = page.post(NEW, {"name": "満期", "audience": "private"})
    page.post(NEW, {"name": "訪問", "audience": "private"})

    [error] = answer.context["form"].errors["name"]
    assert error.startswith("「満期」という条件はもうあります。")
    assert SavedView.objects.filter(owner=tanaka).count() == 2


def test_owner_renames_and_replaces_the_conditions(page, tanaka):
    view = SavedViewFactory(owner=tanaka, query="age=80-")
    data = {"name": "新しい名前", "audience": "branch", "replace": "on"}

    page.post(act("update", view) + "?maturity=30", data)

    view.refresh_from_db()
    assert (view.name, view.query) == ("新しい名前", "maturity=30")
    assert (view.audience, view.branch) == ("branch", "東京本店")


def test_renaming_alone_keeps_the_conditions(page, tanaka):
    view = SavedViewFactory(owner=tanaka, query="age=80-")

    page.post(act("update", view), {"name": "別名", "audience": "private"})

    view.refresh_from_db()
    assert (view.name, view.query) == ("別名", "age=80-")


def test_changed_conditions_of_an_own_view_can_be_kept(page, tanaka):
    view = SavedViewFactory(owner=tanaka, query="age=80-")
    keep = f'href="{act("update", view)}?age=75-&amp;view={view.pk}"'

    assert keep in page.get(f"{URL}?age=75-&view={view.pk}").text
    assert keep.split("?")[0] not in page.get(f"{URL}?age=80-&view={view.pk}").text


@pytest.mark.parametrize("name", ["update", "delete"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_the_owner_changes_a_view(page, office, name, method):
    view = SavedViewFactory(owner=office, name="共有", audience="firm")

    answer = getattr(page, method)(act(name, view), {"name": "乗っ取り", "audience": "private"})

    view.refresh_from_db()
    assert (answer.status_code, view.name) == (404, "共有")


def test_owner_deletes_a_view(page, tanaka):
    view = SavedViewFactory(owner=tanaka)

    assert f"「{view.name}」を削除しますか" in page.get(act("delete", view)).text
    page.post(act("delete", view))

    assert not SavedView.objects.exists()


def test_star_puts_a_view_first_for_oneself_alone(client, tanaka, suzuki):
    SavedViewFactory(owner=tanaka, name="あ")
    view = SavedViewFactory(owner=suzuki, name="い", audience="firm")
    client.force_login(tanaka)

    client.post(act("star", view), {"star": "on"})

    assert list(tabs(client)) == ["い", "償還90日以内", "75歳以上", "90日連絡なし", "あ"]
    client.force_login(suzuki)
    assert list(tabs(client))[0] == "償還90日以内"


def test_star_is_taken_away_again(page, tanaka):
    view = SavedViewFactory(owner=tanaka)
    view.star(tanaka, True)

    page.post(act("star", view), {})

    assert not view.starred_by.exists()


def test_star_on_a_hidden_view_is_a_star_on_none(page, suzuki):
    view = SavedViewFactory(owner=suzuki)

    assert page.post(act("star", view), {"star": "on"}).status_code == 404


def test_compliance_stars_but_saves_nothing(client, compliance, tanaka):
    view = SavedViewFactory(owner=tanaka, audience="firm")
    client.force_login(compliance)

    assert NEW not in client.get(URL).text
    assert client.post(NEW, {"name": "x", "audience": "private"}).status_code == 403
    assert client.post(act("star", view), {"star": "on"}).status_code == 302


def test_tabs_beyond_twelve_are_in_the_list_of_views(page, tanaka):
    views = [SavedViewFactory(owner=tanaka, name=f"条件{n:02}") for n in range(12)]

    context = page.get(f"{URL}?view={views[-1].pk}").context

    assert [tab.name for tab in context["tabs"]][-2:] == ["条件08", "条件11"]
    assert context["more_tabs"] == 2
    assert "条件10" in page.get(reverse("customers:view-list")).text


def test_list_of_views_without_any_says_how_to_get_one(page):
    assert "保存した条件はまだありません" in page.get(reverse("customers:view-list")).text


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_views_takes_as_many_queries_for_one_as_for_three(
    client, office, django_assert_num_queries, count
):
    SavedViewFactory.create_batch(count, audience="firm")
    client.force_login(office)

    with django_assert_num_queries(5):
        client.get(reverse("customers:view-list"))
