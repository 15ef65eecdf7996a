"""Amazon Bedrock Runtime: the one module that knows boto3 (but for the sockets: chat/lines.py).

The other side is AWS (Converse and ConverseStream, "Amazon Bedrock Runtime API reference"). What
goes out: a system text, messages, tools and a token limit, already masked by the caller. What comes
back: `Text` pieces and one `Finished`. Callers never see boto3, urllib3 or a status code, only
the error family below. Credentials come from boto3's own chain (an EC2 role in production).

boto3 is told to try once: it would send, and bill, a question again. `chat/tries.py` asks again.
"""

import logging
import os
import threading
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from functools import lru_cache
from typing import Any

import boto3
import urllib3.exceptions
from botocore import exceptions as aws
from botocore.config import Config
from botocore.eventstream import ParserError
from django.conf import settings

from chat.blocks import Blocks, ToolCall
from chat.lines import Line, telling

logger = logging.getLogger(__name__)


class BedrockError(Exception):
    """`kind` chooses the sentence for the adviser (chat/wording.py).

    `provider` is AWS's own name of the error, for the steps panel. `again_after` is None when
    asking again could pay twice or cannot help, else the seconds to wait first. `may_be_paid`
    says that the model may have been at work: whatever comes next would be a second paid call.
    """

    kind = "unavailable"

    def __init__(
        self,
        provider: str,
        *,
        kind: str = "",
        again_after: float | None = None,
        may_be_paid: bool = False,
    ):
        super().__init__(provider)
        self.provider = provider[:200]
        self.kind = kind or self.kind
        self.again_after = again_after
        self.may_be_paid = may_be_paid


class NotConfigured(BedrockError):
    """No credentials, no region or no usable address: the operator has to act."""

    kind = "not_configured"


class Unavailable(BedrockError):
    """No answer from the service."""


class Throttled(BedrockError):
    """The service is busy or the quota is used up."""

    kind = "throttled"


class Rejected(BedrockError):
    """The request was refused and would be refused again."""

    kind = "rejected"


class Incomplete(BedrockError):
    """The answer began and broke off: what came so far stands, it is not the whole."""

    kind = "incomplete"


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Usage:
    """The five raw counts; `input` leaves cached tokens out, `total` counts them."""

    input: int = 0
    output: int = 0
    total: int = 0
    cache_read: int = 0
    cache_write: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class Finished:
    """`content` is the model's whole message, `calls` the tools it wants used."""

    stop_reason: str
    usage: Usage | None
    content: tuple[dict[str, Any], ...] = ()
    calls: tuple[ToolCall, ...] = ()

    def after(self, earlier: "Finished | None") -> "Finished":
        """With the tokens of the rounds before it."""
        if earlier is None or earlier.usage is None:
            return self
        return replace(self, usage=earlier.usage + self.usage if self.usage else earlier.usage)


# Error codes compare without case: inside a stream they come in lower camel case.
FAMILY: dict[str, tuple[type[BedrockError], str, float | None]] = {
    "throttlingexception": (Throttled, "throttled", 1.0),
    "modelnotreadyexception": (Throttled, "throttled", 2.0),
    "servicequotaexceededexception": (Throttled, "throttled", None),
    "serviceunavailableexception": (Unavailable, "unavailable", 1.0),
    "internalserverexception": (Unavailable, "unavailable", 1.0),
    "modelerrorexception": (Unavailable, "unavailable", 1.0),
    "modeltimeoutexception": (Unavailable, "timeout", None),
    "modelstreamerrorexception": (Incomplete, "incomplete", None),
    "accessdeniedexception": (NotConfigured, "access_denied", None),
    "expiredtokenexception": (NotConfigured, "not_configured", None),
    "expiredtoken": (NotConfigured, "not_configured", None),
    "unrecognizedclientexception": (NotConfigured, "not_configured", None),
    "resourcenotfoundexception": (NotConfigured, "model_gone", None),
    "validationexception": (Rejected, "rejected", None),
}
FAMILY_BY_STATUS: dict[int, tuple[type[BedrockError], str, float | None]] = {
    403: FAMILY["accessdeniedexception"],
    404: FAMILY["resourcenotfoundexception"],
    408: FAMILY["modeltimeoutexception"],
    429: FAMILY["throttlingexception"],
    503: FAMILY["serviceunavailableexception"],
}
SETTINGS_FAULTS = (
    aws.NoCredentialsError,
    aws.PartialCredentialsError,
    aws.CredentialRetrievalError,
    aws.ProfileNotFound,
    aws.NoRegionError,
    aws.InvalidEndpointConfigurationError,
    RuntimeError,  # botocore's word for a role whose new credentials are expired, too
)
# ValueError: text that is no UTF-8, in a frame whose checksum is right.
BROKEN_STREAM = (
    urllib3.exceptions.HTTPError,
    aws.BotoCoreError,
    ParserError,
    OSError,
    AttributeError,
    ValueError,
)


