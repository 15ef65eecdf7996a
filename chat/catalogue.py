"""The models this product knows: what they cost from which day on, when they end, what they can do.

Another id works too; its cost is an estimate at the dearest known price. Source of the prices: the
price list of Amazon Bedrock for the `jp.` inference profiles (Tokyo and Osaka; a tenth above the
`global.` ones), read on the day PRICES_READ. A new price is a new line with its day: the old one
stays, because exchanges of before were billed by it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from django.utils import timezone

MILLION = Decimal(1_000_000)
PRICES_READ = date(2026, 11, 22)


@dataclass(frozen=True)
class Price:
    """US$ per million tokens, valid from the day `since` until the next price's day."""

    since: date
    input: str
    output: str
    cache_read: str
    cache_write: str  # kept five minutes
    long_from: int | None = None  # prompts with more tokens cost `long_factor` times as much
    long_factor: int = 1

    def usd(self, usage):
        """For one call: `usage` has the counts input, output, cache_read, cache_write."""
        total = (
            Decimal(self.input) * usage.input
            + Decimal(self.output) * usage.output
            + Decimal(self.cache_read) * usage.cache_read
            + Decimal(self.cache_write) * usage.cache_write
        )
        prompt = usage.input + usage.cache_read + usage.cache_write
        is_long = self.long_from is not None and prompt > self.long_from
        return total * (self.long_factor if is_long else 1) / MILLION


@dataclass(frozen=True)
class Model:
    """No model is sent sampling parameters: current ones refuse them, none needs them."""

    name: str
    prices: tuple[Price, ...] = ()  # by day, the oldest first
    end_of_life: date | None = None
    max_output: int = 64_000
    takes_search_results: bool = False  # searchResult blocks, also inside of a tool's result

    def price(self, on):
        return next((price for price in reversed(self.prices) if price.since <= on), None)


Claude = partial(Model, takes_search_results=True)

MODELS = {
    "jp.anthropic.claude-sonnet-5-5": Claude(
        "Claude Sonnet 5.5（日本）",
        (Price(date(2026, 9, 28), "2.20", "11.00", "0.11", "2.75"),),
        max_output=128_000,
    ),
    "jp.anthropic.claude-haiku-5-5": Claude(
        "Claude Haiku 5.5（日本）",
        (Price(date(2026, 10, 7), "0.11", "0.55", "0.011", "0.1375", 100_000, 5),),
        max_output=128_000,
    ),
    "jp.anthropic.claude-sonnet-4-6": Claude(
        "Claude Sonnet 4.6（日本）", (Price(date(2026, 1, 1), "3.30", "16.50", "0.33", "4.125"),)
    ),
    "anthropic.claude-3-sonnet-20240229-v1:0": Model(
        "Claude 3 Sonnet", end_of_life=date(2026, 7, 30), max_output=4_096
    ),
}


def takes_search_results(model_id):
    """False for a model that is not known: text suits all."""
    model = MODELS.get(model_id)
    return bool(model and model.takes_search_results)


def name_of(model_id):
    model = MODELS.get(model_id)
    return model.name if model else model_id


def price_of(model_id, on=None):
    """The price of that day (today in Japan); None when it is not known."""
    model = MODELS.get(model_id)
    return model and model.price(on or timezone.localdate())


def dearest_price(on=None):
    """What a model without a known price is reckoned with: no budget without a price."""
    prices = [price_of(model_id, on) for model_id in MODELS]
    return max(filter(None, prices), key=lambda price: Decimal(price.output))


def cost_in_yen(model_id, usage, yen_per_usd, on=None):
    """Yen as Decimal with 4 places for the counts of one call; None without a known price."""
    price = price_of(model_id, on)
    return price and usage and in_yen(price.usd(usage), yen_per_usd)


def in_yen(usd, yen_per_usd):
    return (usd * Decimal(str(yen_per_usd))).quantize(Decimal("0.0001"))
