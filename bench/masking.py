"""What leaves the building: 1,000 questions about 200 customers, with what is looked up for them, and
the simulator's whole log read for them and for others who are spoken of (bench/leaks.py)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import connection

from bench import data, database, leaks
from bench.report import Figure, Section
from chat import asking, runs
from chat.models import ChatExchange
from chat.simulator.server import running
from customers.models import Adviser, Customer, SalesNote
from wealthai.tracking import create_many

CUSTOMERS, AT_A_TIME, WAIT = 200, 8, 60
# As people write: the whole, a part, another width; and somebody else in the same breath.
QUESTIONS = (
    "{one.name}様の保有商品は？",
    "{one.name_kana}さんの営業メモをまとめて。電話は{bare}。{half}さんと{other.name}の紹介です。{far}",
    "面談前の要点。{day}生まれ。住所は{one.address}、連絡先は{one.phone}と{one.email}",
)
# About nobody chosen: the model looks up what it needs, in the notes and maturities of everybody.
FREE = (
    "入金がありそうな顧客は？　{other.phone}に折り返します。{far}",
    "{one.email}のほかに、3000日以内に償還を迎える債券は？",
)
NOTE = "退職金の相談。{one.name}様（{one.name_kana}）、{one.address}。{bare}か{one.email}へ。紹介者は{other.name}様 {other.phone}"
# Of somebody whose name stands whole nowhere: in one note and two questions, another way each time.
FAR_NOTE = "誕生日は{day}。同席は、{far}。"
FAR, AT_ONCE = 7, 6  # places away in the list; ways in one text


def measure(name):
    """In the database `name`."""
    with database.using(name):
        return measured()


def measured():
    user = Adviser.objects.get(rep_code=data.OFFICE)
    people = list(Customer.objects.order_by("pk")[:CUSTOMERS])
    groups = [Group(people, place) for place in range(len(people))]
    create_many(
        SalesNote, [note(group, user, text) for group in groups for text in (NOTE, FAR_NOTE)]
    )
    with running(pace=0) as simulator, ThreadPoolExecutor(AT_A_TIME) as pool:
        settings.BEDROCK_ENDPOINT_URL = simulator.url
        statuses = Counter(pool.map(lambda group: chat(user, group), groups))
    return section(people, simulator.requests, statuses)


class Group:
    """Whom a conversation is about, somebody else by name, and a third one by ever other words."""

    def __init__(self, people, place):
        self.one, self.other = people[place], people[(place + 1) % len(people)]
        far = people[(place + FAR) % len(people)]
        self.ways, self.days = leaks.ways(far), leaks.days(self.one)
        self.turn = place

    def filled(self, text):
        self.turn += 1
        start = self.turn * AT_ONCE % len(self.ways)
        far = "、".join([*self.ways, *self.ways][start : start + AT_ONCE])
        bare, half = (self.one.phone or "").replace("-", ""), leaks.half(self.one.name_kana or "")
        day = self.days[self.turn % len(self.days)]
        return text.format(one=self.one, other=self.other, bare=bare, half=half, far=far, day=day)


def note(group, user, text):
    return SalesNote(customer=group.one, sales_rep=user, content=group.filled(text))


def chat(user, group):
    """One conversation about one, and two about nobody; whether all of their answers came."""
    talk, ended = None, set()
    for text in QUESTIONS:
        about = {"conversation": talk} if talk else {"customer": group.one}
        exchange = answered(user, group.filled(text), **about)
        talk, ended = exchange.conversation, ended | {exchange.status}
    ended |= {answered(user, group.filled(text)).status for text in FREE}
    connection.close()
    return "whole" if ended == {ChatExchange.Status.DONE} else "broken"


def answered(user, text, **about):
    exchange = asking.ask(asking.Question(user, text, **about))
    runs.wait(exchange.pk, WAIT)
    exchange.refresh_from_db()
    return exchange


def texts_of(value):
    """Every text of a request's messages."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for item in value for text in texts_of(item)]
    return [value] if isinstance(value, str) else []


def section(people, requests, statuses):
    sent = [text for request in requests for text in texts_of(request["messages"])]
    hits = leaks.found_in(sent, people)
    leaked = Counter(name for name, _ in hits)
    asked, whole = len(people) * len(QUESTIONS + FREE), statuses["whole"]
    told = "、".join(f"{Customer._meta.get_field(n).verbose_name} {c}" for n, c in leaked.items())
    sought = sum(len(some) for one in people for some in leaks.needles(one).values())
    figures = [
        Figure(
            f"Conversations answered, of {len(people)}", str(whole), "all", whole == len(people)
        ),
        Figure(
            f"Of {sought:,} names, kana, telephones, mails, addresses, birthdays in {len(requests):,} requests",
            f"{len(hits)} {told}".strip(),
            "0 in all",
            not hits and len(requests) >= asked,
        ),
    ]
    return Section(f"Masking, {asked:,} questions about {len(people)} customers", figures)
