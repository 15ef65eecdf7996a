"""The fixed cast: Tanaka looks after Ito; Suzuki of another branch looks after Nakamura."""

import gc

import pytest
from rest_framework.test import APIClient

from customers import search_sample
from customers.roles import Role
from tests.factories import AdviserFactory, CustomerFactory
from wealthai import counting, limits

pytest_plugins = ["tests.browser", "tests.emptying"]


def pytest_collection_finish():
    """What is loaded by now stays to the end: looking through it again took a tenth of the time."""
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_remembered():
    """What outlives a request, and must not outlive a test: counts over the cap, the sample, tries."""
    counting.forget()
    limits.forget_ahead()
    search_sample.forget()


@pytest.fixture
def tanaka(db):
    """An adviser of 東京本店."""
    return AdviserFactory(rep_code="SR001", name="田中太郎", branch="東京本店", role=Role.ADVISER)


@pytest.fixture
def suzuki(db):
    """An adviser of another branch."""
    return AdviserFactory(rep_code="SR003", name="鈴木一郎", branch="大阪支店", role=Role.ADVISER)


@pytest.fixture
def manager(db):
    """The branch manager of 東京本店."""
    return AdviserFactory(
        rep_code="BM001",
        name="橋本部長",
        branch="東京本店",
        is_staff=True,
        role=Role.BRANCH_MANAGER,
    )


@pytest.fixture
def office(db):
    """Back office: sees and edits every customer."""
    return AdviserFactory(
        rep_code="BO001", name="西村恵", branch="本社", is_staff=True, role=Role.BACK_OFFICE
    )


@pytest.fixture
def compliance(db):
    """Compliance: sees everything, changes nothing."""
    return AdviserFactory(
        rep_code="CO001", name="森監査", branch="本社", is_staff=True, role=Role.COMPLIANCE
    )


@pytest.fixture
def ito(tanaka):
    """Tanaka's customer."""
    return CustomerFactory(
        customer_code="C001",
        name="伊藤正雄",
        name_kana="イトウマサオ",
        email="ito@example.com",
        phone="090-1111-1111",
        address="東京都港区赤坂1-1-1",
        risk_tolerance="3",
        sales_rep=tanaka,
    )


@pytest.fixture
def ono(tanaka):
    """Another customer of Tanaka."""
    return CustomerFactory(customer_code="C012", name="大野達也", sales_rep=tanaka)


@pytest.fixture
def nakamura(suzuki):
    """Suzuki's customer, whom Tanaka must not see."""
    return CustomerFactory(customer_code="C003", name="中村健一", sales_rep=suzuki)


@pytest.fixture
def page(client, tanaka):
    """A browser session of Tanaka."""
    client.force_login(tanaka)
    return client


@pytest.fixture
def api(tanaka):
    """An API session of Tanaka."""
    api = APIClient()
    api.force_login(tanaka)
    return api
