"""Invented Japanese customers by the million: the demo's names and places, recombined quickly.

The same seed gives the same customers. A share of the names is put together from common halves,
so that a million people do not share a few thousand names.
"""

import datetime
import random

from customers.demo import names
from customers.demo.people import email_of
from customers.demo.places import BUILDINGS, TOWNS
from customers.models import Customer

SURNAMES = names.parsed(names.SURNAMES)
GIVEN = [name[:2] for words in (*names.MEN, *names.WOMEN) for name in names.parsed(words)]
HALVES = """
山ヤマ 田タ 川カワ 木キ 村ムラ 井イ 野ノ 沢サワ 原ハラ 島シマ 崎サキ 橋ハシ 石イシ 岡オカ 森モリ 池イケ 谷タニ 松マツ
杉スギ 竹タケ 梅ウメ 北キタ 南ミナミ 西ニシ 東ヒガシ 内ウチ 口クチ 塚ツカ 辺ベ 瀬セ 浜ハマ 坂サカ 宮ミヤ 福フク 黒クロ
"""
PARTS = [name[:2] for name in names.parsed(HALVES)]
PLACES = [
    (area, town + quarter)
    for towns in TOWNS.values()
    for area, town, *quarters in map(str.split, towns.strip().splitlines())
    for quarter in quarters
]
DOMAINS = ("example.com", "example.net", "example.org", "example.jp", "example.ne.jp")
WORK = (
    "会社員",
    "会社役員",
    "医師",
    "自営業",
    "公務員",
    "無職",
    "会社経営",
    "弁護士",
    "主婦・主夫",
)
FIRMS = ("株式会社{}", "{}株式会社", "有限会社{}", "合同会社{}")
FIRST_DAY = datetime.datetime(2016, 4, 1, 9, tzinfo=datetime.UTC)
CHUNK = 5000


def customers(first, count, adviser_ids):
    """`count` unsaved customers with the numbers `first`, `first + 1`, … as keys."""
    for start in range(first, first + count, CHUNK):
        rng = random.Random(f"bench:{start}")
        for number in range(start, min(start + CHUNK, first + count)):
            yield customer(rng, number, adviser_ids)


def customer(rng, number, adviser_ids):
    name, kana = firm_name(rng) if rng.random() < 0.06 else person_name(rng)
    area, place = rng.choice(PLACES)
    made = FIRST_DAY + datetime.timedelta(seconds=int(rng.random() * 300_000_000))
    row = Customer(
        customer_id=number,
        customer_code=f"C{number:07}",
        name=name,
        name_kana=kana,
        birth_date=datetime.date(1930, 1, 1) + datetime.timedelta(days=int(rng.random() * 27_000)),
        gender=rng.choice(Customer.Gender.values),
        phone=phone(rng, area),
        email=email_of(kana, number, rng.choice(DOMAINS)) if rng.random() < 0.8 else None,
        address=address(rng, place),
        occupation=rng.choice(WORK),
        annual_income=int(rng.random() * 300) * 100_000,
        net_worth=int(rng.random() * 5_000) * 1_000_000,
        risk_tolerance=rng.choice("12345"),
        investment_experience=rng.choice(Customer.Experience.values),
        sales_rep_id=rng.choice(adviser_ids),
        created_at=made,
    )
    row._history_date = made
    return row


def person_name(rng):
    """(name, reading)"""
    if rng.random() < 0.6:
        surname, surname_kana, _ = rng.choice(SURNAMES)
    else:
        (head, head_kana), (tail, tail_kana) = rng.sample(PARTS, 2)
        surname, surname_kana = head + tail, head_kana + tail_kana
    given, given_kana = rng.choice(GIVEN)
    return surname + given, surname_kana + given_kana


def firm_name(rng):
    (head, head_kana), (tail, tail_kana) = rng.sample(PARTS, 2)
    return rng.choice(FIRMS).format(head + tail), head_kana + tail_kana


def phone(rng, area):
    line = int(rng.random() * 10**8)
    if rng.random() < 0.75:
        return f"0{rng.choice('789')}0-{line // 10_000:04}-{line % 10_000:04}"
    middle = 10 ** (6 - len(area))
    return f"{area}-{line % middle:0{6 - len(area)}}-{line // 10_000:04}"


def address(rng, place):
    line = f"{place}{rng.randint(1, 9)}-{rng.randint(1, 30)}-{rng.randint(1, 30)}"
    if rng.random() < 0.3:
        line += f" {rng.choice(BUILDINGS)}{rng.randint(101, 1500)}"
    return line
