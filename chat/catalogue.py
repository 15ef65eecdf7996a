"""The models this product knows: prices and ends of life. Another id works, without a price.

Prices are US$ per million tokens of the `jp.` inference profiles (Tokyo and Osaka), as published
on 2026-11-22: input, output, cache read, cache write (5 minutes).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class Model:
    name: str
    prices: tuple[str, str, str, str] | None
    end_of_life: date | None = None


MODELS = {
    "jp.anthropic.claude-sonnet-5-5": Model(
        "Claude Sonnet 5.5（日本）", ("2.20", "11.00", "0.11", "2.75")
    ),
    "jp.anthropic.claude-haiku-5-5": Model(
        "Claude Haiku 5.5（日本）", ("0.11", "0.55", "0.011", "0.1375")
    ),
    "jp.anthropic.claude-sonnet-4-6": Model(
        "Claude Sonnet 4.6（日本）", ("3.30", "16.50", "0.33", "4.125")
    ),
    "anthropic.claude-3-sonnet-20240229-v1:0": Model(
        "Claude 3 Sonnet", None, end_of_life=date(2026, 7, 30)
    ),
}


def name_of(model_id):
    model = MODELS.get(model_id)
    return model.name if model else model_id


def cost_in_yen(model_id, usage, yen_per_usd):
    """Yen as Decimal with 4 places for the counts of `usage`; None without a known price."""
    model = MODELS.get(model_id)
    if model is None or model.prices is None or usage is None:
        return None
    counts = (usage.input, usage.output, usage.cache_read, usage.cache_write)
    usd = sum(Decimal(price) * count for price, count in zip(model.prices, counts, strict=True))
    return (usd / MILLION * Decimal(str(yen_per_usd))).quantize(Decimal("0.0001"))