class Stream:
    """One open answer. Iterate over it in one thread; `abort` may come from any other."""

    def __init__(self, response: dict[str, Any]):
        self.request_id: str = response["ResponseMetadata"].get("RequestId", "")
        self._events = response["stream"]
        self.blocks = Blocks()
        self._aborted = False

    def abort(self) -> None:
        """Hang up at once, also while the reader waits in silence. Safe to call twice.

        `close()` would block until the next byte; shutting the socket down ends the reader.
        """
        self._aborted = True
        try:
            self._events._raw_stream.shutdown()
        except (ValueError, RuntimeError, OSError):
            logger.debug("stream was already closed")

    def __iter__(self) -> Iterator[Text | Finished]:
        """Text pieces, then one Finished. Raises a BedrockError; Incomplete without a proper end.

        Whatever happens after messageStop takes nothing from the answer, only its counts.
        """
        stop_reason, usage, blocks = "", None, self.blocks
        try:
            for event in self._whole_events():
                if text := blocks.take(event):
                    yield Text(text)
                stop_reason = event.get("messageStop", {}).get("stopReason", stop_reason)
                if "metadata" in event:
                    usage = _usage(event["metadata"].get("usage", {}))
        except BedrockError as error:
            if not stop_reason or self._aborted:
                raise
            logger.warning("counts of a whole answer are missing: %s", error.provider)
        finally:
            self._events.close()
        if not stop_reason:  # a cut answer ends like a whole one, but for messageStop
            raise Incomplete("messageStop missing", may_be_paid=True)
        yield Finished(stop_reason, usage, tuple(blocks.content()), tuple(blocks.calls()))

    def _whole_events(self) -> Iterator[dict[str, Any]]:
        """The events of the wire; what breaks it as a BedrockError."""
        try:
            yield from self._events
        except aws.ClientError as error:
            raise _classified(error, may_be_paid=True) from error
        except BROKEN_STREAM as error:
            # AttributeError: botocore reads on from a response that abort() has closed.
            if isinstance(error, AttributeError) and not self._aborted:
                raise
            kind = "timeout" if isinstance(error, urllib3.exceptions.ReadTimeoutError) else ""
            raise Incomplete(type(error).__name__, kind=kind, may_be_paid=True) from error


def open_stream(
    *,
    system: str,
    messages: list[dict[str, Any]],
    tools: list[dict[str, Any]] | None = None,
    model_id: str | None = None,
    max_tokens: int | None = None,
    line: Line | None = None,
) -> Stream:
    """Ask a model, else the configured one, and return its open answer.

    `messages` are Converse messages, oldest first; `line` may be cut by whoever wants no answer any
    more. Raises a BedrockError.
    """
    line = line or Line()
    try:
        client = _client(settings.BEDROCK_REGION, settings.BEDROCK_ENDPOINT_URL)
        with line.calling():
            response = client.converse_stream(
                modelId=model_id or settings.BEDROCK_MODEL_ID,
                system=[{"text": system}],
                messages=messages,
                inferenceConfig={"maxTokens": max_tokens or settings.BEDROCK_MAX_TOKENS},
                **({"toolConfig": {"tools": tools}} if tools else {}),
            )
    except aws.ClientError as error:
        raise _classified(error) from error
    except SETTINGS_FAULTS as error:
        raise NotConfigured(type(error).__name__) from error
    except aws.ParamValidationError as error:
        raise Rejected(type(error).__name__) from error
    except aws.ReadTimeoutError as error:  # the model may be at work: asking again pays twice
        raise Unavailable(type(error).__name__, kind="timeout", may_be_paid=True) from error
    except aws.ConnectionError as error:
        raise Unavailable(type(error).__name__, again_after=1.0) from error
    except aws.BotoCoreError as error:  # a line cut before the first byte, for one
        raise Unavailable(type(error).__name__, may_be_paid=True) from error
    stream = Stream(response)
    line.answered(stream)
    return stream


def credentials_from() -> str | None:
    """What boto3's chain finds first, in its own word (`env`, `iam-role` …); None without any."""
    if os.environ.get("AWS_BEARER_TOKEN_BEDROCK"):  # beats them all as soon as it is set
        return "bearer-token"
    try:
        found = boto3.session.Session().get_credentials()
        return found.method if found and found.get_frozen_credentials() else None
    except (aws.BotoCoreError, RuntimeError):
        return None


_making_client = threading.Lock()


def _client(region: str, endpoint: str | None) -> Any:
    with _making_client:  # sessions are not safe between threads, clients are
        try:
            return _make_client(region, endpoint)
        except ValueError as error:  # no region, or an address that is none
            raise NotConfigured("Invalid endpoint") from error


@lru_cache(maxsize=4)
def _make_client(region: str, endpoint: str | None) -> Any:
    client = boto3.session.Session().client(
        "bedrock-runtime",
        region_name=region,
        endpoint_url=endpoint,
        config=Config(
            connect_timeout=settings.BEDROCK_CONNECT_TIMEOUT,
            read_timeout=settings.BEDROCK_READ_TIMEOUT,
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=settings.CHAT_MAX_STREAMS,
            tcp_keepalive=True,
        ),
    )
    return telling(client)


def _usage(raw: dict[str, int]) -> Usage:
    return Usage(
        input=raw.get("inputTokens", 0),
        output=raw.get("outputTokens", 0),
        total=raw.get("totalTokens", 0),
        cache_read=raw.get("cacheReadInputTokens", 0),
        cache_write=raw.get("cacheWriteInputTokens", 0),
    )


def _classified(error: aws.ClientError, may_be_paid: bool = False) -> BedrockError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    meta = error.response.get("ResponseMetadata", {})
    status = int(meta.get("HTTPStatusCode") or 0)
    known = FAMILY.get(code.lower()) or FAMILY_BY_STATUS.get(status)
    family, kind, again_after = known or (Unavailable, "unavailable", None)
    wait_ms = meta.get("HTTPHeaders", {}).get("x-amz-retry-after", "")
    if again_after is not None and wait_ms.isdigit():
        again_after = min(int(wait_ms) / 1000, 5.0)
    # A gateway that gave up says nothing about the model behind it.
    may_be_paid = may_be_paid or kind == "timeout" or (known is None and status >= 500)
    return family(
        code or type(error).__name__, kind=kind, again_after=again_after, may_be_paid=may_be_paid
    )
