"""How somebody's secrets are written: in every width and kana, in parts, with whatever between.

A text is compared in folded form (width, case, kana, kanji forms, spaces, hyphens and other marks do
not count), so that ｲﾄｳ ﾏｻｵ, いとうまさお, 伊藤（正雄）, 高橋 for 髙橋 and 090ー1111ー1111 are found as well.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from typing import NamedTuple

from chat.patterns import in_figures
from customers.folding import FOLDED, LEGAL_FORM, fold
from customers.mentions import SENTENCE_MARKS

IGNORED_CATEGORIES = ("Z", "C", "P", "S")
IGNORED = frozenset("ー−ｰ")
KEPT = frozenset(SENTENCE_MARKS + "[]")
KANJI_FIGURES = re.compile("[〇一二三四五六七八九十]{1,5}(?=丁目|番|号)")
ADDRESS_UNITS = re.compile(r"(?<=\d)(?:丁目|番地の|番地|番|号)")
# Behind a name; ノ and 御 may stand between. The first line also tells a name of one letter.
TITLES = """
    サマ サン 様 君 クン チャン 氏 殿 先生 社長 会長 部長 課長 専務 常務 代表 理事長 院長 夫妻 夫人 家
    支店長 本店長 店長 室長 局長 次長 係長 所長 校長 園長 館長 事務長 組合長 工場長 頭取 副社長 主任 取締役 監査役
    執行役員 顧問 相談役 オーナー 医師 医院長 弁護士 税理士 会計士 司法書士 議員 教授 博士 監督 女史 嬢 翁 住職 理事
    宅 邸 一家 家族 夫婦 親子 兄弟 姉妹 両氏 本人 名義 子息 令室 令嬢 奥様 奥サマ 奥サン 主人 母 父 両親 祖父 祖母
    嬢サン 嬢様 娘 息子 長男 長女 次男 次女 妻 夫 孫 兄 姉 弟 妹
