"""Text in the one form in which it is searched and sorted. Stored names never pass through here."""

import re
import unicodedata

from customers.variant_kanji import VARIANTS
from wealthai.invisible import INVISIBLE

HIRAGANA = range(0x3041, 0x3097)
TO_KATAKANA = {code: chr(code + 0x60) for code in (*HIRAGANA, 0x309D, 0x309E)}
# Registers and banks write small kana large, and old people's ヰ ヱ ヲ come in both forms.
LARGE = dict(
    zip(
        "ァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿヰヱヲ",
        "アイウエオツヤユヨワカケクシストヌハヒフヘホムラリルレロイエオ",
        strict=True,
    )
)
# Whatever somebody takes for a hyphen, the long vowel mark and 〜 included. One character each,
# whatever stands beside it: so a piece of a text folds like the text.
HYPHENS = "-~‐‑‒–—―⁃⁓−─━ー〜〰˗﹘﹣⸺⸻"
# ・ stands or is left out between the parts of a foreign name.
IGNORED = INVISIBLE | {ord("・")}
FOLDED = (
    TO_KATAKANA
    | {ord(small): large for small, large in LARGE.items()}
    | {code: LARGE.get(kana, kana) for code, kana in TO_KATAKANA.items()}
    | VARIANTS
    | dict.fromkeys(map(ord, HYPHENS), "-")
    | dict.fromkeys(IGNORED)
)
# Forms of a firm as NFKC leaves them: ㈱ and （株） are (株) by then, ㍿ is 株式会社.
SHORT_FORMS = {
    "株": "株式会社",
    "有": "有限会社",
    "同": "合同会社",
    "名": "合名会社",
    "資": "合資会社",
    "医": "医療法人",
    "学": "学校法人",
    "福": "社会福祉法人",
    "宗": "宗教法人",
    "財": "財団法人",
    "社": "社団法人",
    "一財": "一般財団法人",
    "一社": "一般社団法人",
    "公財": "公益財団法人",
    "公社": "公益社団法人",
    "特非": "特定非営利活動法人",
    "協": "協同組合",
}
SHORT_FORM = re.compile(rf"\(({'|'.join(SHORT_FORMS)})\)")
LEGAL_FORM = re.compile(f"({'|'.join(sorted(SHORT_FORMS.values(), key=len, reverse=True))})")


def fold(text: str) -> str:
    """`text` for searching: width, case, kana, hyphens and kanji in one form, no white space.

    Never fails, and folding again changes nothing.
    """
    if text.isascii():
        return "".join(text.lower().replace("~", "-").split())
    folded = _folded_once(text)
    # What was taken out may have stood between a kana and its mark.
    while not unicodedata.is_normalized("NFKC", folded):
        folded = _folded_once(folded)
    return folded


def _folded_once(text):
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(plain.translate(FOLDED).split())
    return SHORT_FORM.sub(lambda form: SHORT_FORMS[form[1]], plain)


def legal_parts(folded: str) -> list[str]:
    """A folded word parted at legal forms, which stand before a firm's name or behind it."""
    return [part for part in LEGAL_FORM.split(folded) if part]
