"""Every address × method × person × record: who may not see a record cannot tell that it exists."""

import pytest

from tests.scope import cells, unclassified
from tests.scope_rules import expected, is_hidden
from tests.scope_tables import FIRM, OSAKA, PEOPLE, TOKYO
from tests.scope_world import WORDS, World, answer_of

CELLS = cells()
# What must not be read by whom: the words in the texts of the other branch's records.
UNSEEN = dict.fromkeys(TOKYO, ["others"]) | dict.fromkeys(OSAKA, ["own", "archived"])

# On SQLite one of each reach asks, on PostgreSQL everybody: the rules are the same querysets.
ONE_OF_EACH = ["anonymous", "owner", "manager", "office"]
ASKING = [
    person if person in ONE_OF_EACH else pytest.param(person, marks=pytest.mark.postgres)
    for person in PEOPLE
]


@pytest.fixture
def world(db, caplog):
    caplog.set_level("CRITICAL", "django")  # thousands of refusals are the point here
    return World().add_the_others()


def told(cell, reply):
    return f"{cell.method} {cell.route.name} ({cell.row}): {reply.status}"


def leaks(cell, reply):
    return any(WORDS[row].encode() in reply.body for row in UNSEEN.get(cell.person, WORDS))


def test_every_address_is_in_the_matrix():
    assert unclassified() == [], "name the new part of the address in tests/scope_tables.py"
    assert len(CELLS) >= 1000


@pytest.mark.parametrize("person", ASKING)
def test_every_answer_is_the_one_of_the_rules(world, person):
    wrong, telling, leaking, missing = [], [], [], {}
    for cell in (cell for cell in CELLS if cell.person == person):
        reply = world.ask(cell)
        if answer_of(reply) not in expected(cell):
            wrong.append(told(cell, reply))
        if cell.row == "missing":
            missing[cell.route, cell.method] = reply
        if is_hidden(cell) and reply != missing[cell.route, cell.method]:
            telling.append(told(cell, reply))
        if person not in FIRM and leaks(cell, reply):
            leaking.append(told(cell, reply))
    assert (wrong, telling, leaking) == ([], [], [])