"""
KANJI = re.compile("[々〆\u3400-\u9fff\uf900-\ufaff]")
KATAKANA = re.compile("[ァ-ヺーｦ-ﾟ]")
LATIN = re.compile("[A-Za-zＡ-Ｚａ-ｚ]")
LATIN_WORD = re.compile("[a-z]{3,}", re.IGNORECASE)
PART_NOUNS = ("姓", "名")
ALONE = {"氏名": (KANJI, 2), "フリガナ": (KATAKANA, 3)}  # so many letters without a title
ALL_OF = {kind: re.compile(f"(?:{kind.pattern}|\u3099|\u309a)+") for kind in (KANJI, KATAKANA)}
BESIDE_NUMBER = re.compile(r"(代表?)?(内線\d+)?$")
FIRM_NOUN = "商号"
PREFECTURE = re.compile(r"\s*(東京都|北海道|京都府|大阪府|.{2,3}?県)")
POSTAL_CODE = re.compile(r"^\d{7}(?=\D)")
CITY = re.compile("^.{1,6}?[市区町村]")
BLOCK = re.compile(r"(.*?\d{2,})(\D.*)?")
PAIRS = {"(": ")", "（": "）", "「": "」", "『": "』", "【": "】", "〈": "〉", "〔": "〕"}
HOUSE_NUMBER = re.compile("丁目|番地|番|号室?")


@cache
def _letters(original: str) -> str:
    """What a character comes to when texts are compared."""
    letters = []
    for char in unicodedata.normalize("NFKD", original).casefold():
        passed = char in IGNORED or unicodedata.category(char).startswith(IGNORED_CATEGORIES)
        if passed and char not in KEPT:
            continue
        letter = "\u3099" if char == "゛" else FOLDED.get(ord(char), char)
        if letter not in (None, "-"):
            letters.append(letter)
    return "".join(letters)


def folded_with_places(text: str) -> tuple[str, list[int]]:
    """`text` in comparable form and, for each of its characters, the index it came from."""
    letters, origins = [], []
    for index, original in enumerate(text):
        for letter in _letters(original):
            letters.append(letter)
            origins.append(index)
    with_figures = _replaced("".join(letters), origins, KANJI_FIGURES)
    return _replaced(*with_figures, ADDRESS_UNITS)


def _replaced(folded: str, origins: list[int], form: re.Pattern[str]) -> tuple[str, list[int]]:
    """With figures, or nothing, for each of what has this form; the last figure ends where it ended."""
    letters, places, rest = [], [], 0
    for match in form.finditer(folded):
        start, end = match.span()
        figures = in_figures(match[0]) if form is KANJI_FIGURES else ""
        letters += [folded[rest:start], figures]
        places += origins[rest:start]
        if figures:
            places += [*[origins[start]] * (len(figures) - 1), origins[end - 1]]
        rest = end
    return "".join([*letters, folded[rest:]]), places + origins[rest:]


def folded_alone(text: str) -> str:
    return folded_with_places(text)[0]


HONOUR = "(?:" + "|".join(map(folded_alone, ("御", "ご", "お"))) + ")?"


def any_of(titles: str) -> str:
    return "|".join(sorted(map(folded_alone, titles.split()), key=len, reverse=True))


CALLED = re.compile(f"ノ?{HONOUR}(?:{any_of(TITLES)})")
# 林様, 林支店長; but 日本人, 工夫 and 子孫 are nobody's.
IN_OTHER_WORDS = set(["母", "父", "娘", "妻", "夫", "孫", "兄", "姉", "弟", "妹", "本人", "名義"])
ONE_LETTER = re.compile(
    f"ノ?{HONOUR}(?:{any_of(' '.join(one for one in TITLES.split() if one not in IN_OTHER_WORDS))})"
)


@dataclass(frozen=True)
class Secret:
    """`label` names the field in the ledger; `token` stands for `value` outside.

    `hidden` says that the person who asks may not know that there is such a customer: what was
    written comes back then, not what is stored. `spelling` marks the token of a writing alone.
    `reading` is a person's beside the name, which may be written half in kana; "" of a firm.
    """

    label: str
    token: str
    value: str
    hidden: bool = False
    spelling: bool = False
    reading: str = ""
    is_person: bool = False

    @cached_property
    def wholes(self) -> list[str]:
        """The folded forms in which the whole of a field is written; the first is the field's own.

        Kept: an answer's texts are hundreds, and so are the secrets that each is searched for.
        """
        whole = folded_alone(self.value)
        if self.label == "電話番号" and whole.startswith("0"):
            number = BESIDE_NUMBER.sub("", whole)  # in a note it stands alone
            return list(dict.fromkeys([whole, "81" + number[1:], number]))
        if self.label == "住所":
            return _addresses(whole)
        return [whole]

    def mixed_in(self, folded: str) -> Iterable[str]:
        """伊藤マサオ, いとう正雄: a name of which one part is written in kana."""
        name, kana = self.wholes[0], self.folded_reading
        if not kana or not self.is_person:
            return
        begins, ends = name[0] in folded, name[-1] in folded
        if not (begins and kana[-2:] in folded or ends and kana[:2] in folded):
            return
        for cut, rest in product(range(1, len(name)), range(2, len(kana) - 1)):
            yield name[:-cut] + kana[rest - len(kana) :]
            yield kana[:-rest] + name[cut:]

    @cached_property
    def latin_words(self) -> list[str]:
        """John and Smith. An initial names nobody, and more words are no name of a person."""
        plain = unicodedata.normalize("NFKC", self.value)
        words = LATIN_WORD.findall(plain) if self.is_person else []
        return list(map(folded_alone, words)) if len(words) in (2, 3) else []

    @cached_property
    def folded_reading(self) -> str:
        return folded_alone(self.reading)

    @cached_property
    def firm(self) -> str:
        """What is left of a firm's name: ㈱山田商事 and 山田商事（株） for 株式会社山田商事. "" of a person."""
        plain = fold(self.value)
        rest = folded_alone(LEGAL_FORM.sub("", plain))
        return rest if rest != folded_alone(plain) and len(rest) > 1 else ""


def _addresses(whole: str) -> list[str]:
    """With and without postal code, prefecture, city and building, the longest first."""
    home = POSTAL_CODE.sub("", whole, count=1)
    city = PREFECTURE.sub("", home, count=1)
    forms = [home, city, CITY.sub("", city)]
    blocks = [(match[1], match[2] or "") for form in forms if (match := BLOCK.match(form))]
    forms += [block for block, _ in blocks if len(block) > 4]
    forms += [house for _, house in blocks if len(house) > 4]
    written = [form for form in forms if re.search(r"\d", form)]
    return list(dict.fromkeys([whole, *sorted(written, key=len, reverse=True)]))


class Place(NamedTuple):
    """Where a secret stands in folded text.

    `noun` names a part of a name, or is "". It counts only where no letter like `before` stands
    before it (林様, but not 小林様), and none like `after` behind it.
    """

    start: int
    end: int
    noun: str = ""
    before: re.Pattern[str] | None = None
    after: re.Pattern[str] | None = None

    def stands_in(self, text: str, first: int, last: int) -> bool:
        if self.after is KATAKANA and not KATAKANA.match(text[first]):
            return False  # いとう has no end that can be seen
        if self.before and first and self.before.match(text[first - 1]):
            return False
        return not (self.after and last < len(text) and self.after.match(text[last]))


def starts_of(part: str, folded: str) -> Iterable[int]:
    start = folded.find(part)
    while start >= 0:
        yield start
        start = folded.find(part, start + 1)


