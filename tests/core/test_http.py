"""The HTTP door: what it sends where, what it repeats, what it never does, and what it says when something breaks."""

from __future__ import annotations

import gzip
import logging
import socket
import ssl
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.errors import Fatal, Refused, Retriable, Skippable, UnknownOutcome
from feedbackloop.http import Answer, Declined, Denied, Http, Limits, Pace, basic_auth, is_loopback

SECRET = "s3cret-token-value"


class Scripted(ThreadingHTTPServer):
    """A server that plays answers in order; the last one again and again."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Player)
        self.script: list[Callable[[Player], None]] = []
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def play(self, *answers: Callable[[Player], None]) -> None:
        self.script = list(answers)


class Player(BaseHTTPRequestHandler):
    server: Scripted
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        script = self.server.script
        (script.pop(0) if len(script) > 1 else script[0])(self)

    do_POST = do_PUT = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


def answer(status: int = 200, body: bytes = b'{"ok": true}', promised: int | None = None, **headers: str):
    def play(player: Player) -> None:
        player.send_response_only(status)
        for name, value in headers.items():
            player.send_header(name.replace("_", "-"), value)
        player.send_header("Content-Length", str(len(body) if promised is None else promised))
        player.end_headers()
        player.wfile.write(body)
        player.close_connection = promised is not None

    return play


def hang_up(player: Player) -> None:
    player.close_connection = True


def drip(player: Player) -> None:
    player.send_response_only(200)
    player.send_header("Content-Length", "1000")
    player.end_headers()
    try:
        for _ in range(1000):
            player.wfile.write(b" ")
            player.wfile.flush()
            time.sleep(0.02)
    except OSError:
        player.close_connection = True


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted() as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def door(server: Scripted, slept: list[float]) -> Iterator[Http]:
    http = Http(server.url, authorization=f"Bearer {SECRET}", sleep=slept.append)
    yield http
    http.close()


# --- where it goes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.zendesk.com",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://10.0.0.1",
        "http://127.1",
    ],
)
def test_plain_http_is_refused_for_everything_but_loopback(url: str) -> None:
    with pytest.raises(Fatal, match="plain http"):
        Http(url)


def test_plain_http_can_be_allowed_for_one_host() -> None:
    assert Http("http://desk.internal", plain_http=True).base_url == "http://desk.internal"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme.zendesk.com",
        "ftp://acme",
        "https://",
        "https://a:99999",
        "https://a/?x=1",
        "https://a:b@host",
        "http://[::1",
    ],
)
def test_a_base_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Fatal, match="base_url"):
        Http(url)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8080/x", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:1", True),
        ("http://localhost", True),
        ("https://acme.zendesk.com", False),
        ("http://localhost.example.org", False),
        ("http://127.0.0.1@example.org", False),
        ("http://0.0.0.0", False),
        ("nonsense", False),
        ("http://[::1", False),
    ],
)
def test_loopback_is_told_from_the_host_alone(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/api/v2/x",
        "http://127.0.0.1:1/api",
        "//evil.example/api",
        "http://user@{host}/api",
        "ftp://{host}/api",
        "api/v2/x",
        "http://{host}.evil.example/api",
        "http://{host}\\@evil.example/",
        "http://[",
    ],
)
def test_a_link_to_another_place_is_not_followed(door: Http, server: Scripted, link: str) -> None:
    server.play(answer())
    with pytest.raises(Fatal, match="refused to follow"):
        door.get(link.format(host=f"127.0.0.1:{server.server_port}"))
    assert server.seen == []


def test_a_link_to_the_own_server_is_followed(door: Http, server: Scripted) -> None:
    server.play(answer())
    assert door.get(f"{server.url.replace('127', '127')}/next?page=2") == {"ok": True}
    assert server.seen[0][1] == "/next?page=2"


@given(st.text(max_size=60))
def test_no_text_leads_to_another_host(link: str) -> None:
    http = Http("https://acme.zendesk.com")
    with suppress(Fatal):
        assert http.own_url(link).startswith("https://acme.zendesk.com/")


def test_a_redirect_is_not_followed(door: Http, server: Scripted) -> None:
    server.play(answer(302, b"", Location="http://127.0.0.1:1/elsewhere"))
    with pytest.raises(Fatal, match=r"points to http://127\.0\.0\.1:1"):
        door.get("/x")
    assert len(server.seen) == 1


def test_the_environment_is_ignored(server: Scripted, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login thief password loot\n")
    for name, value in {"HTTP_PROXY": "http://127.0.0.1:1", "NETRC": str(netrc), "no_proxy": ""}.items():
        monkeypatch.setenv(name, value)
    server.play(answer())
    door = Http(server.url, authorization=f"Bearer {SECRET}")
    assert door.get("/x") == {"ok": True}
    assert server.seen[0][2]["Authorization"] == f"Bearer {SECRET}"
    door.close()


CERTIFICATE = Path(__file__).parents[1] / "plugins" / "data" / "mail_server_cert.pem"


@pytest.fixture
def tls_server(server: Scripted) -> str:
    """The same server behind a certificate that no authority has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, CERTIFICATE.with_name("mail_server_key.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.play(answer())
    return server.url.replace("http://", "https://")


def test_a_certificate_of_nobody_is_refused_before_anything_is_sent(server: Scripted, tls_server: str) -> None:
    door = Http(tls_server, authorization=f"Bearer {SECRET}")
    with pytest.raises(Fatal, match="name the certificate in ca_file"):
        door.get("/x")
    assert server.seen == []
    door.close()


def test_a_named_certificate_is_trusted(tls_server: str) -> None:
    door = Http(tls_server, ca_file=str(CERTIFICATE))
    assert door.get("/x") == {"ok": True}
    door.close()


def test_a_drip_over_tls_ends_at_the_deadline_and_is_no_fault_of_the_certificate(
    server: Scripted, tls_server: str
) -> None:
    server.play(drip)
    door = Http(tls_server, ca_file=str(CERTIFICATE), limits=Limits(deadline_seconds=0.3, attempts=1))
    with pytest.raises(Retriable, match="no whole answer in time"):
        door.get("/x")
    door.close()


def test_a_ca_file_that_is_missing_is_said() -> None:
    with pytest.raises(Fatal, match=r"ca_file: there is no /no/such/file\.pem"):
        Http("https://acme.zendesk.com", ca_file="/no/such/file.pem")


def test_a_proxy_of_the_config_is_used(server: Scripted) -> None:
    server.play(answer())
    door = Http("http://desk.internal", plain_http=True, proxy=server.url)
    assert door.get("/x") == {"ok": True}
    assert server.seen[0][1] == "http://desk.internal/x"
    door.close()


def test_a_proxy_that_is_away_is_said() -> None:
    door = Http("http://desk.internal", plain_http=True, proxy="http://127.0.0.1:9", limits=Limits(attempts=1))
    with pytest.raises(Retriable, match="proxy cannot be reached"):
        door.call("PUT", "/x", body={})
    door.close()


def test_basic_auth_is_utf_8() -> None:
    in_utf_8 = bytes.fromhex("7a 6f c3ab 3a e5af86")  # z o ë : 密
    assert basic_auth("zoë", "密") == f"Basic {b64encode(in_utf_8).decode()}"


# --- what it repeats -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [409, 429, 500, 502, 503, 504, 520, 524])
def test_a_read_is_repeated_after_a_passing_fault(door: Http, server: Scripted, status: int) -> None:
    server.play(answer(status, b"busy", Retry_After="0"), answer())
    assert door.get("/x") == {"ok": True}
    assert door.requests_made == 2


def test_a_read_is_repeated_after_a_broken_connection(door: Http, server: Scripted) -> None:
    server.play(hang_up, answer(body=b'{"o', promised=12), answer())
    assert door.get("/x") == {"ok": True}
    assert len(server.seen) == 3


def test_reads_end_after_the_last_attempt_with_the_real_cause(server: Scripted, slept: list[float]) -> None:
    server.play(answer(503, b"maintenance"))
    door = Http(server.url, limits=Limits(attempts=3), sleep=slept.append)
    with pytest.raises(Retriable, match="503: maintenance"):
        door.get("/x")
    assert len(server.seen) == 3
    assert len(slept) == 2
    assert all(0 <= seconds <= 20 for seconds in slept)
    door.close()


@pytest.mark.parametrize("fault", [hang_up, answer(500), answer(504), answer(503), answer(body=b"{", promised=9)])
def test_a_write_whose_answer_is_lost_is_sent_once_and_its_outcome_is_unknown(
    door: Http, server: Scripted, fault
) -> None:
    server.play(fault)
    with pytest.raises(UnknownOutcome, match="may have"):
        door.call("PUT", "/x", body={"a": 1})
    assert len(server.seen) == 1


def test_a_write_is_repeated_on_429_for_it_was_not_done(door: Http, server: Scripted, slept: list[float]) -> None:
    server.play(answer(429, b"slow down", Retry_After="3"), answer())
    assert door.call("POST", "/x", body={"a": 1}).status == 200
    assert [seen[3] for seen in server.seen] == [b'{"a": 1}'] * 2
    assert 3 <= slept[0] <= 4


def test_a_write_that_found_no_connection_was_surely_not_done(slept: list[float]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    door = Http(f"http://127.0.0.1:{port}", sleep=slept.append, limits=Limits(attempts=2))
    with pytest.raises(Retriable, match="no connection") as caught:
        door.call("PUT", "/x", body={})
    assert not isinstance(caught.value, UnknownOutcome)
    assert len(slept) == 1
    door.close()


@pytest.mark.parametrize("status", [400, 404, 409, 410, 413, 418, 422])
def test_a_refusal_is_not_repeated_and_carries_status_and_body(door: Http, server: Scripted, status: int) -> None:
    server.play(answer(status, b'{"error":"RecordNotFound"}'))
    with pytest.raises(Declined, match="RecordNotFound") as caught:
        door.call("PUT", "/x", body={})
    assert (caught.value.status, len(server.seen)) == (status, 1)
    assert isinstance(caught.value, Skippable)


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_stop_at_once(door: Http, server: Scripted, status: int) -> None:
    server.play(answer(status, b"no"))
    with pytest.raises(Denied) as caught:
        door.get("/x")
    assert (caught.value.status, len(server.seen)) == (status, 1)
    assert isinstance(caught.value, Refused)


# --- how long it waits -----------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("retry_after", "low", "high"),
    [
        ("7", 7, 8),
        ("0", 0, 1),
        ("2.5", 2.5, 3.5),
        (format_datetime(NOW + timedelta(seconds=9), usegmt=True), 9, 10),
        (format_datetime(NOW - timedelta(seconds=9), usegmt=True), 0, 1),
        ("soon", 60, 61),
        ("-5", 60, 61),
        ("", 60, 61),
        (None, 60, 61),
        ("1e9", 60, 61),
    ],
)
def test_retry_after_is_obeyed_in_every_form(
    door: Http, server: Scripted, slept: list[float], retry_after: str | None, low: float, high: float
) -> None:
    named = {} if retry_after is None else {"Retry_After": retry_after}
    server.play(answer(429, b"plain text", Date=format_datetime(NOW, usegmt=True), **named), answer())
    door.get("/x")
    assert low <= slept[0] <= high


def test_a_wait_beyond_the_cap_is_left_to_the_next_run(door: Http, server: Scripted, slept: list[float]) -> None:
    server.play(answer(429, Retry_After="3600"))
    with pytest.raises(Retriable, match="asks to wait 3600 s") as caught:
        door.get("/x")
    assert (caught.value.wait_seconds, slept, len(server.seen)) == (3600, [], 1)


def test_a_429_that_never_clears_ends(door: Http, server: Scripted, slept: list[float]) -> None:
    server.play(answer(429, b"Pagination limit reached for offset model"))
    with pytest.raises(Retriable, match="Pagination limit"):
        door.get("/x")
    assert len(slept) == Limits().attempts - 1


class Seconds:
    """A clock that moves only by sleeping."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def test_no_minute_sees_more_calls_than_its_pace() -> None:
    seconds = Seconds()
    pace = Pace(10, clock=seconds, sleep=seconds.sleep)
    starts = []
    for _ in range(35):
        pace.wait()
        starts.append(seconds.at)
        seconds.at += 0.25
    assert all(later - earlier >= 60 for earlier, later in zip(starts, starts[10:], strict=False))
    assert starts[9] - starts[0] < 3  # the first ten need not wait


def test_a_pace_of_zero_never_waits() -> None:
    pace = Pace(0, sleep=lambda seconds: pytest.fail("it slept"))
    for _ in range(100):
        pace.wait()


def test_the_door_keeps_its_own_pace(server: Scripted) -> None:
    seconds = Seconds()
    server.play(answer())
    door = Http(server.url, limits=Limits(requests_per_minute=2), clock=seconds, sleep=seconds.sleep)
    for _ in range(3):
        door.get("/x")
    assert seconds.at == 160.0
    door.close()


# --- what it reads ---------------------------------------------------------------------------------------------------


def test_a_dripping_body_ends_at_the_deadline(server: Scripted) -> None:
    server.play(drip)
    door = Http(server.url, limits=Limits(deadline_seconds=0.3, attempts=1))
    began = time.monotonic()
    with pytest.raises(Retriable, match="no whole answer in time"):
        door.get("/x")
    assert time.monotonic() - began < 2
    door.close()


def drip_headers(player: Player) -> None:
    try:
        for _ in range(1000):
            player.wfile.write(b"HTTP/1.1 200 OK\r\n" if _ == 0 else b"X-Drip: 1\r\n")
            player.wfile.flush()
            time.sleep(0.02)
    except OSError:
        player.close_connection = True


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_dripping_headers_end_at_the_deadline(server: Scripted, method: str) -> None:
    server.play(drip_headers)
    door = Http(server.url, limits=Limits(deadline_seconds=0.3, attempts=1))
    began = time.monotonic()
    with pytest.raises(Retriable if method == "GET" else UnknownOutcome, match="no whole answer in time"):
        door.call(method, "/x")
    assert time.monotonic() - began < 1
    door.close()


def test_a_body_that_falls_silent_ends_at_the_deadline_of_the_whole_call(server: Scripted) -> None:
    def late_and_then_silent(player: Player) -> None:
        time.sleep(0.3)
        answer(body=b"{", promised=100)(player)
        player.wfile.flush()
        time.sleep(1)

    server.play(late_and_then_silent)
    door = Http(server.url, limits=Limits(deadline_seconds=0.5, attempts=1))
    began = time.monotonic()
    with pytest.raises(Retriable, match="no whole answer in time"):
        door.get("/x")
    assert time.monotonic() - began < 0.75  # 0.3 + 0.5 would mean that the limit is per read
    door.close()


def test_a_silent_server_ends_at_the_deadline(server: Scripted) -> None:
    server.play(lambda player: time.sleep(1))
    door = Http(server.url, limits=Limits(deadline_seconds=0.2, attempts=1))
    with pytest.raises(Retriable, match="in time"):
        door.get("/x")
    door.close()


@pytest.mark.parametrize("is_gzip", [False, True])
def test_a_body_past_its_cap_is_not_read_to_the_end(server: Scripted, is_gzip: bool) -> None:
    body = b" " * 3_000_000
    packed = answer(body=gzip.compress(body), Content_Encoding="gzip") if is_gzip else answer(body=body)
    server.play(packed)
    door = Http(server.url, limits=Limits(max_bytes=1_000_000))
    with pytest.raises(Retriable, match="larger than 1000000 bytes"):
        door.get("/x")
    assert len(server.seen) == 1
    door.close()


BOMB = """
import gzip, resource, sys, threading
sys.path[:0] = {paths!r}
from feedbackloop.http import Http, Limits
from feedbackloop.errors import Retriable
door = Http({url!r}, limits=Limits(attempts=1, max_bytes=8_000_000))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    door.get("/x")
except Retriable:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_gzip_bomb_does_not_fill_the_memory(server: Scripted) -> None:
    bomb = gzip.compress(b"\0" * 300_000_000, compresslevel=6)  # about 0.3 MB on the wire
    server.play(answer(body=bomb, Content_Encoding="gzip"))
    code = BOMB.format(paths=sys.path, url=server.url)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) < 60  # MB


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": NaN}', {"a": None}),
        (b'{"a": 1e999}', {"a": None}),
        (b'{"a": "\\ud800 x"}', {"a": "\ufffd x"}),
        (b'{"a": "\xff"}', {"a": "\ufffd"}),
        ('{"a": "中文 😀"}'.encode(), {"a": "中文 😀"}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_json_that_is_nearly_right_is_read(door: Http, server: Scripted, body: bytes, expected: object) -> None:
    server.play(answer(body=body))
    assert door.get("/x") == expected


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><title>Down</title>", "HTML"),
        (b'{"a": [1, 2', "no whole JSON"),
        (b"", "no whole JSON"),
        (b"[" * 100_000, "nested without end"),
    ],
)
def test_what_is_not_json_is_said_in_words(door: Http, server: Scripted, body: bytes, words: str) -> None:
    server.play(answer(body=body))
    with pytest.raises(Retriable, match=words):
        door.get("/x")


