"""What was said, and the money that was spoken of: notes and predicted inflows."""

import datetime
from typing import NamedTuple

from customers.demo.calendar import days_known, working_time
from customers.demo.catalogue import EVENTS
from customers.models import CashInflow, EconomicEvent, SalesNote

Source, Confidence, Status = CashInflow.Source, CashInflow.Confidence, CashInflow.Status
Kind, Priority = SalesNote.Kind, SalesNote.Priority


class Money(NamedTuple):
    """A plan that brings money: how likely, median in yen, what is said, what is noted."""

    source: str
    share: int
    median: int
    subject: str
    said: tuple[str, ...]
    source_note: str


MONEY = (
    Money(Source.INHERITANCE, 18, 45_000_000, "相続について", (
        "お父様の相続で{amount}を受け取る見込み。遺産分割協議は{month}ごろまとまる予定。",
        "ご実家の相続手続きが進んでおり、{month}に{amount}が入るとのこと。相続税の納付後の運用を考えたい。",
    ), "相続"),
    Money(Source.RETIREMENT, 16, 24_000_000, "退職金の運用", (
        "{month}に定年退職の予定。退職金は{amount}。住宅ローンの残りを返した後の運用を相談したい。",
        "再雇用には応じず{month}に退職する。退職金{amount}のうち半分は手を付けずに置きたいとのこと。",
    ), "定年退職金"),
    Money(Source.BUSINESS_SALE, 8, 220_000_000, "会社の譲渡", (
        "後継者がおらず、同業者への株式譲渡を進めている。{month}に{amount}の入金見込み。税金の扱いを税理士に確認中。",
        "所有ビルの売却がまとまりつつあり、{month}に{amount}が入る予定。売却後の資産の置き方を相談したい。",
    ), "事業・不動産の売却"),
    Money(Source.MATURITY, 22, 12_000_000, "満期資金の再投資", (
        "他社で持っている定期預金{amount}が{month}に満期。金利次第では債券に振り向けてもよい。",
        "{month}に保険の満期金{amount}を受け取る。値動きの小さいもので運用したいとのご意向。",
    ), "満期金"),
    Money(Source.BONUS, 16, 3_500_000, "賞与の運用", (
        "{month}の賞与{amount}のうち一部を積立に回したい。NISAの枠の残りを確認してほしいとのこと。",
    ), "賞与"),
    Money(Source.DIVIDEND, 12, 1_800_000, "配当の再投資", (
        "保有株の配当が{month}に{amount}入る見込み。使う予定はないので再投資を考えている。",
    ), "配当金"),
    Money(Source.OTHER, 8, 8_000_000, "まとまった資金", (
        "ゴルフ会員権を手放し、{month}に{amount}が入る予定。使いみちは決めていない。",
    ), "会員権の売却"),
)  # fmt: skip

