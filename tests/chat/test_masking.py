import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.masking import Restorer, masker_for, prefecture
from customers.models import Customer

ITO = Customer(
    name="伊藤正雄",
    name_kana="イトウマサオ",
    phone="090-1111-1111",
    email="ito@example.com",
    address="東京都港区赤坂1-1-1",
)
IN_A_TOWER = Customer(
    name="加藤信夫", address="〒107-0052 東京都港区赤坂一丁目2番3号 青葉レジデンス1203"
)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("伊藤正雄", "［顧客A］"),
        ("伊藤 正雄さん", "［顧客A］さん"),
        ("伊藤　正雄", "［顧客A］"),
        ("伊藤様は", "［顧客Aの姓］様は"),
        ("伊藤家", "［顧客Aの姓］家"),
        ("伊藤部長", "［顧客Aの姓］部長"),
        ("伊藤の奥様", "［顧客Aの姓］の奥様"),
        ("正雄さん", "［顧客Aの名］さん"),
        ("加藤正雄さん", "加藤正雄さん"),
        ("イトウ様", "［顧客カナAの姓］様"),
        ("いとうさん", "［顧客カナAの姓］さん"),
        ("マサオさん", "［顧客カナAの名］さん"),
        ("伊藤忠商事", "伊藤忠商事"),
        ("伊藤正雄ちゃん", "［顧客A］ちゃん"),
        ("正雄ちゃん", "［顧客Aの名］ちゃん"),
        ("伊藤正\U000e0100雄", "［顧客A］"),
        ("いとうまさお", "［顧客カナA］"),
        ("ｲﾄｳ ﾏｻｵ", "［顧客カナA］"),
        ("09011111111", "［電話A］"),
        ("０９０－１１１１－１１１１", "［電話A］"),
        ("(090)1111-1111", "［電話A］"),
        ("090/1111/1111", "［電話A］"),
        ("+81 90-1111-1111", "［電話A］"),
        ("ITO＠EXAMPLE.COM", "［メールA］"),
        ("東京都港区赤坂１－１－１", "［住所A］"),
        ("東京都港区赤坂1丁目1番1号", "［住所A］"),
        ("港区赤坂1-1-1", "［住所A］"),
        ("赤坂1-1-1", "［住所A］"),
        ("東京都", "東京都"),
        ("港区", "港区"),
        ("伊藤/正雄", "［顧客A］"),
        ("伊藤・正雄", "［顧客A］"),
        ("伊藤（正雄）様", "［顧客A］様"),
        ("イトウ（マサオ）", "［顧客カナA］"),
        ("伊藤まさお", "［顧客Aの別記］"),
        ("いとう正雄", "［顧客Aの別記］"),
        ("伊藤支店長", "［顧客Aの姓］支店長"),
        ("伊藤宅", "［顧客Aの姓］宅"),
        ("伊藤ご夫妻", "［顧客Aの姓］ご夫妻"),
        ("伊藤のお母様", "［顧客Aの姓］のお母様"),
        ("伊藤の件", "［顧客Aの姓］の件"),
        ("イトウの件", "［顧客カナAの姓］の件"),
        ("正雄から", "［顧客Aの名］から"),
        ("赤坂一丁目1番1号", "［住所A］"),
    ],
)
def test_every_spelling_of_the_customer_is_replaced(text, sent):
    assert masker_for([ITO]).mask(text) == sent


@pytest.mark.parametrize(
    "address",
    [
        "107-0052東京都港区赤坂1-2-3青葉レジデンス1203",
        "東京都港区赤坂1-2-3",
        "赤坂一丁目2番3号",
        "港区赤坂1-2-3 青葉レジデンス1203",
        "青葉レジデンス1203",
    ],
)
def test_address_is_replaced_without_its_beginning_and_its_building(address):
    assert masker_for([IN_A_TOWER]).mask(f"{address}へ送付") == "［住所A］へ送付"


@pytest.mark.parametrize(
    "day", ["昭和30年4月1日", "S30.4.1", "1955/04/01", "１９５５年４月１日", "昭和三十年四月一日"]
)
def test_birth_date_becomes_the_age(day):
    masker = masker_for([Customer(name="伊藤正雄", birth_date=datetime.date(1955, 4, 1))])
    age = Customer(birth_date=datetime.date(1955, 4, 1)).age

    assert masker.mask(f"{day}のお祝い、2026年4月1日") == (
        f"［生年月日A・{age}歳］のお祝い、2026年4月1日"
    )


