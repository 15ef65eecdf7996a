"""What the simulator says: rules over the records it was sent, never anything else."""

import json
import re
from operator import itemgetter

RECORDS = re.compile(r"<records>\n(.*)\n</records>\n\n質問: (.*)", re.S)
MARK = "（模擬応答）"
NO_RECORDS = "顧客の記録が添えられていません。顧客を選ぶか、氏名を正しく書いて質問してください。"


def without_candidates(user_text: str) -> str:
    """The question alone where it names nobody: those who were named before are not what it asks for."""
    match = RECORDS.fullmatch(user_text)
    if match and "［" not in match.group(2) and "candidates" in json.loads(match.group(1)):
        return match.group(2)
    return user_text


def answer_to(user_text: str) -> str:
    """The answer to one user turn, marked as simulated."""
    match = RECORDS.fullmatch(user_text)
    if not match:
        return f"{MARK}{NO_RECORDS}"
    records, question = json.loads(match.group(1)), match.group(2)
    if "candidates" in records:
        return f"{MARK}{_candidates(records)}"
    sections = [section for words, section in SECTIONS if any(word in question for word in words)]
    parts = [section(records) for section in sections or [_overview, _holdings, _maturities]]
    name = records["customer"]["name"]
    return f"{MARK}{name}様の記録（{records['as_of']}時点）からお答えします。\n\n" + "\n\n".join(
        parts
    )


def _lines(title: str, rows: list[str]) -> str:
    return (
        "\n".join([title, *(f"- {row}" for row in rows)])
        if rows
        else f"{title}\n- 記録にありません"
    )


def _candidates(records: dict) -> str:
    rows = [
        f"{row['code']} {row['name']}（{row['age'] or '―'}歳・{row['prefecture'] or '―'}・"
        f"{row['occupation'] or '―'}）"
        for row in records["candidates"]
    ]
    return _lines("どのお客様でしょうか。顧客コードを添えて質問してください。", rows)


def _overview(records: dict) -> str:
    customer = records["customer"]
    facts = [
        customer["age"] and f"{customer['age']}歳",
        customer["occupation"],
        customer["prefecture"],
        customer["risk_tolerance"] and f"リスク許容度 {customer['risk_tolerance']}",
        customer["investment_experience"] and f"投資経験 {customer['investment_experience']}",
    ]
    return _lines("お客様について", ["・".join(fact for fact in facts if fact)])


def _holdings(records: dict) -> str:
    rows = [
        f"{row['product']}（{row['product_code']}） 数量 {row['quantity']}、"
        f"評価額 {row['market_value'] or '記録なし'} {row['currency']}、"
        f"含み損益 {row['gain'] or '記録なし'} {row['currency']} [{row['id']}]"
        for row in records["holdings"]
    ]
    return _lines(f"保有商品（{len(rows)}件）", rows)


def _maturities(records: dict) -> str:
    due = [row for row in records["holdings"] if row["maturity_date"]]
    rows = [(row["maturity_date"], row) for row in sorted(due, key=itemgetter("maturity_date"))]
    return _lines(
        "償還の予定",
        [
            f"{day} {row['product']} 取得価額 {row['book_value']} {row['currency']} [{row['id']}]"
            for day, row in rows
        ],
    )


def _notes(records: dict) -> str:
    return _lines(
        "営業メモ",
        [f"{row['date']} {row['kind']} {row['content']} [{row['id']}]" for row in records["notes"]],
    )


def _inflows(records: dict) -> str:
    rows = [
        f"{row['date']} {row['source']} {row['amount_yen']:,}円（確度 {row['confidence']}） [{row['id']}]"
        for row in records["cash_inflows"]
    ]
    return _lines("入金予測", rows)


SECTIONS = [
    (("保有", "商品", "資産", "銘柄", "損益"), _holdings),
    (("償還", "満期"), _maturities),
    (("メモ", "面談", "前回", "話"), _notes),
    (("入金", "資金", "退職金", "売却"), _inflows),
    (("どんな", "プロフィール", "属性", "要点"), _overview),
]