# subject, kinds, texts
TALK = (
    ("運用状況のご報告", (Kind.MEETING, Kind.PHONE), (
        "保有商品の評価額と損益を説明。大きな変更は希望されず、このまま保有とする。",
        "{product}の評価額の動きについて質問を受け、経緯を説明。半年ほど様子を見ることにした。",
        "四半期の運用報告書をもとに説明。{product}の受取金は普通預金で受け取る扱いのままとする。",
        "{product}の直近の値動きを説明。一部を現金にするか考えたいとのこと。",
    )),
    ("金利について", (Kind.PHONE, Kind.MEETING), (
        "金利が上がるなら預金{amount}を個人向け国債に移したい。次回、中途換金の条件を説明する。",
        "固定金利の社債に関心。期間は5年まで、発行体は国内の大手がよいとのこと。予算は{amount}。",
        "変動金利と固定金利の違いを質問された。図を使って説明し、ご理解いただいた。",
    )),
    ("為替について", (Kind.PHONE, Kind.EMAIL), (
        "円安が続くなら外貨の一部を円に戻したい。目安は1ドル155円とのこと。",
        "米ドルの金利に魅力を感じるが、為替の損が心配。{amount}から始めたいとのご意向。",
        "外貨建て商品の為替手数料について質問。往復の費用を書面でお送りした。",
    )),
    ("贈与のご相談", (Kind.MEETING, Kind.VISIT), (
        "お孫さま2人への贈与を検討中。毎年の非課税枠の範囲で続けたいとのこと。税理士をご紹介する。",
        "ご長男への住宅資金{amount}の援助を考えている。非課税の特例が使えるか確認する約束をした。",
        "相続時精算課税の説明を希望。{amount}をご長女に移すことを考えておられる。",
    )),
    ("選挙と相場", (Kind.PHONE, Kind.EMAIL), (
        "選挙で相場が荒れるのではと心配されている。株式の比率を下げる案を次回お持ちする。",
        "政局のニュースを見て問い合わせ。{product}への影響を説明し、売却は見送り。",
        "選挙後まで新しい買い付けは待ちたいとのこと。結果が出たらこちらから連絡する。",
    )),
    ("投資のはじめ方", (Kind.VISIT, Kind.MEETING), (
        "投資は初めて。値動きのある商品の仕組みと費用を説明した。まずは月3万円の積立を検討される。",
        "ご友人の話を聞いて来店。元本割れの可能性を説明し、資料をお渡しした。急いで決めないとのこと。",
        "NISAの成長投資枠とつみたて投資枠の違いを説明。今年の枠はまだ残っている。",
    )),
    ("ご家族のこと", (Kind.VISIT, Kind.PHONE), (
        "ご家族の通院に付き添うことが増え、連絡は午前中の電話がよいとのこと。",
        "来年、お嬢さまのご結婚の予定。{amount}の支出があるかもしれないので流動性を残したい。",
        "次回はご長男も同席したいとのご希望。日程は改めて調整する。",
        "来春、息子さんの留学費用に{amount}が要る見込み。取り崩しの順番を相談したい。",
    )),
    ("償還金の使いみち", (Kind.PHONE, Kind.MEETING), (
        "社債の償還金は同じくらいの利回りのものに乗り換えたい。候補を2案ご用意する。",
        "償還金の半分は生活費に、残り{amount}は期間の短い債券にしたいとのこと。",
        "償還後は外貨を増やしてもよい。ただし株式のように動くものは避けたいとのご意向。",
    )),
    ("手続きのご案内", (Kind.EMAIL, Kind.PHONE), (
        "住所変更の届出書類を郵送。到着後に返送いただく。",
        "特定口座の年間取引報告書を再発行してほしいとのご依頼。事務部に手配済み。",
        "{product}の目論見書を郵送してほしいとのご依頼。本日発送した。",
    )),
    ("資金の必要時期", (Kind.MEETING, Kind.VISIT), (
        "自宅の改修に{amount}かかる見込み。2年以内に使う分は動かさない方針を確認。",
        "車の買い替えに{amount}を使う予定。{product}は残し、預金から出すとのこと。",
        "当面使う予定のない資金は{amount}。半分は安定、半分は増やすことを考えたいとのお話。",
    )),
)  # fmt: skip
FIRM_TALK = (
    ("余剰資金の運用", (Kind.MEETING,), (
        "経理部長と面談。決算後に{amount}の余裕資金が出る見込み。1年以内に換金できるものに限るとのこと。",
        "設備投資が来期に延びたため、{amount}を短期の債券で運用したい。取締役会に諮るための資料を作る。",
    )),
    ("決算の見通し", (Kind.PHONE, Kind.VISIT), (
        "今期は増収減益の見込み。為替予約の相談も受けた。",
        "社長交代の予定あり。新しい代表者の確認書類が必要になる。",
    )),
)  # fmt: skip
MONEY_SHARE = 0.3
CLOSINGS = ("", "", "", "1か月後に改めてご連絡する。", "次の面談で続きを伺う。")


def yen_in_words(amount):
    """約3,000万円, 約1億2,000万円"""
    ten_thousands = round(amount / 10_000)
    oku, man = divmod(ten_thousands, 10_000)
    words = (f"{oku:,}億" if oku else "") + (f"{man:,}万" if man else "")
    return f"約{words}円"


def rounded(amount):
    """Two leading digits, as people say amounts."""
    step = 10 ** max(4, len(str(int(amount))) - 2)
    return max(step, round(amount / step) * step)


