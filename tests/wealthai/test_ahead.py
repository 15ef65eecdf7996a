"""Things made while others are used: the same things, in their order, never more than one ahead."""

import threading

import pytest

from wealthai.ahead import made_ahead


def making(made, count=5):
    for number in range(count):
        made.append(number)
        yield number


@pytest.mark.parametrize("count", [0, 1, 5])
def test_all_come_in_their_order(count):
    assert list(made_ahead(making([], count))) == list(range(count))


def test_next_one_is_made_meanwhile():
    begun = threading.Event()

    def items():
        yield "first"
        begun.set()
        yield "second"

    for _ in made_ahead(items()):
        assert begun.wait(10)


def test_no_more_than_one_is_ahead():
    made = []
    for number in made_ahead(making(made)):
        assert max(made) <= number + 1


def test_what_fails_in_the_making_fails_at_its_place():
    seen = []
    with pytest.raises(ZeroDivisionError):
        seen.extend(made_ahead(1 / number for number in (2, 1, 0)))

    assert seen == [0.5, 1]


def test_making_ends_with_whoever_used_it():
    made = []
    things = made_ahead(making(made))
    next(things)
    things.close()

    assert len(made) <= 2
    assert not [one for one in threading.enumerate() if one.name.startswith("ahead")]
