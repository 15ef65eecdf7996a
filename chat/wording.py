"""One Japanese sentence and next step for each way an answer can fail or end early."""

import math
from typing import NamedTuple

from django.utils import timezone

from chat.budgets import reset_after


class Wording(NamedTuple):
    title: str
    detail: str
    retry: bool = True


FAILURES = {
    "not_configured": Wording(
        "AIの接続がまだ設定されていません",
        "質問は保存しました。管理者にAIの接続設定を依頼し、設定後に「もう一度」を押してください。",
    ),
    "access_denied": Wording(
        "AIを使う権限が設定されていません",
        "質問は保存しました。管理者に権限の設定を依頼し、設定後に「もう一度」を押してください。",
    ),
    "model_gone": Wording(
        "AIモデルの提供が終了しています",
        "質問は保存しました。管理者にモデルの切り替えを依頼してください。",
    ),
    "disabled": Wording(
        "AIの利用を停止しています",
        "質問は保存しました。顧客の記録はいつもどおり使えます。再開は管理者に確かめてください。",
    ),
    "budget": Wording(
        "本日のAIの利用枠を使い切りました",
        "質問は保存し、AIには何も送っていません。利用枠は{reset}に戻ります。"
        "そのあとで「もう一度」を押してください。お急ぎのときは管理者に増額を依頼してください。",
        False,
    ),
    "empty": Wording(
        "AIの回答が空でした",
        "質問は保存しました。言い換えるか、「もう一度」を押してください。",
    ),
    "throttled": Wording(
        "AIが混み合っていて、回答できませんでした",
        "質問は保存しました。少し待ってから「もう一度」を押してください。",
    ),
    "timeout": Wording(
        "AIの回答が時間内に届きませんでした",
        "質問と届いた分は保存しました。質問を短くして「もう一度」を押してください。",
    ),
    "unavailable": Wording(
        "AIに接続できませんでした",
        "質問は保存しました。少し待ってから「もう一度」を押してください。",
    ),
    "rejected": Wording(
        "AIがこの質問を受け付けませんでした",
        "質問は保存しました。質問を短くするか言い換えて、もう一度送ってください。",
    ),
    "incomplete": Wording(
        "回答が途中で止まりました",
        "届いた分は保存しました。「もう一度」で同じ質問を送り直せます。",
    ),
    "too_many_rounds": Wording(
        "調べる回数の上限に達したため、回答を終えました",
        "届いた分は保存しました。顧客や期間を絞るか、質問を分けて送ってください。",
    ),
    "restarted": Wording(
        "サーバーの入れ替えで回答が途中で止まりました",
        "届いた分は保存しました。「もう一度」で同じ質問を送り直せます。",
    ),
    "lost": Wording(
        "サーバーが止まり、回答が途中で終わりました",
        "届いた分は保存しました。「もう一度」で同じ質問を送り直せます。",
    ),
    "hidden": Wording(
        "この顧客の記録は見られなくなりました",
        "担当が変わったため、AIには何も送っていません。必要なときは、役席者か事務に確かめてください。",
        False,
    ),
    "handed_over": Wording(
        "この顧客の担当が変わったため、回答を止めました",
        "ここまでの回答は保存し、この顧客を見られる人だけに表示します。必要なときは、役席者か事務に確かめてください。",
        False,
    ),
    "not_allowed": Wording(
        "AIチャットを使う権限がなくなったため、回答を止めました",
        "ここまでの回答は保存しました。必要なときは、役席者か管理者に確かめてください。",
        False,
    ),
    "archived": Wording(
        "この顧客は保管されています",
        "AIには何も送っていません。続けるには、事務に保管から戻すよう依頼してください。",
        False,
    ),
    "excluded": Wording(
        "この顧客はAI利用不可に設定されています",
        "AIには何も送っていません。設定は、顧客の編集画面で確かめてください。",
        False,
    ),
    "excluded_meanwhile": Wording(
        "関係する顧客がAI利用不可に設定されたため、回答を止めました",
        "ここまでの回答は保存しました。その後は、AIには何も送っていません。設定は、顧客の編集画面で確かめてください。",
        False,
    ),
    "archived_meanwhile": Wording(
        "この顧客が保管されたため、回答を止めました",
        "ここまでの回答は保存しました。続けるには、事務に保管から戻すよう依頼してください。",
        False,
    ),
    "too_many_names": Wording(
        "氏名が多すぎて、記号に置き換えられません",
        "AIには何も送っていません。質問に書く氏名を減らして、分けて送ってください。",
        False,
    ),
    "internal": Wording(
        "回答を用意できませんでした",
        "質問は保存しました。続くときは問い合わせ番号を管理者に知らせてください。",
    ),
}