def places_of(secret: Secret, folded: str) -> Iterable[Place]:
    if secret.label in ALONE:
        yield from _places_of_name(secret, folded)
        return
    for whole in secret.wholes:
        for start in starts_of(whole, folded):
            yield Place(start, start + len(whole))


def _places_of_name(secret: Secret, folded: str) -> Iterable[Place]:
    whole = secret.wholes[0]
    in_kanji = secret.label == "氏名"
    if in_kanji and len(whole) == 1:
        for start in starts_of(whole, folded):
            is_called = CALLED.match(folded, start + 1)
            yield Place(start, start + 1, "", KANJI, None if is_called else KANJI)
        return
    for start in starts_of(whole, folded):
        yield Place(start, start + len(whole))
    for mixed in secret.mixed_in(folded):
        for start in starts_of(mixed, folded):
            yield Place(start, start + len(mixed), SPELLED)
    few = 1 if in_kanji else 2
    if whole[:few] in folded or whole[-few:] in folded:
        yield from _called_by_part(secret, whole, folded)
    if in_kanji:
        yield from _words_of_name(secret, folded)


def _words_of_name(secret: Secret, folded: str) -> Iterable[Place]:
    for word in secret.latin_words:
        for start in starts_of(word, folded):
            yield Place(start, start + len(word), SPELLED, LATIN, LATIN)
    if secret.firm:
        for start in starts_of(secret.firm, folded):
            yield Place(start, start + len(secret.firm), FIRM_NOUN)


SPELLED = "別記"


def _called_by_part(secret: Secret, whole: str, folded: str) -> Iterable[Place]:
    """伊藤様, 正雄さん: a part of the name, known by what is said behind it, or by standing alone."""
    kind, least = ALONE[secret.label]
    in_kanji = secret.label == "氏名"
    shortest = 1 if in_kanji else 2
    for length in range(len(whole) - 1, shortest - 1, -1):
        for noun, part in zip(PART_NOUNS, (whole[:length], whole[-length:]), strict=True):
            for start in starts_of(part, folded):
                end = start + length
                if CALLED.match(folded, end):
                    yield Place(start, end, noun, KANJI if in_kanji else None)
                elif secret.is_person and length >= least and ALL_OF[kind].fullmatch(part):
                    yield Place(start, end, noun, kind, kind)


def whole_span(label: str, text: str, first: int, last: int) -> tuple[int, int]:
    """The span with what belongs to it: the other one of a pair of brackets, the 号 of a house, the + of a
    country."""
    if label == "電話番号" and first and text[first - 1] in "+＋":
        first -= 1
    if label == "住所" and (unit := HOUSE_NUMBER.match(text, last)):
        last = unit.end()
    written = text[first:last]
    for opening, closing in PAIRS.items():
        open_ones = written.count(opening) - written.count(closing)
        if open_ones > 0 and text[last : last + 1] == closing:
            last += 1
        if open_ones < 0 and first and text[first - 1] == opening:
            first -= 1
    return first, last


# Before a title they are no names: 奥様, 皆さん, 国家.
NO_NAMES = """
    奥 皆 神 王 上 大 国 作 画 農 民 旧 名 生 良 武 商 我 当 両 公 空 貸 借 隣 自 人 宗 他 実 一 本 分 妹 孫 客 同 新 前 元
    現 各 次 副 会 社 院 部 課 家 主 母 父 兄 姉 弟 娘 嫁 婿 たく みな とう かあ にい ねえ じい ばあ おく おとう おかあ
    住 別 帰 在 私 拙 邸 社 転 今 先 後 昔 某 隣 他 方 山 日 所
    その この あの どの いま まだ また もと だけ から まで より など ほか ただ たち さき すぐ との うち
"""
ORDINARY = frozenset(map(folded_alone, NO_NAMES.split()))
LONGEST_SURNAME = 5


def people_in(
    text: str, folded: str, origins: list[int], called: set[str], readings: list[str]
) -> Iterable[tuple[int, int]]:
    """Where somebody stands of whom no record is at hand: a reading, or what begins a name of the firm
    with a title behind it, and half of it in kana."""
    for reading in readings:
        for start in starts_of(reading, folded):
            yield start, start + len(reading)
    for title in CALLED_ANYWHERE.finditer(folded) if called else ():
        end = title.start()
        for length in range(min(LONGEST_SURNAME, end), 0, -1):
            part = folded[end - length : end]
            if part not in called or part in ORDINARY:
                continue
            first = origins[end - length]
            if length == 1 and (not ONE_LETTER.match(folded, end) or follows_kanji(text, first)):
                continue
            yield end - length, end
            break


def follows_kanji(text: str, first: int) -> bool:
    return first > 0 and bool(KANJI.match(text[first - 1]))


CALLED_ANYWHERE = re.compile(f"(?={CALLED.pattern})")
