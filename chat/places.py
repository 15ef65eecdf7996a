"""Addresses by their form, whoever lives there: a town with the numbers of a block behind it.

Read in the text of `patterns.seen`, where a long vowel mark is a hyphen.

港区赤坂1-1-1, 赤坂一丁目2番3号, with the prefecture before and the building behind. Numbers with nothing
but - between, and no city before, have to be three: 4-6月期 and 3-5年 are no houses.
"""

import re

NUMBER = "(?:[0-9]{1,5}|[〇一二三四五六七八九十百]{1,5})"
UNIT = "(?: ?(?:丁目|番地の?|番町?|号|[-‐の之ノ]) ?)"
NOT_HOUSES = "(?![0-9]|[-]?[0-9]|年|月|日|時|分|[%割倍名件人社回円万億歳口株本度])"
KANJI = "一-鿿々〆ヶヵ"
KANA = "ぁ-ゖァ-ヺ"
PREFECTURE = f"(?:東京都|北海道|(?:京都|大阪)府|(?:神奈川|和歌山|鹿児島|[{KANJI}]{{2}})県) ?"
# Kana of a city are no particles: 住所は港区 begins at 港.
CITY_LETTER = f"{KANJI}ァ-ヺあいうえおかきくけこさしすせそたちつぬねひふほまみむめやゆよらりるれろわんぐげごずだづばぶぼじ"
# Up to three of them, as 札幌市 and 中央区, in one go: parted at each 市区町村郡 a text of such letters takes
# minutes. For the same reason a number is looked for first.
CITY = (
    rf"(?:{PREFECTURE})?(?=[{CITY_LETTER}]{{1,7}}[市区町村郡])"
    rf"(?=[{KANJI}{KANA} 0-9]{{2,75}}?{NUMBER}{UNIT})"
    rf"[{CITY_LETTER} ]{{1,25}}[市区町村郡] ?"
)
TOWN = f"(?:[{KANJI}{KANA} ]|[0-9]{{1,2}}[条線]){{0,16}}?"
BUILDING = (
    rf"(?:[ 、]?[{KANJI}ァ-ヺ・A-Za-z0-9-]{{0,14}}"
    r"(?:ビル(?:ディング)?|マンション|ハイツ|タワ-|荘|コ-ポ|メゾン|レジデンス|ハウス|パレス|団地|アパート|ヒルズ"
    r"|テラス|コ-ト|棟|プラザ|ガ-デン|ホームズ|スクエア|シャト-|パ-ク|ヴィラ|グランド)"
    r"(?: ?[0-9]{1,4}(?:号室|号|階|F)?(?![0-9-]))?"
    r"|[ ][ァ-ヺ・-]{3,15} ?[0-9]{2,4}(?:号室|号)?(?![0-9-])"
    r"|[- ]?[0-9]{2,4}号室)?"
)
ADDRESS = re.compile(
    rf"(?:{CITY}{TOWN}{NUMBER}{UNIT}(?:{NUMBER}{UNIT}?){{0,3}}"
    rf"|(?:{PREFECTURE})?[{KANJI}ァ-ヺ-]{{1,10}}?(?:の[{KANJI}]{{1,3}})?"
    rf"(?:{NUMBER} ?丁目(?: ?{NUMBER}{UNIT}?){{0,3}}|{NUMBER} ?番地?(?:の?{NUMBER}(?: ?号)?|(?= ?[、。）)]))"
    rf"|(?<![〇一二三四五六七八九十])[0-9]{{1,3}}[-の][0-9]{{1,3}}[-の][0-9]{{1,4}}(?:-[0-9]{{1,4}})?))"
    rf"(?<![-の]){NOT_HOUSES}{BUILDING}"
)
