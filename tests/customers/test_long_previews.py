"""A preview that does not fit on one page: how many there are, and all of them before one confirms."""

import re

import pytest

from customers.models import Customer
from tests.customers.test_archive import BULK, ticked
from tests.customers.test_batch_undo import edited, path
from tests.customers.test_bulk_edit import PATH, choice
from tests.customers.test_bulk_edit_confirm import previewed
from tests.customers.test_hand_over import PATH as HAND_OVER
from tests.customers.test_hand_over import choice as from_to
from wealthai.models import ChangeBatch
from wealthai.tracking import create_many


@pytest.fixture
def many(tanaka):
    """Three more customers of Tanaka than a page shows."""
    return create_many(Customer, [Customer(name=f"顧客{n}", sales_rep=tanaka) for n in range(203)])


@pytest.fixture
def desk(client, office):
    """A session of the back office."""
    client.force_login(office)
    return client


def facts(response):
    return re.findall(r'pager-facts">([^<]+)<', response.text)


def keys(response):
    return [customer.pk for customer in response.context["rows"]]


def test_hand_over_is_read_page_by_page_before_it_is_confirmed(desk, many, tanaka, suzuki):
    data = from_to(tanaka, suzuki)

    first = desk.post(HAND_OVER, data)
    second = desk.post(HAND_OVER, from_to(tanaka, suzuki, step="") | {"page": 2})

    assert [facts(first), facts(second)] == [
        ["203名のうち 1〜200名目"],
        ["203名のうち 201〜203名目"],
    ]
    assert keys(first) + keys(second) == [customer.pk for customer in many]


@pytest.mark.parametrize("number", ["0", "-1", "abc", "9" * 30])
def test_page_that_there_is_not_is_answered_with_one_that_is(desk, many, tanaka, suzuki, number):
    shown = desk.post(HAND_OVER, from_to(tanaka, suzuki) | {"page": number})

    assert (shown.status_code, len(facts(shown))) == (200, 1)


def test_hand_over_keeps_the_reason_while_one_reads_on(desk, many, tanaka, suzuki):
    data = from_to(tanaka, suzuki) | {"page": 2, "reason": "異動のため"}

    reason = desk.post(HAND_OVER, data).context["reason"]

    assert (reason["reason"].value(), reason.is_bound) == ("異動のため", False)
    assert not ChangeBatch.objects.exists()


def test_book_that_changed_between_two_pages_is_told(desk, many, tanaka, suzuki):
    mark = desk.post(HAND_OVER, from_to(tanaka, suzuki)).context["mark"]
    many[0].archive()

    response = desk.post(HAND_OVER, from_to(tanaka, suzuki, mark=mark) | {"page": 2})

    assert response.context["has_moved"] is True


def test_hand_over_on_a_later_page_moves_everybody(desk, many, tanaka, suzuki):
    data = from_to(tanaka, suzuki)
    mark = desk.post(HAND_OVER, data | {"page": 2}).context["mark"]

    desk.post(HAND_OVER, data | {"step": "apply", "mark": mark, "reason": "異動"})

    assert Customer.objects.filter(sales_rep=suzuki).count() == 203


def test_bulk_edit_is_read_page_by_page(page, many):
    first = page.post(PATH, choice(*many))
    ids = first.context["plan"].marks
    second = page.post(PATH, choice(*many, step="", ids=ids, page=2, reason="面談"))

    assert [facts(first), facts(second)] == [
        ["203名のうち 1〜200名目"],
        ["203名のうち 201〜203名目"],
    ]
    assert [row.customer for row in second.context["rows"]] == many[200:]
    assert second.context["reason"]["reason"].value() == "面談"


def test_bulk_edit_on_a_later_page_changes_everybody(page, many):
    page.post(PATH, previewed(page, choice(*many, page=2)) | {"page": ""})

    assert Customer.objects.filter(risk_tolerance="4").count() == 203


def test_archive_of_many_is_read_page_by_page(desk, many):
    first = desk.get(BULK, ticked(*many))
    second = desk.post(BULK, ticked(*many) | {"page": 2, "change_reason": "解約"})

    assert [facts(first), facts(second)] == [
        ["203名のうち 1〜200名目"],
        ["203名のうち 201〜203名目"],
    ]
    assert keys(second) == [customer.pk for customer in many[200:]]
    assert second.context["form"]["change_reason"].value() == "解約"
    assert not Customer.objects.archived().exists()


def test_act_on_many_is_read_page_by_page(page, many, tanaka):
    batch = edited(tanaka, *many, risk_tolerance="4")

    pages = [page.get(path(batch), {"page": number}) for number in (1, 2, "x")]

    assert [facts(response) for response in pages] == [
        ["203件のうち 1〜200件目"],
        ["203件のうち 201〜203件目"],
        ["203件のうち 1〜200件目"],
    ]