@pytest.mark.parametrize("beside", ["（代）", "（代表）", " 内線12", "（代表） 内線12"])
def test_number_is_replaced_where_it_stands_alone_too(beside):
    masker = masker_for([Customer(name="青葉商事", phone=f"03-1234-5678{beside}")])

    assert masker.mask("0312345678、+81 3-1234-5678へ") == "［電話A］、［電話A］へ"


def test_numbers_of_anybody_are_replaced_too():
    sent = masker_for([ITO]).mask("娘は090-2222-2222、息子は090-3333-3333、本人は09011111111")

    assert sent == "娘は［電話1］、息子は［電話2］、本人は［電話A］"


@pytest.mark.parametrize("text", ["伊藤正雄港区新町2-3-4", "新町2-3-4伊藤正雄2番"])
def test_address_is_replaced_beside_a_name(text):
    masked = masker_for([ITO]).mask(text)

    assert "2-3" not in masked
    assert "正雄" not in masked


@pytest.mark.parametrize(
    "unit",
    [
        "a.",
        "a(dot)",
        "港区市町村",
        "港区一一一一一一一",
        "1 ",
        "1.",
        "1番",
        "伊藤",
        "123456789012 ",
        " ",
    ],
)
def test_text_of_whatever_length_is_masked_at_once(unit):
    """Where the time grows with the square of the length this takes minutes each."""
    text = f"口座{unit * (50_000 // len(unit))}。電話は03-1234-5678"

    assert masker_for([ITO]).mask(text).endswith("。電話は［電話1］")


def test_number_of_the_customer_takes_none_of_those_of_others():
    assert masker_for([ITO]).mask("090-1111-1111と090-2222-2222") == "［電話A］と［電話1］"


def test_number_of_anybody_has_one_token_and_comes_back_as_it_was_written():
    masker, text = (
        masker_for([ITO]),
        "０９０－２２２２－２２２２と０９０－２２２２－２２２２、a@example.jp",
    )

    assert masker.mask(text) == "［電話1］と［電話1］、［メール1］"
    assert masker.restore(masker.mask(text)) == text


def test_my_number_does_not_come_back():
    masker = masker_for([ITO])

    assert masker.restore(masker.mask("番号は1234 5678 9018")) == "番号は●●●●●●●●●●●●"


def test_ledger_names_what_was_known_by_its_form():
    masker = masker_for([ITO])
    masker.mask("普通 1234567、〒106-0032")

    assert masker.ledger() == [
        {"field": "口座番号", "count": 1},
        {"field": "郵便番号", "count": 1},
    ]


def test_part_of_a_name_comes_back_as_it_was_written():
    masker = masker_for([ITO])
    text = "伊藤様と伊藤正雄、いとうさん、正雄くん"

    assert masker.restore(masker.mask(text)) == text


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("林様", "［顧客A］様"),
        ("林", "［顧客A］"),
        ("農林中金、林は", "農林中金、［顧客A］は"),
        ("小林様と山林", "小林様と山林"),
    ],
)
def test_one_letter_name_leaves_other_words_alone(text, sent):
    assert masker_for([Customer(name="林")]).mask(text) == sent


def test_half_width_voiced_kana_is_the_same_reading():
    masker = masker_for([Customer(name="山田", name_kana="ヤマダ")])

    assert masker.mask("ﾔﾏﾀﾞ") == "［顧客カナA］"


def test_ledger_counts_what_was_replaced():
    masker = masker_for([ITO])
    masker.mask("伊藤正雄（伊藤正雄） 090-1111-1111")

    assert masker.ledger() == [{"field": "氏名", "count": 2}, {"field": "電話番号", "count": 1}]


@pytest.mark.parametrize(
    "text",
    [
        "伊藤正雄",
        "イトウさん",
        "正雄さん",
        "09011111111",
        "ITO@example.com",
        "赤坂1-1-1",
        "S30.4.1",
    ],
)
def test_whom_the_talk_met_joins_where_anything_of_theirs_is_written(text):
    born = Customer(name="森花子", birth_date=datetime.date(1955, 4, 1))
    masker = masker_for([])
    masker.meet([born, Customer(name="加藤信夫"), ITO])

    assert masker.met_in(f"昨日の{text}の件") == [born if text == "S30.4.1" else ITO]


