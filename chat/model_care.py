"""What can go wrong with the model before anybody asks it: `manage.py check_ai`.

Everything is read from the settings, the catalogue and boto3's own search for credentials; nothing
is sent unless `ask` is wanted, which costs a fraction of a yen. The role of the machine may only call
the model (deploy/iam-policy.json), so a life cycle is what the catalogue says of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone

from chat import bedrock, catalogue, probe, tries, wording
from wealthai.checks import stays_in_japan

OK, WARNING, ERROR = "ok", "warning", "error"
WARN_BEFORE_END = timedelta(days=90)
PRICES_HOLD = timedelta(days=180)
# The regions that a profile with this prefix can be called in start so.
CALLED_IN = {"jp": "ap-northeast-", "apac": "ap-", "au": "ap-southeast-", "ca": "ca-", "eu": "eu-"}
CALLED_IN |= {"us": "us-", "us-gov": "us-gov-", "global": ""}

# boto3's word for a place of credentials.
FOUND_IN = {
    "env": "環境変数 AWS_ACCESS_KEY_ID",
    "iam-role": "EC2 の IAM ロール",
    "container-role": "コンテナの IAM ロール",
    "shared-credentials-file": "認証情報ファイル",
    "bearer-token": "環境変数 AWS_BEARER_TOKEN_BEDROCK",
}


@dataclass(frozen=True)
class Finding:
    """`key` is for machines; `label` and `text` are for people and name the next step."""

    key: str
    state: str
    label: str
    text: str


def findings(ask: bool = False) -> list[Finding]:
    if not settings.AI_ENABLED:
        return [Finding("enabled", WARNING, "AI", "AI_ENABLED=0 で停止しています。")]
    today = timezone.localdate()
    found = [credentials(), region(settings.BEDROCK_MODEL_ID, settings.BEDROCK_REGION), reached()]
    found += about(settings.BEDROCK_MODEL_ID, today, "")
    found += about_fallback(today)
    if ask:
        found.append(asked())
    return found


def credentials() -> Finding:
    """Found, and where: a stray variable silently beats the role of the machine."""
    method = bedrock.credentials_from()
    if method is None:
        text = "見つかりません。EC2 に IAM ロールを付けるか、AWS_ACCESS_KEY_ID などを設定してください。"
        return Finding("credentials", ERROR, "認証情報", text)
    return Finding("credentials", OK, "認証情報", f"{FOUND_IN.get(method, method)}から使います。")


def reached() -> Finding:
    reach = probe.reach()
    if reach.state == "ok":
        return Finding("endpoint", OK, "接続", "接続先に届きます。")
    text = f"{reach.reason}。BEDROCK_REGION、BEDROCK_ENDPOINT_URL、ネットワークを確かめてください。"
    return Finding("endpoint", ERROR, "接続", text)


def region(model_id: str, called: str) -> Finding:
    """Whether the profile can be called there, and whether data stays in Japan."""
    prefix = model_id.partition(".")[0]
    if not called:
        return Finding("region", ERROR, "リージョン", "BEDROCK_REGION を設定してください。")
    if not called.startswith(CALLED_IN.get(prefix, "")):
        text = f"{prefix}. のモデルは {called} から呼べません。BEDROCK_REGION を直してください。"
        return Finding("region", ERROR, "リージョン", text)
    if not stays_in_japan(model_id, called):
        text = f"{model_id} は日本の外で処理されることがあります。jp. のモデルを選んでください。"
        return Finding("region", WARNING, "リージョン", text)
    if prefix in CALLED_IN:
        text = f"{called} から呼び、東京と大阪の中で処理されます。"
        return Finding("region", OK, "リージョン", text)
    text = (
        f"{model_id} は推論プロファイルではありません。新しいモデルは jp. を付けないと呼べません。"
    )
    return Finding("region", WARNING, "リージョン", text)


def about(model_id: str, today: date, which: str) -> Iterator[Finding]:
    """The model itself: known, alive, priced, with room for the longest answer."""
    key, label = ("fallback_", f"{which}の") if which else ("", "")
    model = catalogue.MODELS.get(model_id)
    if model is None:
        text = f"{model_id} は一覧にありません。提供の終了日と単価は確かめられません。"
        yield Finding(f"{key}model", WARNING, f"{label}モデル", text)
        return
    yield life_cycle(f"{key}model", f"{label}モデル", model, today)
    yield price(f"{key}price", f"{label}単価", model, today)
    if model.max_output < settings.BEDROCK_MAX_TOKENS:
        text = f"BEDROCK_MAX_TOKENS はこのモデルの上限 {model.max_output} 以下にしてください。"
        yield Finding(f"{key}max_tokens", ERROR, f"{label}回答の長さ", text)


def life_cycle(key: str, label: str, model: catalogue.Model, today: date) -> Finding:
    end = model.end_of_life
    if end is None:
        text = (
            f"{model.name}。{catalogue.PRICES_READ:%Y-%m-%d} の確認では、終了は発表されていません。"
        )
        return Finding(key, OK, label, text)
    text = f"{model.name} の提供は {end:%Y-%m-%d} に終わります。後継のモデルに切り替えてください。"
    if end <= today:
        text = f"{model.name} の提供は {end:%Y-%m-%d} に終わりました。BEDROCK_MODEL_ID を変えてください。"
        return Finding(key, ERROR, label, text)
    return Finding(key, WARNING if end - today <= WARN_BEFORE_END else OK, label, text)


def price(key: str, label: str, model: catalogue.Model, today: date) -> Finding:
    found = model.price(today)
    if found is None:
        text = f"{model.name} の今日の単価がありません。費用は最も高いモデルで見積もります。"
        return Finding(key, WARNING, label, text)
    text = f"100万トークンあたり入力 {found.input}・出力 {found.output} 米ドル（{catalogue.PRICES_READ:%Y-%m-%d} 確認）。"
    if today - catalogue.PRICES_READ > PRICES_HOLD:
        return Finding(key, WARNING, label, f"{text}半年以上前です。料金表と比べてください。")
    return Finding(key, OK, label, text)


def about_fallback(today: date) -> Iterator[Finding]:
    model_id, label = settings.BEDROCK_FALLBACK_MODEL_ID, "代わりのモデル"
    if not model_id:
        yield Finding("fallback", OK, label, "使いません。")
    elif not tries.approved_fallback():
        text = f"{model_id} は使いません。承認した人と日を BEDROCK_FALLBACK_APPROVED_BY に書いてください。"
        if model_id == settings.BEDROCK_MODEL_ID:
            text = "BEDROCK_MODEL_ID と同じです。別のモデルにしてください。"
        yield Finding("fallback", WARNING, label, text)
    else:
        by = settings.BEDROCK_FALLBACK_APPROVED_BY
        yield Finding("fallback", OK, label, f"{catalogue.name_of(model_id)}（承認: {by}）。")
        place = region(model_id, settings.BEDROCK_REGION)
        yield Finding("fallback_region", place.state, f"{label}のリージョン", place.text)
        yield from about(model_id, today, label)


def asked() -> Finding:
    """One short question to the model."""
    messages = [{"role": "user", "content": [{"text": "「はい」とだけ答えてください。"}]}]
    try:
        for _ in bedrock.open_stream(system="接続の確認です。", messages=messages, max_tokens=64):
            pass
    except bedrock.BedrockError as error:
        words = wording.FAILURES.get(error.kind, wording.FAILURES["internal"])
        return Finding("ask", ERROR, "問い合わせ", f"{words.title}（{error.provider}）。")
    return Finding("ask", OK, "問い合わせ", "モデルが答えました。")
