"""Currencies as people write them: JPY, ｕｓｄ, 円, US$, ユーロ. Stored is the code of ISO 4217."""

import unicodedata

from django.core.exceptions import ValidationError

ISO_4217 = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD
KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND
VUV WST XAF XAG XAU XCD XCG XOF XPD XPF XPT YER ZAR ZMW ZWG
"""
CODES = frozenset(ISO_4217.split())
WORDS = {
    "円": "JPY",
    "¥": "JPY",
    "YEN": "JPY",
    "日本円": "JPY",
    "ドル": "USD",
    "米ドル": "USD",
    "USドル": "USD",
    "$": "USD",
    "US$": "USD",
    "ユーロ": "EUR",
    "€": "EUR",
    "ポンド": "GBP",
    "英ポンド": "GBP",
    "£": "GBP",
    "豪ドル": "AUD",
    "A$": "AUD",
    "NZドル": "NZD",
    "NZ$": "NZD",
    "カナダドル": "CAD",
    "加ドル": "CAD",
    "C$": "CAD",
    "香港ドル": "HKD",
    "HK$": "HKD",
    "シンガポールドル": "SGD",
    "S$": "SGD",
    "スイスフラン": "CHF",
    "人民元": "CNY",
    "ウォン": "KRW",
    "₩": "KRW",
    "韓国ウォン": "KRW",
    "ランド": "ZAR",
    "南アフリカランド": "ZAR",
    "オーストラリアドル": "AUD",
    "ニュージーランドドル": "NZD",
    "台湾ドル": "TWD",
    "レアル": "BRL",
    "ブラジルレアル": "BRL",
    "トルコリラ": "TRY",
    "メキシコペソ": "MXN",
    "フィリピンペソ": "PHP",
    "インドルピー": "INR",
    "インドネシアルピア": "IDR",
    "タイバーツ": "THB",
    "ロシアルーブル": "RUB",
    "ポーランドズロチ": "PLN",
    "マレーシアリンギット": "MYR",
    "ノルウェークローネ": "NOK",
    "スウェーデンクローナ": "SEK",
    "デンマーククローネ": "DKK",
    "ベトナムドン": "VND",
}
EXAMPLE = "通貨は JPY や USD のような3文字の通貨コードで入力してください（円・米ドル・ユーロも読み取れます）。"


def read_currency(text: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    code = WORDS.get(plain, plain)
    if code not in CODES:
        raise ValidationError(EXAMPLE, code="no_currency")
    return code
