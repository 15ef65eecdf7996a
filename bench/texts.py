"""What the search section asks: kinds of query that people type, and random pieces of records."""

import random

from customers.models import Customer

# One and two kanji, kana, half-width kana, full-width Latin, pieces of telephone numbers, starts of
# mail addresses, addresses, two words, full names, and what is nowhere.
KINDS = (
    "田", "髙", "鈴木", "田中", "高橋", "髙橋", "渡邉", "株式会社", "㈱", "ヤマ", "やまだ", "サトウ", "さとう けんいち",
    "ﾀﾅｶ", "ｻﾄｳ", "ｽｽﾞｷ ｹﾝ", "ＥＸＡＭＰＬＥ", "ｅｘａｍｐｌｅ．ｎｅ", "Ｃ００１２３", "090", "090-12", "0901234",
    "5678", "03-3", "yamada", "satou.1", "suzuki.12345", "東京都", "東京都港区赤坂", "世田谷区成城5", "大阪 佐藤",
    "田中 090", "健一 example.jp", "佐藤健一", "山田恵子", "薔薇園", "zzzz", "ヌヌヌ",
)  # fmt: skip
TYPED = ("name", "name_kana", "customer_code", "phone", "email", "address")
TWO_WORDS = 0.1


def random_texts(seed, count, user):
    """Pieces of two to six characters of customers whom `user` sees; telephone numbers bare or not."""
    rng = random.Random(seed)
    known = Customer.objects.visible_to(user).active()
    keys = list(known.order_by("pk").values_list("pk", flat=True))
    rows = known.filter(pk__in=rng.choices(keys, k=count)).values(*TYPED)
    rows = list(rows)
    return [text_of(rng, rng.choice(rows)) for _ in range(count)]


def text_of(rng, row):
    words = 2 if rng.random() < TWO_WORDS else 1
    names = rng.sample([name for name in TYPED if row[name]], words)
    return " ".join(piece(rng, row[name], name) for name in names)


def piece(rng, text, name):
    if name == "phone" and rng.random() < 0.5:
        text = text.replace("-", "")
    text = text.replace(" ", "")
    shortest = 4 if name in ("phone", "customer_code", "email") else 2
    size = min(len(text), rng.randint(shortest, 6))
    start = rng.randint(0, len(text) - size)
    return text[start : start + size]
