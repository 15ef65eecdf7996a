"""フリガナ in the one form in which it is sorted and read out: full-width katakana."""

import re
import unicodedata

from django.core.exceptions import ValidationError

from wealthai.digits import HYPHENS, WITHOUT_INVISIBLE, narrow

HALF_WIDTH = re.compile("[\uff61-\uff9f]+")
# Banks write ｻ-ﾋﾞｽ: after a half-width kana such a mark lengthens the vowel.
HALF_WIDTH_LONG = re.compile(f"(?<=[\uff66-\uff9f])[{re.escape(HYPHENS)}]")
HIRAGANA = {code: code + 0x60 for code in [*range(0x3041, 0x3097), 0x309D, 0x309E]}
VOICED = str.maketrans({"\u309b": "\u3099", "\u309c": "\u309a"})
LETTER = "ァ-ヺーヽヾㇰ-ㇿ"
# In full width a hyphen joins two names (ジャン-ピエール) and stays; lines and dashes are slips for ー.
JOINING = "-\u2010\u2011\u2212\ufe63\uff0d"
LONG_VOWEL = re.compile(f"(?<=[{LETTER}])[{''.join(sorted(set(HYPHENS) - set(JOINING)))}]")
ONE_HYPHEN = dict.fromkeys(map(ord, JOINING), "-")
# Firms and people from abroad have Latin letters and digits in what is read out, beside kana.
READING = re.compile(f"[{LETTER}・＝゠　 A-Za-z0-9&.,'/()-]*")
KANA = re.compile(f"[{LETTER}]")
EXAMPLE = "フリガナは「ヤマダ タロウ」のようにカナで入力してください"


def read_kana(text: str) -> str:
    """Katakana for hiragana and half-width kana; what is full-width katakana already stays."""
    kana = HALF_WIDTH_LONG.sub("ｰ", text.translate(WITHOUT_INVISIBLE))
    kana = HALF_WIDTH.sub(lambda half: unicodedata.normalize("NFKC", half.group()), kana)
    kana = unicodedata.normalize("NFC", kana.translate(HIRAGANA).translate(VOICED))
    kana = LONG_VOWEL.sub("ー", kana).translate(ONE_HYPHEN)
    kana = "".join(char if char in "　＝" else narrow(char) for char in kana)
    other = next((char for char in kana if not READING.fullmatch(char)), None)
    if other:
        advice = "漢字はよみに直します" if _is_kanji(other) else "使えない文字を取り除いてください"
        raise ValidationError(f"{EXAMPLE}（「{other}」: {advice}）。", code="no_kana")
    if kana.strip() and not KANA.search(kana):
        raise ValidationError(f"{EXAMPLE}（ABC は「エービーシー」）。", code="no_kana")
    return kana


def _is_kanji(char: str) -> bool:
    """、 is no kanji, though its Unicode name is IDEOGRAPHIC COMMA."""
    return unicodedata.name(char, "").startswith("CJK") or char in "々〆〇"
