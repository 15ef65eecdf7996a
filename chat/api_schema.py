"""What `/api/schema` says beside the records: parts of an exchange, and how asking fails."""

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers as drf

from wealthai.api.schema import response_header


class EndingSchema(drf.Serializer):
    kind = drf.CharField()
    title = drf.CharField()
    detail = drf.CharField()
    retry = drf.BooleanField()
    continues = drf.BooleanField()
    retry_after = drf.IntegerField(help_text="Seconds until asking again makes sense.")


class UsageSchema(drf.Serializer):
    input_tokens = drf.IntegerField(allow_null=True)
    output_tokens = drf.IntegerField(allow_null=True)
    total_tokens = drf.IntegerField(allow_null=True)
    cache_read_tokens = drf.IntegerField(allow_null=True)
    cache_write_tokens = drf.IntegerField(allow_null=True)


class CitationSchema(drf.Serializer):
    number = drf.IntegerField()
    source = drf.CharField()
    label = drf.CharField()


FAILED = {
    "allOf": [
        {"$ref": "#/components/schemas/Problem"},
        {
            "type": "object",
            "properties": {"exchange": {"$ref": "#/components/schemas/Exchange"}},
        },
    ]
}
PROBLEM = "application/problem+json"
NOT_ANSWERED = {
    (429, PROBLEM): OpenApiResponse(
        FAILED, "本日の利用枠を使い切りました。質問は exchange に保存し、AIには送っていません。"
    ),
    (503, PROBLEM): OpenApiResponse(
        FAILED,
        "同時に受け付けられる数に達したか（exchange なし。何も保存していません）、AIが回答できませんでした"
        "（質問は exchange に保存しました）。",
    ),
}
RETRY_AFTER = response_header(
    "Retry-After",
    "待つ秒数。429 では次の0時（日本時間）まで。もう一度送っても変わらない失敗では付きません。",
    [429, 503],
)
