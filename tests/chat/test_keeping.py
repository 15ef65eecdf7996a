"""What grew of many answers is stored in one statement."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import keeping, runs
from chat.models import ChatExchange

pytestmark = pytest.mark.django_db
TEXTS = ["", '引用は"こう"、\\ と改行\nも', "𠮷野家は０円 %s %%"]


@pytest.fixture
def grown(tanaka):
    rows = [ChatExchange.objects.create(adviser=tanaka, message="質問") for _ in TEXTS]
    ChatExchange.objects.update(status="streaming")
    answers = [runs.Run(row.pk) for row in rows]
    for run, text in zip(answers, TEXTS, strict=True):
        run.text = text
    return answers


def kept():
    return list(ChatExchange.objects.order_by("pk").values_list("response", flat=True))


def test_each_row_gets_its_own_text(grown):
    keeping.keep_grown(grown)

    assert kept() == TEXTS


def test_many_answers_take_one_update(grown, django_assert_num_queries):
    with django_assert_num_queries(3):  # the update in its transaction
        keeping.keep_grown(grown)
    with django_assert_num_queries(2):
        keeping.keep_grown(grown)


def test_row_that_has_ended_keeps_its_text(grown):
    ChatExchange.objects.update(status="interrupted", response="途中まで")
    keeping.keep_grown(grown)

    assert kept() == ["途中まで"] * len(TEXTS)


def test_lease_is_renewed_once_a_third_of_it_is_over(grown, django_assert_num_queries):
    keys, now = [run.chat_id for run in grown], timezone.now()
    ChatExchange.objects.update(lease_expires_at=now + keeping.LEASE)
    with django_assert_num_queries(1):
        keeping.renewed(keys)
    ChatExchange.objects.filter(pk=keys[0]).update(lease_expires_at=now + timedelta(seconds=9))

    keeping.renewed(keys)

    untouched = ChatExchange.objects.filter(lease_expires_at=now + keeping.LEASE)
    assert [row.pk for row in untouched.order_by("pk")] == keys[1:]
    assert not ChatExchange.objects.filter(lease_expires_at__lt=now + keeping.LEASE).exists()
