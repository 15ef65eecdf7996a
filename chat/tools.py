"""The model's tools: what each is called, what it takes, and how a call becomes a result.

A result is made of `searchResult` blocks whose `source` is a record with its version
(chat/sources.py); every text in it is masked, and whoever stands in it joins the masker first.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from rest_framework import serializers as drf

from chat import lookups, prompts
from chat.blocks import ToolCall, in_plain_text, text_of
from chat.context import TooManyNames, join_named, masked, texts_in
from chat.masking import Masker
from chat.sources import Source, stamped
from customers.models import Customer
from customers.models.product import Category
from wealthai.api.serializers import (
    BooleanField,
    CharField,
    ChoiceField,
    IntegerField,
    Serializer,
)
from wealthai.database import one_snapshot

LONGEST_DAYS = 3650
LONGEST_TEXT = 1000
LONGEST_RESULT = 24_000
NOTHING = "記録にありません。"
CUT = "件数が多いため、一部だけです。ほかにもあります。条件を絞ってください。"
BOUND = "言葉は、直近の{:,}件のメモで探しました。それより古いメモは調べていません。答えにもそう書いてください。"
UNKNOWN = "その名前の道具はありません。"
NO_JSON = "入力を JSON のオブジェクトとして読めません。"
CALLS = "一度に使う道具が多すぎます。分けて使ってください。"
TOO_MANY = "氏名が多すぎて、記号に置き換えられません。条件を絞ってください。"


def words(**options):
    return CharField(
        max_length=100, help_text="探す言葉。空白で区切ると、すべてを含むもの", **options
    )


def customer(**options):
    return CharField(max_length=100, help_text="顧客コード、または［顧客A］の記号", **options)


def days(**options):
    return IntegerField(min_value=1, max_value=LONGEST_DAYS, help_text="日数", **options)


def category():
    return ChoiceField(choices=Category.choices, required=False, help_text="商品の種類")


class Words(Serializer):
    words = words()


class OneCustomer(Serializer):
    customer = customer()


class Maturing(Serializer):
    days = days(default=90)
    category = category()
    customer = customer(required=False)


class NotesSought(Serializer):
    customer = customer(required=False)
    words = words(required=False)
    about_money = BooleanField(
        required=False, help_text="true のとき、入金・退職金・売却など資金の話があるメモだけ"
    )
    days = days(required=False)


class Expected(Serializer):
    customer = customer(required=False)
    days = days(required=False)


class EventsSought(Serializer):
    words = words(required=False)
    days = days(default=90)


class OneEvent(Serializer):
    event_id = IntegerField(min_value=1, max_value=2**31 - 1, help_text="events の event_id")


class ProductsSought(Serializer):
    words = words(required=False)
    category = category()


@dataclass(frozen=True)
class Tool:
    label: str  # beneath the answer
    description: str
    takes: type[Serializer]
    look_up: Callable[..., lookups.Found]


TOOLS = {
    "find_customers": Tool(
        "顧客の検索",
        "氏名・カナ・顧客コードなどの言葉で、担当する顧客を探す。",
        Words,
        lookups.find_customers,
    ),
    "customer_card": Tool(
        "顧客の属性", "一人の顧客の属性を読む。", OneCustomer, lookups.customer_card
    ),
    "holdings": Tool("保有商品", "一人の顧客の保有商品を読む。", OneCustomer, lookups.holdings),
    "maturities": Tool(
        "償還の予定",
        "これからの日数のうちに償還・満期を迎える保有商品を、担当する顧客全体から探す。",
        Maturing,
        lookups.maturities,
    ),
    "notes": Tool(
        "営業メモ",
        "営業メモを新しい順に読む。顧客を省くと担当する顧客全体から探す。",
        NotesSought,
        lookups.notes,
    ),
    "cash_inflows": Tool(
        "入金予測",
        "登録された入金予測を読む。顧客を省くと担当する顧客全体から探す。",
        Expected,
        lookups.cash_inflows,
    ),
    "events": Tool(
        "経済イベント",
        "経済イベントを探す。直近30日と、これからの日数のもの。",
        EventsSought,
        lookups.events,
    ),
    "affected_customers": Tool(
        "イベントの影響を受ける顧客",
        "イベントの通貨か業種にあたる保有商品と、その顧客を探す。",
        OneEvent,
        lookups.affected_customers,
    ),
    "products": Tool("取扱商品", "取扱中の商品を探す。", ProductsSought, lookups.products),
}


@cache
def specs() -> list[dict[str, Any]]:
    """The tools as Bedrock's toolConfig wants them, from the same serializers that check."""
    return [
        {
            "toolSpec": {
                "name": name,
                "description": tool.description,
                "inputSchema": {"json": schema_of(tool.takes)},
            }
        }
        for name, tool in TOOLS.items()
    ]