def talk(rng, customer, holdings, today):
    """The notes on one customer, oldest first, and the inflows they speak of."""
    [count] = rng.choices(range(6), (12, 24, 26, 20, 12, 6))
    days = [_days_ago(rng, customer, today, 720) for _ in range(count)]
    held = [holding.product.product_name for holding in holdings] or ["ご案内中の商品"]
    notes = [_note(rng, customer, held, days_ago, today) for days_ago in sorted(days, reverse=True)]
    if rng.random() >= MONEY_SHARE:
        return notes, []
    note, inflow = _money(rng, customer, today)
    return [*notes, note], [inflow]


def _days_ago(rng, customer, today, most):
    """More often lately; never before the firm knew the customer."""
    return 1 + int(min(most, days_known(customer, today)) * rng.random() ** 1.5)


def _note(rng, customer, held, days_ago, today):
    subject, kinds, texts = rng.choice(FIRM_TALK if customer.birth_date is None else TALK)
    amount = yen_in_words(rounded(customer.net_worth * (0.02 + 0.1 * rng.random())))
    text = rng.choice(texts).format(amount=amount, product=f"「{rng.choice(held)}」")
    [priority] = rng.choices(Priority.values, (1, 7, 2))
    follow_up = today + datetime.timedelta(days=int(45 * rng.random()) - 10)
    return _written(
        rng,
        customer,
        today - datetime.timedelta(days=days_ago),
        note_type=rng.choice(kinds),
        subject=subject,
        content=text + rng.choice(CLOSINGS),
        priority=priority,
        follow_up_date=follow_up if days_ago < 60 and rng.random() < 0.5 else None,
    )


def _money(rng, customer, today):
    """A plan and the note in which it was told; half of these say the amount in the text only."""
    [plan] = rng.choices(MONEY, [plan.share for plan in MONEY])
    amount = rounded(plan.median * (0.4 + 1.6 * rng.random()))
    due = today + datetime.timedelta(days=int(540 * rng.random()) - 60)
    month = f"{due.year}年{due.month}月"
    is_marked = rng.random() < 0.5
    note = _written(
        rng,
        customer,
        today - datetime.timedelta(days=_days_ago(rng, customer, today, 180)),
        note_type=rng.choice((Kind.MEETING, Kind.PHONE, Kind.VISIT)),
        subject=plan.subject,
        content=rng.choice(plan.said).format(amount=yen_in_words(amount), month=month),
        priority=Priority.HIGH if amount > 50_000_000 else Priority.NORMAL,
        is_cash_related=is_marked,
        predicted_amount=amount if is_marked else None,
        predicted_date=due if is_marked else None,
    )
    inflow = _inflow(rng, customer, plan, amount, due, today)
    inflow.created_at = inflow._history_date = note.created_at
    return note, inflow


def _inflow(rng, customer, plan, amount, due, today):
    inflow = CashInflow(
        customer=customer,
        sales_rep=customer.sales_rep,
        source_type=plan.source,
        predicted_amount=amount,
        predicted_date=due,
        confidence_level=rng.choice(Confidence.values),
        source_note=plan.source_note,
        status=Status.PREDICTED,
    )
    fate = rng.random()
    if due <= today:
        inflow.status = Status.RECEIVED if fate < 0.8 else Status.CANCELLED
    elif fate < 0.25:
        inflow.status = Status.CONFIRMED
    if inflow.status == Status.RECEIVED:
        inflow.actual_amount = rounded(amount * (0.9 + 0.15 * rng.random()))
        inflow.actual_date = min(today, due + datetime.timedelta(days=int(9 * rng.random())))
    return inflow


def _written(rng, customer, day, **fields):
    note = SalesNote(
        customer=customer,
        sales_rep=customer.sales_rep,
        created_at=working_time(rng, day),
        **fields,
    )
    note._history_date, note._history_user = note.created_at, customer.sales_rep
    return note


def events(today):
    return [
        EconomicEvent(
            event_type=kind,
            title=title,
            description=description,
            event_date=today + datetime.timedelta(days=days),
            impact_level=impact,
            affected_sectors=sectors,
            affected_currencies=currencies,
        )
        for kind, title, description, days, impact, sectors, currencies in EVENTS
    ]
