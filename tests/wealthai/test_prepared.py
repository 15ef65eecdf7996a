"""Queries whose SQL is made once."""

from customers.models import Adviser
from wealthai.prepared import Prepared

BY_CODE = Prepared(lambda code: Adviser.objects.with_role().filter(rep_code=code))


def test_prepared_query_finds_the_row_with_its_annotations(
    manager, tanaka, django_assert_num_queries
):
    with django_assert_num_queries(1):
        [found] = BY_CODE.rows("BM001")
        role = found.role

    assert (found, role, found.created_at) == (manager, "役席者", manager.created_at)


def test_prepared_query_takes_any_text_as_a_value(tanaka):
    assert [BY_CODE.rows(text) for text in ("' OR 1=1 --", "%s", "100%")] == [[], [], []]


def test_prepared_query_sees_what_is_there_now(tanaka):
    before = BY_CODE.rows("SR001")
    tanaka.rep_code = "SR002"
    tanaka.save()

    assert (before, BY_CODE.rows("SR001"), BY_CODE.rows("SR002")) == ([tanaka], [], [tanaka])
