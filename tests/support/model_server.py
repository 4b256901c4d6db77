"""A stand-in for an OpenAI-compatible endpoint on a loopback address: it reads by simple rules, and errs as a test wants.

Form of requests and answers: the chat completions of the OpenAI API, as llama.cpp, Ollama and vLLM serve it too.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]
Change = Callable[[Any], Any]
SLOW_SECONDS = 3.0
BAD = re.compile(r"late|awful|angry|慢")
GOOD = re.compile(r"lovely|[gG]reat|kind|好")
KEPT = re.compile(r"(?P<expected>promised [^,.，。]+?) (?:and|but) (?P<experienced>it took [^,.，。]+)")


class ModelServer:
    """Serves until it is closed.

    Attributes:
        faults: What goes wrong with the next requests, one each; "" for none. See `_FAULTS` and `CHANGES`.
        always: A fault of every request.
        bodies: What was asked, in order.
        headers: The headers of the last request.
        reworded: How the model rewords a draft's parts.
        says_usage: Whether answers carry token counts.
        knows: Forms of answers that may be asked for, as `forms` names them; None stands for no form. Empty: all.
        unknown: A field that it declines.
        status: With which it declines a form.
        most_texts: More in one request are answered out of form.
        most_characters: A longer text is declined, as by a model whose context is full.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.always = ""
        self.bodies: list[Body] = []
        self.headers: dict[str, str] = {}
        self.reworded: Callable[[Body], Body] = lambda data: {
            "feeling": data["feeling"],
            "understanding": data["understanding"],
        }
        self.says_usage = True
        self.knows: set[str | None] = set()
        self.unknown = ""
        self.status = 400
        self.most_texts = 100
        self.most_characters = 1_000_000
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.serve(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def sent(self) -> str:
        """All that ever reached this server as data, in one string."""
        return "\n".join(body["messages"][1]["content"] for body in self.bodies)

    @property
    def forms(self) -> list[str | None]:
        """In which form each answer was asked for."""
        return [_form(body) for body in self.bodies]

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        self.headers = dict(handler.headers)
        self.bodies.append(body)
        fault = self.faults.pop(0) if self.faults else self.always
        texts = json.loads(body["messages"][1]["content"]).get("texts", ())
        if handler.path != "/v1/chat/completions":
            _send(handler, 404, {"error": {"message": "no such path"}})
        elif self.knows and _form(body) not in self.knows:
            _send(handler, self.status, {"error": {"message": "loc: ('body', 'response_format', 'type')"}})
        elif self.unknown in body:
            _send(handler, 400, {"error": {"message": f"Unsupported parameter: '{self.unknown}' is not supported"}})
        elif any(len(one["text"]) > self.most_characters for one in texts):
            _FAULTS["too long"](handler)
        elif fault in _FAULTS:
            _FAULTS[fault](handler)
        elif fault.startswith("stream"):
            _send(handler, 200, _streamed(self._completion(body, ""), fault), Content_Type="text/event-stream")
        else:
            _send(handler, 200, self._completion(body, fault))

    def _completion(self, body: Body, fault: str) -> Any:
        answer = self.read(json.loads(body["messages"][1]["content"]), body["messages"][0]["content"])
        fault = "words" if len(answer.get("answers", ())) > self.most_texts else fault
        answer = CHANGES[fault](answer) if fault in CHANGES else answer
        words = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        words = WRAPPED[fault].format(words) if fault in WRAPPED else words
        given = {"refusal": None, "blank": " \n", "parts": [{"type": "text", "text": words}]}.get(fault, words)
        message = {"role": "assistant", "content": given}
        choice = {"index": 0, "message": message, "finish_reason": "length" if fault == "cut" else "stop"}
        usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
        whole = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [choice],
        }
        if fault == "no_choices":
            return whole | {"choices": []}
        return whole | ({"usage": usage} if self.says_usage else {})

    def read(self, data: Body, rules: str) -> Body:
        """Answer as a model that understood the rules would."""
        if "texts" not in data:
            return self.reworded(data)
        read = _expectations if "expectations" in rules.partition("Answer with JSON")[2] else _mood
        return {"answers": [{"id": one["id"], **read(one["text"])} for one in data["texts"]]}


def _mood(text: str) -> Body:
    for label, polarity, form in (("negative", -0.8, BAD), ("positive", 0.7, GOOD)):
        if match := form.search(text):
            return {"label": label, "polarity": polarity, "confidence": 0.9, "because": match[0]}
    return {"label": "neutral", "polarity": 0.0, "confidence": 0.6, "because": text[:10]}


