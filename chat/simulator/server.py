"""A stand-in for Amazon Bedrock that the unmodified boto3 talks to over HTTP.

Faults are named in the question, so the application needs no test hook:
[[throttle]] [[throttle-once]] [[unavailable]] [[denied]] [[expired]] [[gone]] [[invalid]] refuse the
request, [[hangup]] closes the line instead; [[error:Code]] refuses with any AWS code; [[only:ID]] says
that the faults before the first byte are those of the model with ID in its name, [[later]] that they
begin with the second round. In mid-answer:
[[stall:S]] is silent for S seconds, [[drop]] cuts the line, [[short]] ends without messageStop,
[[throw:code]] sends an error frame, [[badcrc]] a broken frame, [[badutf]] text that is no UTF-8,
[[badshape]] an event that boto3 stumbles over. [[early]] lets [[throw]] strike before the first text,
[[in-tool]] lets them all strike inside of a tool's input.
Harmless: [[unknown]] sends events that nobody knows, [[twice]] each event of the frame twice,
[[split:N]] N bytes at a time, [[drip:S]] one byte in S seconds. At the end: [[stop:reason]] another
stop reason, [[nocount]] cuts the line before the counts, [[empty]] says nothing, [[hush]] speaks
before a tool only. [[silent:S]] waits before the first byte, [[pace:S]] sets the seconds between pieces, [[long:N]] answers N pieces that
count from 0 or from [[from:N]], [[odd:N]] answers with the character of code point N.
[[tool:bad-json]], [[tool:unknown]] and [[tool:endless]] use tools wrongly; [[obey]] obeys what a
record says (obeying.py), [[look:words]] looks for events first; [[think]] thinks before it uses one;
[[say:text]] says that (no
spaces), [[cite:…]] cites it.
"""

import contextlib
import json
import re
import select
import socket
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from chat.simulator import looking_up, obeying, wire
from chat.simulator.answers import MARK, answer_to, without_candidates

PATH = re.compile(r"/model/([^/]+)/(converse-stream|converse)")
FAULT = re.compile(r"\[\[([\w-]+)(?::([^\]\s]+))?\]\]")
REFUSALS = {
    "throttle": "ThrottlingException",
    "throttle-once": "ThrottlingException",
    "unavailable": "ServiceUnavailableException",
    "denied": "AccessDeniedException",
    "expired": "ExpiredTokenException",
    "gone": "ResourceNotFoundException",
    "invalid": "ValidationException",
}
STATUS = {
    "ValidationException": 400,
    "ServiceQuotaExceededException": 400,
    "AccessDeniedException": 403,
    "ExpiredTokenException": 403,
    "ResourceNotFoundException": 404,
    "ModelTimeoutException": 408,
    "ModelErrorException": 424,
    "ThrottlingException": 429,
    "ModelNotReadyException": 429,
    "InternalServerException": 500,
    "ServiceUnavailableException": 503,
    "GatewayTimeout": 504,
}
PIECE = 5
AT = 3  # faults in mid-answer strike after this many pieces


def question_in(messages):
    """What the person said last: what follows it are rounds of tools."""
    said = ("".join(block.get("text", "") for block in one["content"]) for one in messages[::-1])
    roles = (one["role"] for one in messages[::-1])
    return next(
        (text for text, role in zip(said, roles, strict=True) if text and role == "user"), ""
    )


def is_well_formed(model_id, messages):
    """Bedrock refuses an ARN of another service, unknown roles and messages without content."""
    known = not model_id.startswith("arn:") or model_id.startswith("arn:aws:bedrock:")
    return known and all(
        one["role"] in ("user", "assistant") and one["content"] for one in messages
    )


class Simulator(ThreadingHTTPServer):
    """`requests` holds the bodies received, oldest first, `models` the model each one was for;
    `hung_up` counts readers that left."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, port=0, pace=0.02):
        super().__init__(("127.0.0.1", port), Handler)
        self.pace = pace
        self.requests = []
        self.models = []
        self.sent_at = []  # when each answer's first text left
        self.obeyed = []  # instructions found in records, of [[obey]]
        self.hung_up = 0
        self.lock = threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Readers that hang up are part of the play."""


