"""The records and people of the matrix, and how an address is asked (see tests/scope.py)."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from django.contrib.auth.models import Group
from django.core.signals import request_finished
from django.db import close_old_connections, transaction
from django.test import Client
from knox.models import AuthToken

from chat.models import ChatExchange, Conversation
from customers.models import AccessRecord, SavedView, Task
from customers.roles import Role
from tests.factories import (
    AdviserFactory,
    CashInflowFactory,
    CustomerFactory,
    EconomicEventFactory,
    HoldingFactory,
    ProductFactory,
    SalesNoteFactory,
)
from tests.scope_rules import Answer
from wealthai.models import ChangeBatch

# Row -> its number, the same for every kind; of equal length, so that it can be told from all else.
NUMBERS = {"own": 660_000, "archived": 770_000, "others": 880_000, "missing": 990_000}
# A word that stands in every text of the row: seen by somebody to whom it is hidden, it is a leak.
WORDS = {"own": "阿武隈", "archived": "四万十", "others": "釧路川", "missing": "長良川"}
CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
# Every page prints when it was made (and the minute may change between two of them).
MINUTE = re.compile(rb"\d{4}/\d\d/\d\d \d\d:\d\d")
ALWAYS = {"X-Request-ID": "0123456789abcdef"}


@dataclass(frozen=True)
class Reply:
    """A response without what every answer has of its own."""

    status: int
    headers: tuple
    body: bytes


def customer_rows(row, adviser, product):
    """One customer and one row of each kind that belongs to him."""
    number, word = NUMBERS[row], WORDS[row]
    customer = CustomerFactory(
        customer_id=number,
        customer_code=f"K{number}",
        name=f"{word}太郎",
        email=f"k{number}@example.com",
        address=f"{word}市",
        sales_rep=adviser,
    )
    note = SalesNoteFactory(
        note_id=number, customer=customer, content=f"{word}へ行く", sales_rep=adviser
    )
    task = {"title": f"{word}へ電話", "assignee": adviser, "note": note}
    talk = Conversation.objects.create(
        conversation_id=number, adviser=adviser, customer=customer, title=f"{word}の件"
    )
    said = {"message": f"{word}は", "response": f"{word}です", "conversation": talk}
    return {
        "customer": customer,
        "salesnote": note,
        "holding": HoldingFactory(holding_id=number, customer=customer, product=product),
        "cashinflow": CashInflowFactory(inflow_id=number, customer=customer, source_note=word),
        "task": Task.objects.create(task_id=number, customer=customer, **task),
        "conversation": talk,
        "chatexchange": ChatExchange.objects.create(
            chat_id=number, customer=customer, adviser=adviser, **said
        ),
        "accessrecord": AccessRecord.objects.create(
            pk=number, user=adviser, customer=customer, act="view", source="page", detail=word
        ),
    }


def adviser_rows(row, adviser):
    """What is one adviser's and no customer's."""
    number, word = NUMBERS[row], WORDS[row]
    view = {"name": f"{word}の条件", "query": f"q={word}"}
    batch = {"kind": "bulk_edit", "reason": word, "summary": f"{word} 1件"}
    return {
        "adviser": adviser,
        "savedview": SavedView.objects.create(pk=number, owner=adviser, **view),
        "changebatch": ChangeBatch.objects.create(pk=number, user=adviser, **batch),
    }


def adviser(row, branch, **fields):
    number = NUMBERS[row]
    return AdviserFactory(
        rep_id=number, rep_code=f"R{number}", name=f"{WORDS[row]}担当", branch=branch, **fields
    )


class Asker(Client):
    """Keeps no cookies that an answer sets, and no copy of every template's context."""

    def request(self, **request):
        return self.handler(self._base_environ(**request))


