import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from knox.models import AuthToken

from chat.simulator.server import running
from customers.models import AccessRecord, AccessRecordCustomer, Adviser
from customers.roles import Role
from tests.customers.trails import forget
from tests.deploy import roles as two_roles
from tests.deploy.site import Browser, Site
from tests.factories import AdviserFactory
from wealthai.models import RateBucket

PASSWORD = "correct-horse-battery-staple"


@pytest.fixture(scope="module")
def model_url():
    with running(pace=0.05) as simulator:
        yield simulator.url


@pytest.fixture(scope="module")
def sato(django_db_setup, django_db_blocker):
    """An adviser that the served site sees too, so outside any transaction."""
    with django_db_blocker.unblock():
        adviser = AdviserFactory(rep_code="NG001", name="佐藤次郎", role=Role.ADVISER)
        adviser.set_password(PASSWORD)
        adviser.save()
        connection.close()
    yield adviser
    with django_db_blocker.unblock():
        forget(AccessRecordCustomer.objects.filter(record__user=adviser))
        forget(AccessRecord.objects.filter(user=adviser))
        adviser.chat_exchanges.all().delete()
        adviser.conversations.all().delete()
        Adviser.objects.filter(pk=adviser.pk).delete()
        Session.objects.all().delete()
        RateBucket.objects.all().delete()
        connection.close()


@pytest.fixture(scope="module")
def roles(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), two_roles.made():
        yield


@pytest.fixture(scope="module")
def token(sato, django_db_blocker):
    with django_db_blocker.unblock():
        _, token = AuthToken.objects.create(sato)
        connection.close()
    return token


@pytest.fixture(scope="module")
def site(tmp_path_factory, sato, model_url):
    folder = tmp_path_factory.mktemp("site")
    with Site(folder, model_url).running() as site:
        yield site


@pytest.fixture
def browser(site):
    return Browser(site)
