"""Whether the AI can be asked: its line in `/readyz` and in the state strip."""

import socket
import time
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from chat import bedrock
from chat.catalogue import name_of
from wealthai.probes import Finding


def ai_state():
    if not settings.AI_ENABLED:
        return Finding("AI", "warning", "停止中（設定）")
    reached = reach()
    model = name_of(settings.BEDROCK_MODEL_ID)
    place = "模擬応答" if settings.BEDROCK_ENDPOINT_URL and settings.DEMO else model
    return Finding("AI", reached.state, f"{reached.reason}・{place}")


@dataclass(frozen=True)
class Reach:
    """Whether the service can be asked: `state` as in wealthai.probes, `reason` for people."""

    state: str
    reason: str


def reach() -> Reach:
    """Whether there are credentials and the endpoint takes connections, of this half minute."""
    return _reach(int(time.monotonic() // 30), settings.BEDROCK_REGION, _endpoint())


@lru_cache(maxsize=4)
def _reach(half_minute: int, region: str, endpoint: str) -> Reach:
    address = urlsplit(endpoint)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        if bedrock.credentials_from() is None:
            return Reach("down", "認証情報がありません")
        with socket.create_connection((address.hostname, port), timeout=0.5):
            return Reach("ok", "接続できます")
    except OSError:
        return Reach("down", "接続できません")


def _endpoint() -> str:
    region = settings.BEDROCK_REGION
    return settings.BEDROCK_ENDPOINT_URL or f"https://bedrock-runtime.{region}.amazonaws.com"
