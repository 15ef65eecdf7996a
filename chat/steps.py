"""The steps of an answer as the page unfolds them: what was sent, looked up, answered and checked."""

from chat.catalogue import name_of
from chat.tools import TOOLS
from customers.models.product import Category

BACK = {"notes"}  # tools whose days lie behind us


def sent_texts(trace):
    """The very texts that left, as the person who asked may read them."""
    return [text for step in trace or [] for text in step.get("told", step.get("sent", []))]


class Steps:
    """Of one exchange, out of its row and the outline of its trace; earlier versions traced less."""

    def __init__(self, exchange, outline):
        self.exchange = exchange
        self.outline = outline or []
        prompt = next(iter(self._traced("prompt")), {})
        self.sent_question = prompt.get("told_question", prompt.get("sent_question"))
        self.masked = [one for one in exchange.masked_fields or [] if "hidden" not in one]
        self.tools = [with_words(step) for step in self._traced("tool")]
        self.model_name = exchange.model_id and name_of(exchange.model_id)
        self.failures = [named(step) for step in self._traced("model_failed")]
        self.fallbacks = [named(step) for step in self._traced("fallback")]
        self.removed = (exchange.guard_verdict or {}).get("removed_sources", 0)
        self.seconds = exchange.latency_ms and round(exchange.latency_ms / 1000, 1)

    @property
    def model_seconds(self):
        """Of all rounds, as far as they were timed."""
        took = [step["seconds"] for step in self._traced("model") if "seconds" in step]
        return round(sum(took), 1) if took else self.seconds

    @property
    def is_checked(self):
        return bool(self.exchange.response)

    def __len__(self):
        return 2 + len(self.tools) + self.is_checked

    def _traced(self, name):
        return [step for step in self.outline if step["step"] == name]


def with_words(step):
    asked = in_words(step["name"], step.get("asked") or {})
    tool = TOOLS.get(step["name"])  # the model may have made one up
    return step | {"words": tool.label if tool else step["name"], "conditions": asked}


def in_words(tool, asked):
    """What a tool was asked for, as people say it."""
    days = asked.get("days")
    told = [
        asked.get("customer"),
        asked.get("words") and f"「{asked['words']}」を含む",
        days and (f"直近{days}日" if tool in BACK else f"これから{days}日"),
        asked.get("category") and dict(Category.choices).get(asked["category"], asked["category"]),
        asked.get("about_money") and "資金の話があるもの",
        asked.get("event_id") and f"イベント #{asked['event_id']}",
    ]
    return "・".join(filter(None, told))


def named(step):
    """A step with its model's name for people; steps of earlier versions name none."""
    return step | {"model_name": step.get("model") and name_of(step["model"])}