# Every stop reason of the model but the one of a whole answer.
ENDINGS = {
    "max_tokens": Wording(
        "長さの上限で終わりました",
        "ここまでの回答を保存しました。「続きを生成」を押すか、続きを質問してください。",
        False,
    ),
    "stop_sequence": Wording(
        "区切りの文字で終わりました",
        "ここまでの回答を保存しました。足りないときは質問を言い換えてください。",
    ),
    "tool_use": Wording(
        "記録の照会が終わらないまま終わりました",
        "質問を分けるか、対象の期間や商品を絞って、もう一度送ってください。",
    ),
    "guardrail_intervened": Wording(
        "会社の安全の規則により回答を控えました", "質問を言い換えてもう一度送ってください。"
    ),
    "content_filtered": Wording(
        "AIの安全の規則により回答を控えました", "質問を言い換えてもう一度送ってください。"
    ),
    "model_context_window_exceeded": Wording(
        "会話が長くなりすぎました", "「新規」で新しい会話を始めて質問してください。", False
    ),
    "malformed_model_output": Wording(
        "AIの回答を読み取れませんでした", "「もう一度」を押してください。"
    ),
    "malformed_tool_use": Wording(
        "AIが記録の照会を正しく頼めませんでした", "「もう一度」を押してください。"
    ),
}
WHOLE = "end_turn"
THROTTLED_SECONDS = 20  # Bedrock's quotas are of a minute, and three tries lie behind
UNKNOWN = Wording(
    "回答が途中で終わったおそれがあります", "足りないときは「もう一度」を押してください。"
)
STOPPED = Wording("停止しました", "ここまでの回答を保存しました。")
DISCLAIMER = "AIの回答は参考です。数値と適合性は記録で確かめてからお客様にお伝えください。"
# What the adviser asks with 続きを生成: a question like any other, so it is saved and masked as one.
CONTINUE = "続きを、途切れたところから書いてください。"


def moment(time):
    """A moment by the clock in Japan."""
    local = timezone.localtime(time)
    return f"{local.month}月{local.day}日 {local.hour}:{local.minute:02}"


def of(exchange):
    """The wording for a finished exchange, or None when it ended as it should."""
    if exchange.status == exchange.Status.STOPPED:
        return STOPPED
    if exchange.error_kind:
        words = FAILURES.get(exchange.error_kind, FAILURES["internal"])
        reset = reset_after(exchange.created_at)
        return words._replace(detail=words.detail.replace("{reset}", moment(reset)))
    if exchange.stop_reason in (None, "", WHOLE):
        return None
    return ENDINGS.get(exchange.stop_reason, UNKNOWN)


def cut_mark(exchange):
    """What an answer that is taken elsewhere says of itself when it is not the whole; else ""."""
    words = of(exchange)
    return f"（途中まで：{words.title}）" if words else ""


def retry_after(exchange):
    """Seconds until asking again makes sense; a service that is busy is not helped by haste."""
    if exchange.error_kind != "throttled" or exchange.finished_at is None:
        return 0
    passed = timezone.now() - exchange.finished_at
    return max(0, math.ceil(THROTTLED_SECONDS - passed.total_seconds()))


def can_go_on(exchange):
    """Whether the answer was cut and there is something to go on from."""
    status = exchange.Status
    is_cut = exchange.status in (status.STOPPED, status.INTERRUPTED)
    is_full = exchange.status == status.DONE and exchange.stop_reason == "max_tokens"
    return bool(exchange.response) and (is_cut or is_full)