@contextlib.contextmanager
def running(pace):
    """A simulator at work, in a thread of its own."""
    simulator = Simulator(pace=pace)
    threading.Thread(target=simulator.serve_forever, daemon=True).start()
    try:
        yield simulator
    finally:
        simulator.shutdown()
        simulator.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else small pieces wait 40 ms for each other

    def log_message(self, *args):
        """Requests hold questions: nothing of them goes to a log."""

    def do_POST(self):
        try:
            self.answer()
        except (BrokenPipeError, ConnectionResetError):
            with self.server.lock:
                self.server.hung_up += 1
            self.close_connection = True

    def answer(self):
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)))
        match = PATH.fullmatch(self.path)
        if not match or not is_well_formed(unquote(match.group(1)), body["messages"]):
            return self.refuse("ValidationException")
        text = question_in(body["messages"])
        with self.server.lock:
            seen = any(body == earlier for earlier in self.server.requests)
            self.server.requests.append(body)
            self.server.models.append(unquote(match.group(1)))
        faults = dict(FAULT.findall(text))
        if faults.get("only", "") not in self.server.models[-1]:
            faults = {}
        if "later" in faults and not looking_up.was_answered(body["messages"]):
            faults = {name: faults[name] for name in ("tool", "think") if name in faults}
        if "hangup" in faults:
            self.close_connection = True
            return None
        if "silent" in faults:
            self.say_nothing(float(faults["silent"]))
        if code := self.refusal(faults, seen):
            return self.refuse(code)
        calls = self.calls(body, text, faults)
        told = [MARK] if "hush" in faults else []
        pieces = told if calls else self.pieces(body, text, faults)
        usage = self.usage(body, pieces)
        stop = faults.get("stop") or ("tool_use" if calls else "end_turn")
        if match.group(2) == "converse":
            return self.converse(unquote(match.group(1)), pieces, usage, stop)
        return self.stream(pieces, usage, stop, faults, calls)

    def say_nothing(self, seconds):
        """Silence, until the reader leaves: nothing else can be heard from it meanwhile."""
        if select.select([self.connection], [], [], seconds)[0]:
            raise ConnectionResetError

    def refusal(self, faults, seen):
        if "error" in faults:
            return faults["error"]
        for name, code in REFUSALS.items():
            if name in faults and not (name == "throttle-once" and seen):
                return code
        return None

    def calls(self, body, text, faults):
        """The tools that are used in this round. A question with its customer's records needs none."""
        asked = without_candidates(FAULT.sub("", text))
        if "obey" in faults:
            if "look" in faults and not looking_up.was_answered(body["messages"]):
                return [("events", {"words": faults["look"]})]
            return obeying.calls_for(body)
        if "toolConfig" not in body or ("<records>" in asked and "tool" not in faults):
            return []
        return looking_up.calls_for(asked, body["messages"], faults)

    def pieces(self, body, text, faults):
        if "empty" in faults or "hush" in faults:
            return []
        if "long" in faults:
            first = int(faults.get("from", 0))
            return [f"{first + number:04}。" for number in range(int(faults["long"]))]
        if "odd" in faults:
            return ["文字", chr(int(faults["odd"])), "です"]
        if "obey" in faults and (orders := obeying.orders_in(body)):
            self.server.obeyed += orders
            return [obeying.answer_from(body)]
        if "say" in faults:
            answer = faults["say"]
        elif looking_up.was_answered(body["messages"]):
            said = looking_up.answer_from(body["messages"])
            answer = MARK + ("\n\n" if said.startswith("- ") else "") + said
        else:
            answer = answer_to(FAULT.sub("", text))
        answer += f" [{faults['cite']}]" if "cite" in faults else ""
        return [answer[at : at + PIECE] for at in range(0, len(answer), PIECE)]

    def usage(self, body, pieces):
        sent, said = len(json.dumps(body, ensure_ascii=False)), sum(map(len, pieces))
        return {
            "inputTokens": sent,
            "outputTokens": said,
            "totalTokens": sent + said,
            "cacheReadInputTokens": 0,
            "cacheWriteInputTokens": 0,
        }

    def headed(self, status, *headers):
        self.send_response(status)
        for name, value in (("x-amzn-requestid", f"simulator-{uuid.uuid4().hex[:12]}"), *headers):
            self.send_header(name, value)
        self.end_headers()

    def send_json(self, status, data, *headers):
        body = json.dumps(data, ensure_ascii=False).encode()
        kind, length = ("content-type", "application/json"), ("content-length", str(len(body)))
        self.headed(status, kind, length, *headers)
        self.wfile.write(body)

    def refuse(self, code):
        self.send_json(STATUS.get(code, 400), {"message": code}, ("x-amzn-errortype", code))

    def converse(self, model, pieces, usage, stop):
        message = {"role": "assistant", "content": [{"text": "".join(pieces)}]}
        metrics = {"latencyMs": 1}
        output = {"message": message}
        self.send_json(
            200, {"output": output, "stopReason": stop, "usage": usage, "metrics": metrics}
        )

    def use(self, calls, faults):
        """The blocks of a round that ends with tools, their input in fragments; True as in `play`."""
        if "think" in faults:
            for delta in ({"text": "考え"}, {"text": "中"}, {"signature": "署名"}):
                self.send(wire.delta({"reasoningContent": delta}))
            self.send(wire.event("contentBlockStop", {"contentBlockIndex": 0}))
        for index, (name, given) in enumerate(calls, 1):
            tool = {"toolUseId": f"tool-{uuid.uuid4().hex[:8]}", "name": name}
            at = {"contentBlockIndex": index}
            self.send(wire.event("contentBlockStart", {"start": {"toolUse": tool}, **at}))
            text = given if isinstance(given, str) else json.dumps(given)
            for start in range(0, len(text), PIECE):
                piece = {"toolUse": {"input": text[start : start + PIECE]}}
                self.send(wire.delta(piece, index))
                if "in-tool" in faults and self.strike(faults):
                    return False
            self.send(wire.event("contentBlockStop", at))
        return True

    def stream(self, pieces, usage, stop, faults, calls):
        kind = ("content-type", "application/vnd.amazon.eventstream")
        self.headed(200, kind, ("transfer-encoding", "chunked"))
        self.frame("messageStart", {"role": "assistant"}, faults)
        for piece in pieces if calls else ():
            self.send(wire.delta({"text": piece}, len(calls)), faults)
        if self.use(calls, faults) if calls else self.play(pieces, faults):
            self.frame("messageStop", {"stopReason": stop}, faults)
            if "nocount" in faults:
                self.cut()
            self.frame("metadata", {"usage": usage, "metrics": {"latencyMs": 1}}, faults)
        self.wfile.write(b"0\r\n\r\n")

    def play(self, pieces, faults):
        """Send the pieces; True when the answer may end as it should."""
        pace = float(faults.get("pace") or self.server.pace)
        for number, piece in enumerate(pieces):
            if number == 0:
                self.server.sent_at.append(time.monotonic())
            if number == (0 if "early" in faults else AT) and self.strike(faults):
                return False
            self.send(wire.text_delta(piece), faults)
            time.sleep(pace)
        self.frame("contentBlockStop", {"contentBlockIndex": 0}, faults)
        return True

    def frame(self, name, data, faults):
        """An event around the text, where the harmless oddities are."""
        if "unknown" in faults:
            self.send(wire.event("somethingNew", {"of": {"tomorrow": 1}}))
        for _ in range(2 if "twice" in faults else 1):
            self.send(wire.event(name, data), faults)

    def cut(self):
        self.connection.shutdown(socket.SHUT_RDWR)
        raise BrokenPipeError

    def strike(self, faults):
        """The fault of mid-answer, if one is named; True when nothing may follow."""
        if "stall" in faults:
            self.say_nothing(float(faults["stall"] or 60))
        if "drop" in faults:
            self.cut()
        if "throw" in faults:
            self.send(wire.exception(faults["throw"] or "modelStreamErrorException", "broken"))
            return True
        if "badcrc" in faults:
            good = wire.text_delta("x")
            self.send(good[:-1] + bytes([good[-1] ^ 1]))
            return True
        if "badshape" in faults:
            self.send(wire.event("contentBlockDelta", []))
            return True
        if "badutf" in faults:
            self.send(
                wire.text_delta("文", lambda payload: payload.replace("文".encode(), b"\xe6"))
            )
            return True
        return "short" in faults

    def send(self, data, faults=()):
        size = int(faults["split"]) if "split" in faults else 1 if "drip" in faults else len(data)
        for at in range(0, len(data), size):
            part = data[at : at + size]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.flush()
            if "drip" in faults:
                time.sleep(float(faults["drip"]))
