"""The AI's line in `/readyz` and in the state strip."""

from django.conf import settings

from chat import bedrock
from chat.catalogue import name_of
from wealthai.probes import Finding


def ai_state():
    if not settings.AI_ENABLED:
        return Finding("AI", "warning", "停止中（設定）")
    reach = bedrock.reach()
    model = name_of(settings.BEDROCK_MODEL_ID)
    place = "模擬応答" if settings.BEDROCK_ENDPOINT_URL and settings.DEMO else model
    return Finding("AI", reach.state, f"{reach.reason}・{place}")
