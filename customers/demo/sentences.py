"""What customers say: plans that bring money, and everything else."""

from typing import NamedTuple

from customers.models import CashInflow, SalesNote

Source, Kind = CashInflow.Source, SalesNote.Kind
SALARIED = frozenset({"会社員", "会社役員", "公務員", "教員", "薬剤師", "IT企業役員"})
OWNERS = frozenset(
    {"会社経営", "自営業", "不動産業", "飲食店経営", "不動産賃貸業", "会社顧問", "農業"}
)
ANY_AGE = (18, 120)


class Plan(NamedTuple):
    """Money that is to come: how likely, median in yen, what is said, what is noted, by whom."""

    source: str
    share: int
    median: int
    subject: str
    said: tuple[str, ...]
    source_note: str
    ages: tuple[int, int] = ANY_AGE
    occupations: frozenset[str] = frozenset()  # empty: any


class Topic(NamedTuple):
    subject: str
    kinds: tuple[str, ...]
    texts: tuple[str, ...]
    ages: tuple[int, int] = ANY_AGE
    experience: str = ""  # empty: any


PLANS = (
    Plan(Source.INHERITANCE, 18, 45_000_000, "相続について", (
        "お父様の相続で{amount}を受け取る見込み。遺産分割協議は{month}ごろまとまる予定。",
        "ご実家の相続手続きが進んでおり、{month}に{amount}が入るとのこと。相続税の納付後の運用を考えたい。",
    ), "相続", ages=(35, 72)),
    Plan(Source.RETIREMENT, 60, 24_000_000, "退職金の運用", (
        "{month}に定年退職の予定。退職金は{amount}。住宅ローンの残りを返した後の運用を相談したい。",
        "再雇用には応じず{month}に退職する。退職金{amount}のうち半分は手を付けずに置きたいとのこと。",
    ), "定年退職金", ages=(56, 66), occupations=SALARIED),
    Plan(Source.BUSINESS_SALE, 20, 220_000_000, "会社の譲渡", (
        "後継者がおらず、同業者への株式譲渡を進めている。{month}に{amount}の入金見込み。税金の扱いを税理士に確認中。",
        "所有ビルの売却がまとまりつつあり、{month}に{amount}が入る予定。売却後の資産の置き方を相談したい。",
    ), "事業・不動産の売却", ages=(45, 90), occupations=OWNERS),
    Plan(Source.MATURITY, 22, 12_000_000, "満期資金の再投資", (
        "他社で持っている定期預金{amount}が{month}に満期。金利次第では債券に振り向けてもよい。",
        "{month}に保険の満期金{amount}を受け取る。値動きの小さいもので運用したいとのご意向。",
    ), "満期金"),
    Plan(Source.BONUS, 16, 3_500_000, "賞与の運用", (
        "{month}の賞与{amount}のうち一部を積立に回したい。NISAの枠の残りを確認してほしいとのこと。",
    ), "賞与", occupations=SALARIED),
    Plan(Source.DIVIDEND, 12, 1_800_000, "配当の再投資", (
        "保有株の配当が{month}に{amount}入る見込み。使う予定はないので再投資を考えている。",
    ), "配当金"),
    Plan(Source.OTHER, 8, 8_000_000, "まとまった資金", (
        "ゴルフ会員権を手放し、{month}に{amount}が入る予定。使いみちは決めていない。",
    ), "会員権の売却", ages=(50, 99)),
)  # fmt: skip
FIRM_PLANS = (
    Plan(Source.BUSINESS_SALE, 2, 180_000_000, "工場跡地の売却", (
        "遊休地の売買契約がまとまり、{month}に{amount}が入る予定。借入の返済後に残る分の運用を相談したい。",
    ), "不動産の売却"),
    Plan(Source.MATURITY, 3, 60_000_000, "定期預金の満期", (
        "他行の大口定期{amount}が{month}に満期。1年以内の短い債券と比べたいとのこと。",
    ), "満期金"),
    Plan(Source.OTHER, 2, 25_000_000, "保険の解約返戻金", (
        "役員保険を見直し、{month}に解約返戻金{amount}を受け取る見込み。退職慰労金の支払いに備えたい。",
    ), "解約返戻金"),
)  # fmt: skip

