"""Customers who are not the conversation's: however somebody writes of them, nothing leaves."""

import json

import pytest

from chat import turn
from chat.asking import Question
from chat.models import ChatExchange, Conversation
from customers.folding import fold
from tests.factories import CustomerFactory, SalesNoteFactory

pytestmark = pytest.mark.django_db(transaction=True)

THEIRS = {
    "name": "加藤信夫",
    "name_kana": "カトウノブオ",
    "phone": "080-2222-3333",
    "email": "nobuo@example.jp",
    "address": "神奈川県横浜市中区本町2-3-4 青葉ハイツ305",
}
WRITTEN = [
    "カトウノブオ",
    "かとうのぶお",
    "ｶﾄｳ ﾉﾌﾞｵ",
    "かとう　のぶお",
    "カトウ・ノブオ",
    "加藤ノブオ",
    "加藤のぶお",
    "カトウ信夫",
    "かとう信夫",
    "加藤/信夫",
    "加藤(信夫)",
    "加藤・信夫",
    "加藤　信夫",
    "加藤-信夫",
    "080.2222.3333",
    "０８０・２２２２・３３３３",
    "080-2222\n-3333",
    "〇八〇二二二二三三三三",
    "nobuo @example.jp",
    "nobuo(at)example.jp",
    "横浜市中区本町2-3-4",
    "本町二丁目3番4号",
    "神奈川県横浜市中区本町２－３－４青葉ハイツ305",
    *(
        f"加藤{title}"
        for title in [
            "様",
            "さん",
            "氏",
            "先生",
            "社長",
            "支店長",
            "ご夫妻",
            "家",
            "宅",
            "の奥様",
            "のお母様",
        ]
    ),
    "かとうさん",
    "カトウ様",
]
PIECES = ["加藤", "信夫", "カトウ", "ノブオ", "2222", "二二二二", "3333", "nobuo", "本町", "青葉"]


@pytest.fixture
def kato(suzuki):
    return CustomerFactory(customer_code="C077", sales_rep=suzuki, **THEIRS)


def pieces_in(requests):
    said = [message for request in requests for message in request["messages"]]
    text = fold(json.dumps(said, ensure_ascii=False))
    return [piece for piece in PIECES if fold(piece) in text]


@pytest.mark.parametrize("written", WRITTEN)
def test_nothing_of_another_customer_leaves(answered, simulator, tanaka, ito, kato, written):
    SalesNoteFactory(customer=ito, content=f"紹介者は、{written}。来月に面談。")
    answered(Question(tanaka, f"面談の要点は？{written}、同席。", customer=ito))

    assert pieces_in(simulator.requests) == []


def test_who_asks_is_not_told_that_a_part_of_a_name_is_a_customers(answered, tanaka, ito, kato):
    exchange = answered(Question(tanaka, "カトウノブオと加藤様は？", customer=ito))

    assert exchange.tool_trace[0]["sent_question"] == "［人物1］と［人物2］様は？"
    assert exchange.tool_trace[0]["told_question"] == "カトウノブオと加藤様は？"
    assert {"field": "氏名", "count": 2, "hidden": True} in exchange.masked_fields


def test_letter_that_begins_a_name_stays_in_other_words(answered, simulator, tanaka, ito):
    for name in ("奥田一郎", "国分太郎", "日野健一", "工藤一郎", "住田一郎", "林太郎"):
        CustomerFactory(name=name)
    question = "奥様と皆様、国家資格、農林中金、中国株、たくさんの作家さん、日本人の工夫、住宅と在宅、林檎の話は？"
    answered(Question(tanaka, question, customer=ito))

    assert question in str(simulator.requests)


@pytest.mark.parametrize("title", ["様", "先生", "支店長", "ご夫妻", "宅", "家", "の奥様"])
def test_surname_of_one_letter_is_masked_before_a_title(answered, simulator, tanaka, ito, title):
    CustomerFactory(name="林太郎", name_kana="ハヤシタロウ")
    answered(Question(tanaka, f"林{title}の紹介は？", customer=ito))

    assert "林" not in str([request["messages"] for request in simulator.requests])


@pytest.mark.parametrize(("message", "joined"), [("相場は？", False), ("正雄さんの話は？", True)])
def test_whom_the_talk_was_about_is_sought_where_somebody_writes_of_them(
    tanaka, ito, message, joined
):
    talk = Conversation.objects.create(adviser=tanaka)
    asked = ChatExchange.objects.create(conversation=talk, adviser=tanaka, message=message)
    asked.used.add(ito)

    assert (ito.pk in turn.prepare(asked).masker.joined) is joined


def test_name_in_the_records_of_who_may_be_meant_is_masked(answered, simulator, tanaka, ito, kato):
    CustomerFactory(name=ito.name, sales_rep=tanaka, occupation="加藤信夫の秘書")
    answered(Question(tanaka, "伊藤正雄様は？"))

    assert "秘書" in str(simulator.requests)
    assert pieces_in(simulator.requests) == []