def test_two_customers_keep_apart():
    masker = masker_for([ITO, Customer(name="加藤信夫")])

    assert masker.restore(masker.mask("伊藤正雄と加藤信夫")) == "伊藤正雄と加藤信夫"


def test_short_phone_number_blanks_out_nothing():
    assert masker_for([Customer(name="林太郎", phone="1")]).mask("評価額 11円") == "評価額 11円"


PIECES = st.lists(
    st.sampled_from(["［", "顧客", "A］", "［顧客A］", "様", "［電話", "1"]), max_size=30
)


@given(PIECES)
def test_restored_stream_equals_the_restored_whole(pieces):
    masker = masker_for([ITO])
    restorer = Restorer(masker)

    shown = "".join([*map(restorer.feed, pieces), restorer.flush()])

    assert shown == masker.restore("".join(pieces))


@given(st.text(alphabet="伊藤正雄 いとう様090-1111ー@[［］", max_size=40))
def test_masked_text_never_holds_the_name(text):
    assert "伊藤正雄" not in masker_for([ITO]).mask(text + "伊藤正雄" + text)


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("東京都港区赤坂1-1-1", "東京都"),
        ("神奈川県横浜市", "神奈川県"),
        ("京都府京都市", "京都府"),
        ("港区赤坂", None),
        (None, None),
    ],
)
def test_only_the_prefecture_of_an_address_is_known(address, known):
    assert prefecture(address) == known


def test_no_two_of_many_customers_share_a_token():
    people = [Customer(name=f"顧客{chr(0x4E00 + number)}") for number in range(60)]
    text = "、".join(one.name for one in people)
    masker = masker_for(people)

    masked = masker.mask(text)

    assert len(set(masked.split("、"))) == 60
    assert masker.restore(masked) == text


def test_hidden_customer_is_masked_and_told_as_typed():
    masker = masker_for([ITO], hidden=[Customer(name="中村健一")])

    sent = masker.mask("伊藤正雄と中村様、中村健一")

    assert sent == "［顧客A］と［顧客別Aの姓］様、［顧客別A］"
    assert masker.as_told(sent) == "［顧客A］と中村様、中村健一"
    assert {"field": "氏名", "count": 2, "hidden": True} in masker.ledger()


@pytest.mark.parametrize("written", ["髙橋一郎", "高橋 一郎", "髙橋\u3000一郎"])
def test_hidden_customer_comes_back_as_written_not_as_stored(written):
    hidden = Customer(name="髙橋一郎")
    masker = masker_for([], hidden=[hidden])

    sent = [masker.mask(f"{text}の件") for text in (written, "髙橋一郎", written)]

    assert "橋" not in sent[0]
    assert masker.restore(sent[0]) == masker.as_told(sent[2]) == f"{written}の件"
    assert masker.restore(sent[1]) == "髙橋一郎の件"


def test_number_of_a_hidden_customer_is_told_like_that_of_nobody():
    hidden = masker_for([], hidden=[ITO]).mask("090 1111 1111へ")

    assert hidden == masker_for([]).mask("090 1111 1111へ") == "［電話1］へ"


@pytest.mark.parametrize(
    "text", ["㈱山田商事", "（株）山田商事", "山田商事㈱", "株式会社 山田商事"]
)
def test_firm_is_masked_whatever_its_legal_form_looks_like(text):
    for hidden in (False, True):
        firm = [Customer(name="株式会社山田商事")]
        masker = masker_for([] if hidden else firm, hidden=firm if hidden else [])

        sent = masker.mask(f"{text}の件")

        assert "山田" not in sent
        assert masker.restore(sent).endswith("の件")
        assert masker.restore(sent).count("山田商事") == 1


def test_guessed_token_of_a_hidden_customer_tells_nothing():
    masker = masker_for([], hidden=[ITO])
    masker.mask("伊藤 正雄様のご紹介")

    guessed = "［顧客別A］［顧客カナ別A］［電話別A］［メール別A］［住所別A］"
    assert masker.restore(guessed) == guessed


def test_token_that_the_adviser_wrote_is_told_back_as_written():
    masker = masker_for([], hidden=[ITO])

    sent = masker.mask("伊藤 正雄 ［顧客カナ別A］［電話別A］［メール別A］［住所別A］")

    assert masker.as_told(sent) == "伊藤 正雄 ［顧客カナ別A］［電話別A］［メール別A］［住所別A］"
