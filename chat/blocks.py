"""The blocks of one message of the model, put together from the pieces of a stream.

The other side is AWS ("Amazon Bedrock Runtime API reference", ContentBlockDelta). What the model
thought comes back to it unchanged in the next round, or it refuses to go on.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wealthai.text import UNSTORABLE


@dataclass(frozen=True)
class ToolCall:
    """`given` is None where the model's input is not a JSON object."""

    id: str
    name: str
    given: dict[str, Any] | None


def without_thoughts(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For another model than the one that thought: it did not sign the thoughts and refuses them."""
    return [
        message | {"content": [one for one in message["content"] if "reasoningContent" not in one]}
        for message in messages
    ]


def in_plain_text(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For a model that takes no searchResult: each as text, its source (id and version) first."""
    return [message | {"content": list(map(_plain, message["content"]))} for message in messages]


def _plain(block: dict[str, Any]) -> dict[str, Any]:
    if result := block.get("toolResult"):
        return {"toolResult": result | {"content": list(map(_plain, result["content"]))}}
    if found := block.get("searchResult"):
        said = "\n".join(part["text"] for part in found["content"])
        return {"text": f"[{found['source']}] {found['title']}\n{said}"}
    return block


class Blocks:
    """Takes the events of one message in their order."""

    def __init__(self) -> None:
        self._blocks: dict[int, dict[str, Any]] = {}
        self.received = 0  # bytes of text, of tools' input and of thoughts

    def take(self, event: dict[str, Any]) -> str:
        """The text that this event adds to the answer, or ""."""
        if start := event.get("contentBlockStart"):
            use = start.get("start", {}).get("toolUse")
            if use:
                self._block(start).update(tool=use)
        piece = event.get("contentBlockDelta", {})
        delta = piece.get("delta", {})
        if text := delta.get("text"):
            text = UNSTORABLE.sub("\ufffd", text)
            self._grow(piece, "text", text)
            return text
        if use := delta.get("toolUse"):
            self._grow(piece, "input", use.get("input", ""))
        for name, value in delta.get("reasoningContent", {}).items():
            self._grow(piece, f"thought_{name}", value)
        return ""

    def content(self) -> list[dict[str, Any]]:
        """What the model said, as it has to be sent back to it."""
        blocks = (_block(self._blocks[index]) for index in sorted(self._blocks))
        return [block for block in blocks if block]

    def calls(self) -> list[ToolCall]:
        made = (self._blocks[index] for index in sorted(self._blocks))
        return [
            ToolCall(one["tool"]["toolUseId"], one["tool"]["name"], _given(one))
            for one in made
            if "tool" in one
        ]

    def _block(self, event: dict[str, Any]) -> dict[str, Any]:
        return self._blocks.setdefault(event.get("contentBlockIndex", 0), {})

    def _grow(self, event: dict[str, Any], name: str, value: Any) -> None:
        self.received += len(value.encode("utf-8", "replace") if isinstance(value, str) else value)
        block = self._block(event)
        block[name] = block[name] + value if name in block else value


def _given(block: dict[str, Any]) -> dict[str, Any] | None:
    try:
        given = _storable(json.loads(block.get("input") or "{}", parse_constant=_no_json))
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None


def _no_json(name: str) -> None:
    """NaN and Infinity, which Python takes for JSON and no database does."""
    raise ValueError(name)


def _storable(value: Any) -> Any:
    """What is traced of a call is stored: an escape may hide what no database takes."""
    if isinstance(value, str):
        return UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return list(map(_storable, value))
    if isinstance(value, dict):
        return {_storable(name): _storable(one) for name, one in value.items()}
    return value


def _block(block: dict[str, Any]) -> dict[str, Any]:
    if "tool" in block:
        use = block["tool"]
        told = {"toolUseId": use["toolUseId"], "name": use["name"], "input": _given(block) or {}}
        return {"toolUse": told}
    if "thought_redactedContent" in block:
        return {"reasoningContent": {"redactedContent": block["thought_redactedContent"]}}
    if "thought_text" in block or "thought_signature" in block:
        thought = {"text": block.get("thought_text", "")}
        if "thought_signature" in block:
            thought["signature"] = block["thought_signature"]
        return {"reasoningContent": {"reasoningText": thought}}
    text = block.get("text", "")
    return {"text": text} if text.strip() else {}


def text_of(content: Iterable[dict[str, Any]]) -> str:
    """What a message of `content` says."""
    return "".join(block.get("text", "") for block in content)
