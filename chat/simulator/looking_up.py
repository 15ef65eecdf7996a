"""How the simulator uses tools: rules over the question's words, and over the results it gets."""

import json
import re

ABOUT_EVENTS = ("影響", "イベント")
ABOUT_MATURITIES = ("償還", "満期")
ABOUT_MONEY = ("入金", "資金", "退職金")
WITHIN = re.compile(r"(\d+)日")
IN_TEXT = re.compile(r"\[(crm:[^\]]+)\][^\n]*\n(.+)", re.S)
NOTHING = "記録にありません。"


def calls_for(question: str, messages: list[dict], faults: dict) -> list[tuple[str, dict | str]]:
    """The tools to use next, each with its input; none when the answer is to be written."""
    fault = faults.get("tool")
    if fault == "endless":
        return [("events", {})]
    if was_answered(messages):
        return follow_up(question, results_in(messages))
    if fault == "bad-json":
        return [("maturities", '{"days": 9')]
    if fault == "unknown":
        return [("delete_customer", {"customer": "C001"})]
    return first_calls(question)


def first_calls(question: str) -> list[tuple[str, dict | str]]:
    if any(word in question for word in ABOUT_EVENTS):
        return [("events", {})]
    days = WITHIN.search(question)
    if any(word in question for word in ABOUT_MATURITIES):
        bonds = {"category": "BOND"} if "債" in question else {}
        return [("maturities", {"days": int(days[1]) if days else 90} | bonds)]
    if any(word in question for word in ABOUT_MONEY):
        return [("notes", {"about_money": True}), ("cash_inflows", {})]
    return []


def follow_up(question: str, results: list[dict]) -> list[tuple[str, dict | str]]:
    """After the events whoever is touched by the one that the question names, else by the first."""
    events = [facts for facts in results if "event_id" in facts]
    if "顧客" not in question or not events or len(events) != len(results):
        return []
    named = [event for event in events if event["title"] in question]
    return [("affected_customers", {"event_id": (named or events)[0]["event_id"]})]


def results_in(messages: list[dict]) -> list[dict]:
    """The facts in the results that end the conversation so far, each with its source."""
    found = []
    for block in messages[-1]["content"]:
        for part in block.get("toolResult", {}).get("content", []):
            if result := part.get("searchResult"):
                facts = json.loads(result["content"][0]["text"])
                found.append(facts | {"source": result["source"]})
            elif told := IN_TEXT.match(part.get("text", "")):
                found.append(json.loads(told[2]) | {"source": told[1]})
    return found


def was_answered(messages: list[dict]) -> bool:
    return any("toolResult" in block for block in messages[-1]["content"])


def answer_from(messages: list[dict]) -> str:
    rows = results_in(messages)
    if not rows:
        return NOTHING
    return "\n".join(f"- {line(facts)} [{facts['source']}]" for facts in rows)


def line(facts: dict) -> str:
    """One row in words, from what it has."""
    who = f"{facts['customer']}様（{facts['customer_code']}） " if "customer" in facts else ""
    if "title" in facts:
        return f"{facts['date']} {facts['title']}"
    if "holding" in facts["source"]:
        due = f"{facts['maturity_date']}償還 " if facts["maturity_date"] else ""
        return f"{who}{due}{facts['product']} {facts['book_value']} {facts['currency']}"
    if "content" in facts:
        return f"{who}{facts['date']} {facts['content']}"
    if "amount_yen" in facts:
        return f"{who}{facts['date']} {facts['amount_yen']:,}円"
    return f"{facts.get('code', '')}{facts.get('product', '')}"