def _expectations(text: str) -> Body:
    found = [
        {
            "basis": "promised",
            "expected": match["expected"],
            "experienced": match["experienced"],
            "direction": "better",  # wrong on purpose where figures can be compared
            "dimension": "reliability",
            "touchpoint": "delivery",
            "confidence": 0.8,
        }
        for match in KEPT.finditer(text)
    ]
    return {"expectations": found}


def _form(body: Body) -> str | None:
    """Name the form that a request asks for."""
    form = body.get("response_format")
    if form is None:
        return None
    return f"{form['type']} with a schema" if "schema" in form else str(form["type"])


def _streamed(completion: Body, fault: str) -> bytes:
    """Give an answer piece by piece, as `text/event-stream`."""
    (choice,) = completion["choices"]
    words = choice["message"]["content"]
    pieces = [words[start : start + 7] for start in range(0, len(words), 7)]
    deltas: list[Body] = [{"role": "assistant"}, *({"content": piece} for piece in pieces)]
    events = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    ends: list[Body] = [
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {"choices": [], "usage": completion["usage"]},
    ]
    lines = [f"data: {json.dumps(event)}\n\n" for event in [*events, *ends * (fault != "stream broken off")]]
    return "".join([": hello\n\n", *lines, "data: [DONE]\n\n" * (fault == "stream")]).encode()


# --- what can go wrong ---------------------------------------------------------------------------------------------


def _send(handler: BaseHTTPRequestHandler, status: int, body: Any, **headers: str) -> None:
    words = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    for name, value in {"Content-Type": "application/json", "Content-Length": str(len(words)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(words)


def _slow(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(SLOW_SECONDS)
    handler.close_connection = True


def _drop(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


_FAULTS: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {
    "busy": lambda handler: _send(handler, 429, {"error": {"message": "slow down"}}, Retry_After="0"),
    "busy for long": lambda handler: _send(handler, 429, {"error": {"message": "tomorrow"}}, Retry_After="86400"),
    "broken": lambda handler: _send(handler, 500, {"error": {"message": "the text was: secret words"}}),
    "refused": lambda handler: _send(handler, 401, {"error": {"message": "Incorrect API key provided"}}),
    "declined": lambda handler: _send(handler, 400, {"error": {"message": "no"}}),
    "too long": lambda handler: _send(
        handler,
        400,
        {"error": {"message": "This model's maximum context length is 2048 tokens", "code": "context_length_exceeded"}},
    ),
    "no such model": lambda handler: _send(handler, 404, {"error": {"message": "model 'tiny' not found"}}),
    "moved": lambda handler: _send(handler, 307, b"", Location="http://127.0.0.1:9/v1/chat/completions"),
    "html": lambda handler: _send(handler, 200, b"<html>login</html>"),
    "huge": lambda handler: _send(handler, 200, b" " * 3_000_000),
    "slow": _slow,
    "drop": _drop,
}
WRAPPED = {
    "prose": "Sure! Here is the JSON you asked for:\n{}\nLet me know if you need more.",
    "fence": "```json\n{}\n```",
    "thinking": "<think>The format is {{...}}, I guess.</think>\n{}",
}


def _rows(change: Callable[[list[Body]], list[Any]]) -> Change:
    return lambda answer: {"answers": change(answer["answers"])}


CHANGES: dict[str, Change] = {
    "words": lambda answer: "I am sorry, but I cannot help with that.",
    "half": lambda answer: json.dumps(answer)[:-20],
    "deep": lambda answer: '{"answers": ' + "[" * 100_000,
    "list": lambda answer: answer["answers"],
    "first missing": _rows(lambda rows: rows[1:]),
    "first twice": _rows(lambda rows: [rows[0], *rows]),
    "reversed": _rows(lambda rows: rows[::-1]),
    "swapped": _rows(
        lambda rows: [row | {"id": other["id"]} for row, other in zip(rows, rows[::-1], strict=True)]
    ),
    "invented": _rows(lambda rows: [row | {"because": "words nobody wrote"} for row in rows]),
    "foreign ids": _rows(lambda rows: [row | {"id": f"x{number}"} for number, row in enumerate(rows)]),
    "labels": _rows(lambda rows: [row | {"label": "furious"} for row in rows]),
    "bounds": _rows(lambda rows: [row | {"confidence": 1.5} for row in rows]),
    "all neutral": _rows(lambda rows: [row | {"label": "neutral", "polarity": 0.0} for row in rows]),
    "nothing": _rows(lambda rows: [row | {"expectations": []} for row in rows]),
    "unsure": _rows(lambda rows: [row | {"confidence": 0.3} for row in rows]),
    "against itself": _rows(lambda rows: [row | {"polarity": -row["polarity"]} for row in rows]),
    "strings": _rows(lambda rows: ["negative" for _ in rows]),
}  # fmt: skip
