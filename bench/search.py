"""Search: exact, and how quick beside Django's `icontains` on the same rows in the same run."""

import secrets
from statistics import median

from django.conf import settings
from django.db import connection
from django.db.models import Q

from bench import data, database
from bench.report import Figure, Section
from bench.texts import KINDS, random_texts
from bench.timing import Timed, milliseconds, share, timed, times
from customers.columns import SEARCH_SORT, keyset_of
from customers.models import Adviser, Customer
from customers.search import words_of
from wealthai import counting

RANDOM, SCOPED, REPEATS, SMALL_ROUNDS = 120, 60, 3, 5
PAGE = 50
SLOW = 0.3  # seconds; what takes longer is timed once
COLUMNS = ("name", "name_kana", "phone", "email", "address")
FEW = 1000  # hits up to which a search must not grow with the table


def measure(small):
    """In the database in use; `small` is the name of one of 10,000 customers."""
    seed = secrets.randbits(32)
    office = Adviser.objects.get(rep_code=data.OFFICE)
    texts = [*KINDS, *random_texts(seed, RANDOM, office)]
    for text in KINDS[:5]:  # caches, and the SQL that Django makes once
        page_and_count(office, text)
    ours, plain, wrong = [], [], []
    for text in texts:
        ours.append(repeated(lambda text=text: page_and_count(office, text)))
        plain.append(repeated(lambda text=text: plain_page_and_count(office, text)))
        hits = brute_force(text)
        seen = first_of(hits), capped(hits)
        if found(office, text) != hits or ours[-1].result != seen:
            wrong.append(text)
    figures = [exactness(texts, wrong), *speed(ours, plain)]
    figures += growth(small, texts, ours)
    for code, name in (("AD0000", "an adviser"), ("BM0000", "a branch")):
        figures += scoped(Adviser.objects.get(rep_code=code), name, seed)
    note = f"{len(KINDS)} kinds and {RANDOM} random pieces of random customers, seed {seed}."
    return Section(f"Search, {data.rows():,} customers", figures, note)


def found_by(user, text):
    return Customer.objects.visible_to(user).active().search(text)


def page_and_count(user, text):
    """What the list page asks for: how many up to the cap, and the first page in its order."""
    counting.forget()
    hits = found_by(user, text)
    count = counting.capped_count(hits, settings.SEARCH_COUNT_CAP)
    page = keyset_of(SEARCH_SORT).page(hits.as_listed(), PAGE, None, count)
    return [row.pk for row in page.rows], count


def plain_page_and_count(user, text):
    hits = Customer.objects.visible_to(user).active()
    for word in text.split():
        condition = Q()
        for column in COLUMNS:
            condition |= Q(**{f"{column}__icontains": word})
        hits = hits.filter(condition)
    rows = list(hits.select_related("sales_rep").order_by("-updated_at", "-pk")[:PAGE])
    return len(rows), hits.count()


def repeated(act):
    once = timed(act)
    if once.seconds[0] < SLOW:
        for _ in range(REPEATS - 1):
            timed(act, once)
    return once


def found(user, text):
    return set(found_by(user, text).values_list("pk", flat=True))


def brute_force(text):
    """The keys of all customers in whose folded text each word stands, by reading every row."""
    words = words_of(text)
    position = "strpos" if connection.vendor == "postgresql" else "instr"
    condition = " AND ".join(
        "(" + " OR ".join(f"{position}(search_key, %s) > 0" for _ in word) + ")" for word in words
    )
    sql = f"SELECT customer_id FROM customers WHERE archived_at IS NULL AND {condition}"
    return {pk for (pk,) in database.run(sql, [spelling for word in words for spelling in word])}


def first_of(hits):
    """The page that sorting all of them gives."""
    sql = "SELECT customer_id FROM customers WHERE customer_id = ANY(%s)"
    order = f"ORDER BY updated_at DESC, customer_id DESC LIMIT {PAGE}"
    return [pk for (pk,) in database.run(f"{sql} {order}", [list(hits)])]


def capped(hits):
    return min(len(hits), settings.SEARCH_COUNT_CAP + 1)


def exactness(texts, wrong):
    value = f"{len(texts) - len(wrong)} of {len(texts)} queries exact"
    if wrong:
        value += f" (not: {'、'.join(wrong[:5])})"
    return Figure("Hits, page and capped count against a scan of all keys", value, "all", not wrong)


def speed(ours, plain):
    own, other = [one.median for one in ours], [one.median for one in plain]
    ratios = [theirs / mine for theirs, mine in zip(other, own, strict=True)]
    p95 = share(own, 0.95)
    return [
        Figure("Page and capped count, median", milliseconds(median(own))),
        Figure("… 95 of 100 within", milliseconds(p95), "≤ 50 ms", p95 <= 0.05),
        Figure("icontains on 5 columns, page and exact count, median", milliseconds(median(other))),
        Figure("… times ours, median", times(median(ratios)), "≥ 150×", median(ratios) >= 150),
        Figure("… times ours, worst query", times(min(ratios)), "≥ 30×", min(ratios) >= 30),
    ]


def growth(small, texts, ours):
    """Terms with few hits, at 10,000 customers and here."""
    few = [text for text, one in zip(texts, ours, strict=True) if one.result[1] <= FEW]
    here, there = {text: Timed() for text in few}, {text: Timed() for text in few}
    for _ in range(SMALL_ROUNDS):
        rounds_of(few, here)
        with database.using(small):
            rounds_of(few, there)
    large, tiny = (median(one.median for one in each.values()) for each in (here, there))
    return [
        Figure(f"{len(few)} terms with ≤ {FEW:,} hits, median", milliseconds(large)),
        Figure("… times the same at 10,000", times(large / tiny), "≤ 3×", large <= 3 * tiny),
    ]


def rounds_of(texts, found):
    office = Adviser.objects.get(rep_code=data.OFFICE)
    page_and_count(office, KINDS[0])
    for text in texts:
        timed(lambda text=text: page_and_count(office, text), found[text])


def scoped(user, name, seed):
    texts = random_texts(seed, SCOPED, user)
    visible = set(Customer.objects.visible_to(user).values_list("pk", flat=True))
    wrong = [text for text in texts if found(user, text) != brute_force(text) & visible]
    own = [repeated(lambda text=text: page_and_count(user, text)).median for text in texts]
    p95 = share(own, 0.95)
    value = f"{milliseconds(median(own))} · {milliseconds(p95)}"
    met = p95 <= 0.05 and not wrong
    return [Figure(f"As {name} sees it: median · 95 of 100 within", value, "≤ 50 ms, exact", met)]