class World:
    """`people` are clients by name; `rows` are records by row and kind."""

    def __init__(self):
        self.owner = adviser("own", "東京本店", role=Role.ADVISER)
        self.product = ProductFactory(product_id=NUMBERS["own"])
        self.rows = {
            "own": customer_rows("own", self.owner, self.product) | adviser_rows("own", self.owner),
            "archived": customer_rows("archived", self.owner, self.product),
        }
        self.rows["own"]["product"] = self.product
        self.rows["own"]["group"] = Group.objects.get(name=Role.ADVISER)
        self.rows["own"]["economicevent"] = EconomicEventFactory()
        self.rows["archived"]["customer"].archive()
        self.people = {
            "anonymous": Asker(headers=ALWAYS),
            "owner": signed_in(self.owner),
            "owner's token": with_token(self.owner),
            "manager": signed_in(staff("東京本店", Role.BRANCH_MANAGER)),
            "office": signed_in(staff("本社", Role.BACK_OFFICE)),
            "compliance": signed_in(staff("本社", Role.COMPLIANCE)),
            "administrator": signed_in(staff("本社", Role.ADMINISTRATOR)),
            "deactivated": signed_in(gone := staff("本社", Role.BACK_OFFICE)),
        }
        gone.is_active = False
        gone.save()

    def add_the_others(self):
        """The other branch: what it has must not show in what 東京本店 sees."""
        colleague = adviser("others", "大阪支店", role=Role.ADVISER)
        rows = customer_rows("others", colleague, self.product)
        self.rows["others"] = rows | adviser_rows("others", colleague)
        self.people |= {
            "colleague": signed_in(colleague),
            "colleague's token": with_token(colleague),
            "other manager": signed_in(staff("大阪支店", Role.BRANCH_MANAGER)),
        }
        return self

    # --- Asking -------------------------------------------------------------------------
    def path_of(self, cell):
        return "/" + cell.route.path.format(*self.numbers(cell.route.kinds, cell.row))

    def numbers(self, kinds, row):
        """The ids in an address: of the record, and of the rows that belong to it."""
        for kind in kinds:
            one = self.rows.get(row, {}).get(kinds[0] if kind == "change" else kind)
            if kind == "change" and one is not None:
                one = one.history.first()
            yield one.pk if one is not None else NUMBERS["missing"]

    def ask(self, cell):
        return self.reply(cell.person, cell.method, self.path_of(cell))

    def reply(self, person, method, path, data=None, **options):
        """What `person` gets; whatever it changed is taken back."""
        client = self.people[person]
        with transaction.atomic():
            response = getattr(client, method.lower())(path, data, **options)
            content = content_of(response)
            transaction.set_rollback(True)
        return Reply(response.status_code, headers_of(response, path), plain(content, path))


def staff(branch, role):
    return AdviserFactory(branch=branch, role=role, is_staff=True)


def signed_in(person):
    client = Asker(headers=ALWAYS)
    client.force_login(person)
    return client


def with_token(person):
    token = AuthToken.objects.create(person)[1]
    return Asker(headers=ALWAYS | {"Authorization": f"Bearer {token}"})


def content_of(response):
    if not response.streaming:
        return response.content
    if response["Content-Type"] != "text/event-stream":
        return b"".join(response)
    # Read, it would let go of the very connection that takes the cell back.
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)
    return b""


def headers_of(response, path):
    """All but length and time; of cookies, which change with every answer, the names."""
    kept = {k: v for k, v in response.headers.items() if k not in ("Content-Length", "Expires")}
    named = [("Set-Cookie", name) for name in response.cookies]
    return tuple(sorted((k, plain(v.encode(), path).decode()) for k, v in [*kept.items(), *named]))


def plain(content, path):
    """The numbers and words of the rows read the same, and so does the address itself."""
    content = MINUTE.sub(b"MINUTE", CSRF.sub(b"CSRF", content))
    if any(char.isdigit() for char in path):
        for text in (path, quote(path, safe=""), quote(path)):
            content = content.replace(text.encode(), b"PATH")
    for number in NUMBERS.values():
        content = content.replace(str(number).encode(), b"NUMBER")
    return content


def answer_of(reply):
    """Which of the answers a reply is; None for what no rule knows, a crash above all."""
    if reply.status == 401 or (reply.status == 302 and "/login" in dict(reply.headers)["Location"]):
        return Answer.LOGIN
    known = {404: Answer.MISSING, 403: Answer.FORBIDDEN, 405: Answer.NO_SUCH_METHOD}
    if reply.status in known:
        return known[reply.status]
    return Answer.ANSWERED if reply.status < 500 else None