TOPICS = (
    Topic("運用状況のご報告", (Kind.MEETING, Kind.PHONE), (
        "保有商品の評価額と損益を説明。大きな変更は希望されず、このまま保有とする。",
        "{product}の評価額の動きについて質問を受け、経緯を説明。半年ほど様子を見ることにした。",
        "四半期の運用報告書をもとに説明。{product}の受取金は普通預金で受け取る扱いのままとする。",
        "{product}の直近の値動きを説明。一部を現金にするか考えたいとのこと。",
    )),
    Topic("金利について", (Kind.PHONE, Kind.MEETING), (
        "金利が上がるなら預金{amount}を個人向け国債に移したい。次回、中途換金の条件を説明する。",
        "固定金利の社債に関心。期間は5年まで、発行体は国内の大手がよいとのこと。予算は{amount}。",
        "変動金利と固定金利の違いを質問された。図を使って説明し、ご理解いただいた。",
    )),
    Topic("為替について", (Kind.PHONE, Kind.EMAIL), (
        "円安が続くなら外貨の一部を円に戻したい。目安は1ドル155円とのこと。",
        "米ドルの金利に魅力を感じるが、為替の損が心配。{amount}から始めたいとのご意向。",
        "外貨建て商品の為替手数料について質問。往復の費用を書面でお送りした。",
    )),
    Topic("贈与のご相談", (Kind.MEETING, Kind.VISIT), (
        "お孫さま2人への贈与を検討中。毎年の非課税枠の範囲で続けたいとのこと。税理士をご紹介する。",
        "ご長男への住宅資金{amount}の援助を考えている。非課税の特例が使えるか確認する約束をした。",
        "相続時精算課税の説明を希望。{amount}をご長女に移すことを考えておられる。",
    ), ages=(62, 99)),
    Topic("選挙と相場", (Kind.PHONE, Kind.EMAIL), (
        "選挙で相場が荒れるのではと心配されている。株式の比率を下げる案を次回お持ちする。",
        "政局のニュースを見て問い合わせ。{product}への影響を説明し、売却は見送り。",
        "選挙後まで新しい買い付けは待ちたいとのこと。結果が出たらこちらから連絡する。",
    )),
    Topic("投資のはじめ方", (Kind.VISIT, Kind.MEETING), (
        "投資は初めて。値動きのある商品の仕組みと費用を説明した。まずは月3万円の積立を検討される。",
        "ご友人の話を聞いて来店。元本割れの可能性を説明し、資料をお渡しした。急いで決めないとのこと。",
        "NISAの成長投資枠とつみたて投資枠の違いを説明。今年の枠はまだ残っている。",
    ), experience="初心者"),
    Topic("ご家族のこと", (Kind.VISIT, Kind.PHONE), (
        "ご家族の通院に付き添うことが増え、連絡は午前中の電話がよいとのこと。",
        "来年、お嬢さまのご結婚の予定。{amount}の支出があるかもしれないので流動性を残したい。",
        "次回はご長男も同席したいとのご希望。日程は改めて調整する。",
        "来春、息子さんの留学費用に{amount}が要る見込み。取り崩しの順番を相談したい。",
    ), ages=(48, 99)),
    Topic("償還金の使いみち", (Kind.PHONE, Kind.MEETING), (
        "社債の償還金は同じくらいの利回りのものに乗り換えたい。候補を2案ご用意する。",
        "償還金の半分は生活費に、残り{amount}は期間の短い債券にしたいとのこと。",
        "償還後は外貨を増やしてもよい。ただし株式のように動くものは避けたいとのご意向。",
    )),
    Topic("手続きのご案内", (Kind.EMAIL, Kind.PHONE), (
        "住所変更の届出書類を郵送。到着後に返送いただく。",
        "特定口座の年間取引報告書を再発行してほしいとのご依頼。事務部に手配済み。",
        "{product}の目論見書を郵送してほしいとのご依頼。本日発送した。",
    )),
    Topic("資金の必要時期", (Kind.MEETING, Kind.VISIT), (
        "自宅の改修に{amount}かかる見込み。2年以内に使う分は動かさない方針を確認。",
        "車の買い替えに{amount}を使う予定。{product}は残し、預金から出すとのこと。",
        "当面使う予定のない資金は{amount}。半分は安定、半分は増やすことを考えたいとのお話。",
    )),
)  # fmt: skip
FIRM_TOPICS = (
    Topic("余剰資金の運用", (Kind.MEETING,), (
        "経理部長と面談。決算後に{amount}の余裕資金が出る見込み。1年以内に換金できるものに限るとのこと。",
        "設備投資が来期に延びたため、{amount}を短期の債券で運用したい。取締役会に諮るための資料を作る。",
    )),
    Topic("決算の見通し", (Kind.PHONE, Kind.VISIT), (
        "今期は増収減益の見込み。為替予約の相談も受けた。",
        "社長交代の予定あり。新しい代表者の確認書類が必要になる。",
    )),
)  # fmt: skip