def schema_of(takes: type[Serializer]) -> dict[str, Any]:
    fields = takes().get_fields()
    return {
        "type": "object",
        "properties": {name: property_of(one) for name, one in fields.items()},
        "required": [name for name, one in fields.items() if one.required],
        "additionalProperties": False,
    }


def property_of(one: drf.Field) -> dict[str, Any]:
    if isinstance(one, IntegerField):
        limits = {"minimum": one.min_value, "maximum": one.max_value}
        return {"type": "integer", "description": one.help_text} | limits
    if isinstance(one, BooleanField):
        return {"type": "boolean", "description": one.help_text}
    if isinstance(one, ChoiceField):
        told = "、".join(f"{code}={label}" for code, label in one.choices.items())
        return {"type": "string", "enum": list(one.choices), "description": told}
    return {"type": "string", "description": one.help_text, "maxLength": one.max_length}


@dataclass
class Result:
    """`content` goes to the model; `customers` are the keys of those whose records it holds,
    `searched` is the number of records that were read for words where not all were."""

    content: list[dict[str, Any]]
    status: str = "success"
    sources: list[Source] = field(default_factory=list)
    customers: set[int] = field(default_factory=set)
    rows: int = 0
    searched: int | None = None
    asked: dict[str, Any] = field(default_factory=dict, compare=False)  # people by their tokens

    def traced(self) -> dict[str, Any]:
        """What the steps of the answer keep of it."""
        told = {"rows": self.rows, "status": self.status, "asked": self.asked}
        return told | ({"searched": self.searched} if self.searched else {})

    @property
    def texts(self) -> list[str]:
        found = (block.get("searchResult", {}).get("content", []) for block in self.content)
        return [part["text"] for parts in found for part in parts]

    @property
    def said(self) -> list[str]:
        """All that is sent of it, as text: the titles too, and what is told beside records."""
        return [
            text_of(in_plain_text([{"content": [block]}])[0]["content"]) for block in self.content
        ]

    def block(self, call: ToolCall) -> dict[str, Any]:
        told = {"toolUseId": call.id, "content": self.content, "status": self.status}
        return {"toolResult": told}


def refused(text: str) -> Result:
    return Result([{"text": text}], status="error")


def use(call: ToolCall, user, masker: Masker) -> Result:
    """The result of one call, for whoever `user` is now. Never raises for what the model wrote."""
    tool = TOOLS.get(call.name)
    if tool is None:
        return refused(UNKNOWN)
    if call.given is None:
        return refused(NO_JSON)
    given = {name: restored(value, masker) for name, value in call.given.items()}
    asked = tool.takes(data=given)
    if not asked.is_valid():
        said = json.dumps(asked.errors, ensure_ascii=False, default=str)
        return refused(masker.mask(said))
    try:
        with one_snapshot():
            found = tool.look_up(user, **asked.validated_data)
            sources = stamped(found.rows)
        result = with_bound(told(found, sources, user, masker), found.searched)
    except TooManyNames:
        result = refused(TOO_MANY)
    result.asked = asked.validated_data | call.given
    return result


def restored(value: Any, masker: Masker) -> Any:
    """The model knows people by their tokens only, and asks for them so."""
    return masker.restore(value) if isinstance(value, str) else value


def told(found: lookups.Found, sources: list[Source], user, masker: Masker) -> Result:
    if not found.rows:
        return Result([{"text": NOTHING}])
    rows = list(found.rows)
    keys = {key for _, key in rows if key is not None}
    met = list(Customer.objects.filter(pk__in=keys).order_by("customer_id"))
    texts = texts_in([facts for facts, _ in rows])
    join_named(masker, Customer.objects.mentions("\n".join(texts)), met, user)
    result, length = Result([]), 0
    for (facts, key), source in zip(rows, sources, strict=True):
        text = prompts.as_json(shortened(masked(facts, masker)))  # half a name is no name to mask
        length += len(text)
        if length > LONGEST_RESULT:
            break
        title = masker.mask(source.label)
        result.content.append(
            {"searchResult": {"source": source.uri, "title": title, "content": [{"text": text}]}}
        )
        result.sources.append(source)
        result.customers |= {key} - {None}
    result.rows = len(result.sources)
    if found.more or result.rows < len(rows):
        result.content.append({"text": CUT})
    return result


def with_bound(result: Result, searched: int | None) -> Result:
    if searched:
        result.searched = searched
        result.content.append({"text": BOUND.format(searched)})
    return result


def shortened(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        name: f"{value[:LONGEST_TEXT]}…（省略）"
        if isinstance(value, str) and len(value) > LONGEST_TEXT
        else value
        for name, value in facts.items()
    }
