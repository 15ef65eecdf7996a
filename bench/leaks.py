"""The many ways in which people write of somebody, and a search for them in what was sent.

Nothing here is shared with what masks: letters are compared by Unicode's own tables alone, and the
parts of a name are known from how bench/people.py put it together.
"""

import re
import unicodedata

from bench.people import GIVEN

TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
HIRAGANA = {code + 0x60: code for code in TO_KATAKANA}
KANJI_FIGURES = dict(zip("一二三四五六七八九〇", "1234567890", strict=True))
FIGURES = str.maketrans(KANJI_FIGURES)
IN_KANJI = str.maketrans({figure: kanji for kanji, figure in KANJI_FIGURES.items()})
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
HALF_WIDTH = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
MARKS = {"\u3099": "ﾞ", "\u309a": "ﾟ"}
UNITS = re.compile("(?<=[0-9])(?:丁目|番地|番|号)")
TITLES = ("様", "さん", "氏", "先生", "社長", "支店長", "ご夫妻", "宅", "家", "の奥様")
ERAS = (("昭和", 1925), ("平成", 1988))
SHORTEST_READING, SHORTEST_LOCAL = 4, 6


def half(kana):
    return "".join(
        MARKS.get(mark) or HALF_WIDTH.get(mark, mark) for mark in unicodedata.normalize("NFD", kana)
    )


def parts(person):
    """(surname, given, reading of the one, of the other); None of a firm."""
    for given, reading in GIVEN:
        name, kana = person.name, person.name_kana or ""
        if name.endswith(given) and kana.endswith(reading) and len(name) > len(given):
            return name[: -len(given)], given, kana[: -len(reading)], reading
    return None


def ways(person):
    """Texts that name or tell where to reach `person`."""
    found = [*names(person), *numbers(person.phone or ""), *mails(person.email or "")]
    return found + homes(person.address or "")


def names(person):
    name, kana, own = person.name, person.name_kana or "", parts(person)
    if own is None:
        return [
            name,
            name.replace("株式会社", "㈱"),
            name.replace("株式会社", "（株）"),
            f"{name}御中",
        ]
    surname, given, family, first = own
    spoken = kana.translate(HIRAGANA)
    parted = [f"{surname}{mark}{given}" for mark in ("　", "/", "・", "-", "＝", "|")]
    readings = [kana, spoken, half(kana), f"{half(family)} {half(first)}", f"{family}・{first}"]
    called = [f"{surname}{title}" for title in TITLES]
    return [
        *(f"{one}の件" for one in [*parted, f"{surname}（{given}）", *readings] if len(kana) > 3),
        *called,
        *(f"{family.translate(HIRAGANA)}{title}" for title in TITLES[:2] if len(family) > 2),
        *(f"{mixed}様" for mixed in (surname + first, surname + first.translate(HIRAGANA))),
        *(f"{mixed}様" for mixed in (family + given,) if len(family) > 2),
    ]


def numbers(phone):
    groups = phone.split("-")
    if len(groups) != 3:
        return []
    marks = (".", "/", "・", " ", "  ", "の", "\n", "－", "ー")
    return [
        *(mark.join(groups) for mark in marks),
        "".join(groups),
        "-".join(groups).translate(WIDE),
        f"{groups[0]}（{groups[1]}）{groups[2]}",
        "".join(groups).translate(IN_KANJI),
        f"+81 {phone[1:]}",
    ]


def mails(mail):
    local, _, host = mail.partition("@")
    return [f"{local}{at}{host}" for at in ("@", " @", "＠", "(at)", " @ ")] if host else []


def homes(address):
    plain, _, _ = address.partition(" ")
    found = re.fullmatch(r"(\D+?[都道府県])(\D+?)(\d+)-(\d+)-(\d+)", plain)
    if not found:
        return []
    _, town, *house = found.groups()
    units = f"{house[0]}丁目{house[1]}番{house[2]}号"
    chome = f"{house[0].translate(IN_KANJI)}丁目{house[1]}-{house[2]}"
    return [address, plain, plain.translate(WIDE), *(town + one for one in (units, chome))]


def days(person):
    born = person.birth_date
    era, before = ERAS[born.year > ERAS[1][1]]
    year = born.year - before
    return [
        f"{born:%Y/%m/%d}",
        f"{born:%Y-%m-%d}",
        f"{born.year}年{born.month}月{born.day}日",
        f"{era}{year}年{born.month}月{born.day}日",
    ]


def plain(text):
    """Letters and figures only, each in one form."""
    text = unicodedata.normalize("NFKC", text).lower().translate(TO_KATAKANA).translate(FIGURES)
    text = re.sub("(?<=[0-9])[ノー](?=[0-9])", "", text)
    return UNITS.sub("", "".join(filter(str.isalnum, text)))


def needles(person):
    """What of `person` must not stand in a plain text, by field."""
    own, digits = parts(person), plain(person.phone or "")
    local, _, host = (person.email or "").partition("@")
    short = [person.name.replace("株式会社", form) for form in ("株式会社", "㈱")]
    found = {"name": short, "name_kana": [], "phone": [], "email": [], "address": []}
    if len(person.name_kana or "") >= SHORTEST_READING:
        found["name_kana"] += [person.name_kana]
    if own:
        surname, given, family, first = own
        found["name"] += [surname + first, family + given]
        found["name"] += [surname + title for title in TITLES]
        found["name_kana"] += [family + title for title in TITLES[:2] if len(family) > 2]
    if digits:
        found["phone"] += [digits, digits[-8:]]
    if host:
        found["email"] += [person.email, local + "at" + host]
        found["email"] += [local] if len(plain(local)) >= SHORTEST_LOCAL else []
    if homes(person.address or ""):
        home, _, _ = person.address.partition(" ")
        town = re.sub(r"^\D+?[都道府県]", "", home)
        found["address"] += [home, town]
    found["birth_date"] = days(person)
    return {name: {plain(one) for one in some} for name, some in found.items()}


def found_in(sent, people):
    """How often something of `people` stands in the texts that were sent, by field."""
    log = plain("\n".join(sent))
    hits = [
        (name, needle) for one in people for name, some in needles(one).items() for needle in some
    ]
    return [(name, needle) for name, needle in hits if needle in log]