@given(st.binary(max_size=200))
def test_no_body_breaks_the_decoder(body: bytes) -> None:
    with suppress(Retriable):
        Answer(200, {}, body).json()


# --- what it says ----------------------------------------------------------------------------------------------------


def test_no_secret_and_no_forged_line_is_ever_said(
    door: Http, server: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.play(answer(422, f"bad {SECRET}\r\nERROR forged\x1b[31m".encode()))
    with pytest.raises(Declined) as caught:
        door.get(f"/x?token={SECRET}")
    said = f"{caught.value} {caught.value.body} {caplog.text.replace(chr(10), ' ')}"
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("feedbackloop")]
    assert SECRET not in f"{caught.value} {caught.value.body} {ours}"
    assert not any(character in str(caught.value) for character in "\r\n\x1b")
    assert "***" in said


def test_a_token_that_cannot_be_sent_is_said_without_showing_it(server: Scripted) -> None:
    door = Http(server.url, authorization="Bearer line\nbreak-token")
    with pytest.raises(Fatal, match="stray characters") as caught:
        door.get("/x")
    assert "break-token" not in str(caught.value)
    door.close()


def test_the_connector_interface_stays_light() -> None:
    code = "import sys, feedbackloop.connector; print('requests' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{code}"], capture_output=True, text=True
    )
    assert done.stdout.strip() == "False"
