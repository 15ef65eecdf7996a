"""Where customers of each branch live."""

from customers.demo.logins import BRANCHES

# Area code, town, quarters.
TOWNS = {
    BRANCHES[0]: """
03 東京都港区 赤坂 白金台 高輪 南麻布
03 東京都世田谷区 成城 等々力 用賀 経堂
03 東京都渋谷区 松濤 広尾 恵比寿 富ヶ谷
03 東京都新宿区 西新宿 下落合 市谷砂土原町
03 東京都文京区 本駒込 小石川 西片
03 東京都杉並区 荻窪 浜田山 永福
03 東京都千代田区 三番町 九段南
0422 東京都武蔵野市 吉祥寺本町 境
048 埼玉県さいたま市浦和区 常盤 岸町 仲町
047 千葉県市川市 真間 菅野 八幡
""",
    BRANCHES[1]: """
06 大阪府大阪市天王寺区 上汐 小宮町 北山町
06 大阪府大阪市北区 梅田 天満 中之島
06 大阪府大阪市阿倍野区 帝塚山 北畠
06 大阪府豊中市 本町 緑丘 少路
0797 兵庫県芦屋市 東山町 山手町 楠町
0798 兵庫県西宮市 甲陽園 苦楽園四番町 甑岩町
078 兵庫県神戸市東灘区 岡本 御影 住吉山手
075 京都府京都市左京区 下鴨 北白川 岡崎
0742 奈良県奈良市 学園前 登美ヶ丘
""",
    BRANCHES[2]: """
052 愛知県名古屋市千種区 覚王山通 本山町 東山通
052 愛知県名古屋市昭和区 八事本町 山手通
052 愛知県名古屋市東区 白壁 東桜
0564 愛知県岡崎市 明大寺町 康生通
058 岐阜県岐阜市 加納 長良
059 三重県四日市市 西新地 鵜の森
""",
    BRANCHES[3]: """
092 福岡県福岡市中央区 天神 大濠 浄水通
092 福岡県福岡市早良区 西新 百道浜
093 福岡県北九州市小倉北区 大手町 上富野
096 熊本県熊本市中央区 水前寺 新屋敷
095 長崎県長崎市 浜町 東山手町
082 広島県広島市中区 白島九軒町 舟入町
""",
    BRANCHES[4]: """
045 神奈川県横浜市中区 山手町 本牧三之谷
045 神奈川県横浜市青葉区 美しが丘 あざみ野
044 神奈川県川崎市麻生区 上麻生 万福寺
0467 神奈川県鎌倉市 雪ノ下 材木座 長谷
0466 神奈川県藤沢市 鵠沼海岸 片瀬
0557 静岡県熱海市 桃山町 水口町
""",
    BRANCHES[5]: """
022 宮城県仙台市青葉区 八幡 国分町 柏木
022 宮城県仙台市泉区 寺岡 紫山
023 山形県山形市 七日町 旅篭町
019 岩手県盛岡市 内丸 加賀野
024 福島県郡山市 開成 桜木
011 北海道札幌市中央区 宮の森 円山西町
""",
}
BUILDINGS = ("パークハイツ", "グランメゾン", "コート", "ヴィラ", "レジデンス", "テラス")
MOBILE = ("070", "080", "090")


def town_of(rng, branch):
    """(area code, town, quarter) of a customer of `branch`."""
    area, town, *quarters = rng.choice(TOWNS[branch].strip().splitlines()).split()
    return area, town, rng.choice(quarters)


def address_in(rng, town, quarter, building_share):
    chome, block, house = rng.randint(1, 6), rng.randint(1, 30), rng.randint(1, 20)
    written = rng.random()
    if written < 0.75:
        address = f"{town}{quarter}{chome}-{block}-{house}"
    elif written < 0.95:
        address = f"{town}{quarter}{chome}丁目{block}番{house}号"
    else:
        digits = str.maketrans("0123456789-", "０１２３４５６７８９－")
        address = town + quarter + f"{chome}-{block}-{house}".translate(digits)
    if rng.random() < building_share:
        floor, door = rng.randint(2, 15), rng.randint(1, 8)
        address += f" {rng.choice(BUILDINGS)}{quarter}{floor}{door:02}"
    return address


def phone_in(rng, area, mobile_share):
    last = rng.randint(0, 9999)
    if rng.random() < mobile_share:
        return f"{rng.choice(MOBILE)}-0000-{last:04}"
    return f"{area}-{'0' * (6 - len(area))}-{last:04}"
