"""フリガナ in the one form in which it is sorted and read out: full-width katakana."""

import re
import unicodedata

from django.core.exceptions import ValidationError

from wealthai.digits import HYPHENS, narrow

HALF_WIDTH = re.compile("[\uff61-\uff9f]+")
HIRAGANA = {code: code + 0x60 for code in [*range(0x3041, 0x3097), 0x309D, 0x309E]}
VOICED = str.maketrans({"\u309b": "\u3099", "\u309c": "\u309a"})
LETTER = "ァ-ヺーヽヾㇰ-ㇿ"
# Banks write ｻ-ﾋﾞｽ: after a kana such a mark lengthens the vowel.
LONG_VOWEL = re.compile(f"(?<=[{LETTER}])[{re.escape(HYPHENS)}]")
# Firms and people from abroad have Latin letters and digits in what is read out, beside kana.
READING = re.compile(f"[{LETTER}・＝゠　 A-Za-z0-9&.,'/()]*")
KANA = re.compile(f"[{LETTER}]")
EXAMPLE = "フリガナは「ヤマダ タロウ」のようにカナで入力してください"


def read_kana(text: str) -> str:
    """Katakana for hiragana and half-width kana; what is full-width katakana already stays."""
    kana = HALF_WIDTH.sub(lambda half: unicodedata.normalize("NFKC", half.group()), text)
    kana = "".join(char if char in "　＝" else narrow(char) for char in kana)
    kana = unicodedata.normalize("NFC", kana.translate(HIRAGANA).translate(VOICED))
    kana = LONG_VOWEL.sub("ー", kana)
    other = next((char for char in kana if not READING.fullmatch(char)), None)
    if other:
        advice = "漢字はよみに直します" if _is_kanji(other) else "使えない文字を取り除いてください"
        raise ValidationError(f"{EXAMPLE}（「{other}」: {advice}）。", code="no_kana")
    if kana.strip() and not KANA.search(kana):
        raise ValidationError(f"{EXAMPLE}（ABC は「エービーシー」）。", code="no_kana")
    return kana


def _is_kanji(char: str) -> bool:
    return "IDEOGRAPH" in unicodedata.name(char, "") or char in "々〆〇"
