"""Whether a question is asked once more, when, and of which model: never where it could pay twice.

Only the assistant asks again, and only while nothing of an answer was shown. boto3 itself tries once.
"""

import random
from dataclasses import dataclass, field

from django.conf import settings

from chat.bedrock import BedrockError

TRIES = 3
# Another model can help with these, and the first one took nothing for them.
OTHER_MODEL_HELPS = {"throttled", "unavailable", "model_gone"}


def approved_fallback() -> list[str]:
    """The model that may stand in, [] without one that somebody said yes to."""
    model_id = settings.BEDROCK_FALLBACK_MODEL_ID
    is_approved = model_id and settings.BEDROCK_FALLBACK_APPROVED_BY
    return [model_id] if is_approved and model_id != settings.BEDROCK_MODEL_ID else []


@dataclass
class Tries:
    """The next try: its model, its number with that model, and the seconds to wait before it."""

    model_id: str = field(default_factory=lambda: settings.BEDROCK_MODEL_ID)
    left: list[str] = field(default_factory=approved_fallback)
    attempt: int = 1
    wait: float = 0.0

    def start_anew(self) -> None:
        """For the next round of tools; the model stays, whose thoughts are sent back to it."""
        self.attempt, self.wait = 1, 0.0

    def again(self, error: BedrockError) -> bool:
        """Make ready for a try after `error`; False when there must be none."""
        if error.may_be_paid:
            return False
        if error.again_after is not None and self.attempt < TRIES:
            self.wait = error.again_after * self.attempt * random.uniform(0.7, 1.3)  # noqa: S311
            self.attempt += 1
            return True
        if error.kind not in OTHER_MODEL_HELPS or not self.left:
            return False
        self.model_id, self.attempt, self.wait = self.left.pop(0), 1, 0.0
        return True
