import logging

import pytest

from tests.security.crawl import crawled


@pytest.fixture(scope="module")
def crawl(django_db_setup, django_db_blocker):
    logging.getLogger("django").setLevel("CRITICAL")  # hundreds of refusals are the point here
    yield from crawled(django_db_blocker)
    logging.getLogger("django").setLevel("NOTSET")
