"""What /metrics says of the AI beside what the workers count."""

import datetime

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily

from chat import catalogue
from chat.models import ChatExchange


def gauges():
    cost = GaugeMetricFamily("wealthai_bedrock_cost_yen_today", "Cost since midnight in Japan")
    cost.add_metric([], float(cost_since(timezone.localdate())))
    left = GaugeMetricFamily(
        "wealthai_model_days_left", "Days until the model ends, if announced", labels=["model"]
    )
    for model_id in filter(None, {settings.BEDROCK_MODEL_ID, settings.BEDROCK_FALLBACK_MODEL_ID}):
        model = catalogue.MODELS.get(model_id)
        if model and model.end_of_life:
            left.add_metric([model_id], (model.end_of_life - timezone.localdate()).days)
    yield from (cost, left)


def cost_since(day):
    start = timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
    return ChatExchange.objects.filter(created_at__gte=start).aggregate(
        yen=Sum("cost_yen", default=0)
    )["yen"]
