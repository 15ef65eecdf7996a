"""What leaves the building: 1,000 questions about 200 customers, with what is looked up for them, and
the simulator's whole log read for their names, kana, telephone numbers, mail addresses and addresses."""

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import connection

from bench import data, database
from bench.report import Figure, Section
from chat import asking, runs
from chat.models import ChatExchange
from chat.simulator.server import Simulator
from customers.folding import fold
from customers.models import Adviser, Customer, SalesNote
from wealthai.tracking import create_many

CUSTOMERS, AT_A_TIME, WAIT = 200, 8, 60
HALF_WIDTH = str.maketrans("アイウエオカキクケコサシスセソタチツテト", "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄ")
SEEDED = ("name", "name_kana", "phone", "email", "address")
# As people write: the whole, a part, another width; and somebody else in the same breath.
QUESTIONS = (
    "{one.name}様の保有商品は？",
    "{one.name_kana}さんの営業メモをまとめて。電話は{bare}。{half}さんと{other.name}の紹介です",
    "面談前の要点。住所は{one.address}、連絡先は{one.phone}と{one.email}",
)
# About nobody chosen: the model looks up what it needs, in the notes and maturities of everybody.
FREE = (
    "入金がありそうな顧客は？　{other.phone}に折り返します",
    "{one.email}のほかに、3000日以内に償還を迎える債券は？",
)
NOTE = "退職金の相談。{one.name}様（{one.name_kana}）、{one.address}。{bare}か{one.email}へ。紹介者は{other.name}様 {other.phone}"


def measure(name):
    """In the database `name`."""
    with database.using(name):
        return measured()


def measured():
    user = Adviser.objects.get(rep_code=data.OFFICE)
    people = list(Customer.objects.order_by("pk")[:CUSTOMERS])
    pairs = list(zip(people, [*people[1:], people[0]], strict=True))
    create_many(SalesNote, [note(one, other, user) for one, other in pairs])
    simulator = Simulator(pace=0)
    threading.Thread(target=simulator.serve_forever, daemon=True).start()
    settings.BEDROCK_ENDPOINT_URL = simulator.url
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        statuses = Counter(pool.map(lambda pair: chat(user, *pair), pairs))
    simulator.shutdown()
    return section(people, simulator.requests, statuses)


def note(one, other, user):
    return SalesNote(customer=one, sales_rep=user, content=filled(NOTE, one, other))


def filled(text, one, other):
    bare = (one.phone or "").replace("-", "")
    half = (one.name_kana or "").translate(HALF_WIDTH)
    return text.format(one=one, other=other, bare=bare, half=half)


def chat(user, one, other):
    """One conversation about `one`, and two about nobody; whether all of their answers came."""
    talk, ended = None, set()
    for text in QUESTIONS:
        about = {"conversation": talk} if talk else {"customer": one}
        exchange = answered(user, filled(text, one, other), **about)
        talk, ended = exchange.conversation, ended | {exchange.status}
    ended |= {answered(user, filled(text, one, other)).status for text in FREE}
    connection.close()
    return "whole" if ended == {ChatExchange.Status.DONE} else "broken"


def answered(user, text, **about):
    exchange = asking.ask(asking.Question(user, text, **about))
    runs.wait(exchange.pk, WAIT)
    exchange.refresh_from_db()
    return exchange


def section(people, requests, statuses):
    log = fold(json.dumps(requests, ensure_ascii=False))
    leaks = Counter(
        name
        for one in people
        for name in SEEDED
        if getattr(one, name) and fold(getattr(one, name)) in log
    )
    bare = sum((one.phone or "-").replace("-", "") in log for one in people)
    found, sent = sum(leaks.values()) + bare, len(requests)
    asked, whole = len(people) * len(QUESTIONS + FREE), statuses["whole"]
    told = "、".join(f"{Customer._meta.get_field(n).verbose_name} {c}" for n, c in leaks.items())
    figures = [
        Figure(
            f"Conversations answered, of {len(people)}", str(whole), "all", whole == len(people)
        ),
        Figure(
            f"Names, kana, telephones, mails, addresses in {sent:,} requests",
            f"{found} {told}".strip(),
            "0 in all",
            found == 0 and sent >= asked,
        ),
    ]
    return Section(f"Masking, {asked:,} questions about {len(people)} customers", figures)
