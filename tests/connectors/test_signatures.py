"""Which webhooks are believed: right signatures of every scheme, nothing else, and nothing old."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.errors import Refused
from feedbackloop_connectors.signatures import SCHEMES, WINDOW, Scheme, sign, verify

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
BODY = '{"rating":1,"comment":"太慢了"}'.encode()


def headers(name: str, *, body: bytes = BODY, secret: str = "s-1", stamp: str = STAMP) -> dict[str, str]:
    return sign(SCHEMES[name], secret, body, id="d-1", timestamp=stamp)


@pytest.mark.parametrize("name", SCHEMES)
def test_a_right_signature_is_believed_in_any_case_of_the_headers_names(name: str) -> None:
    delivery = verify(SCHEMES[name], ["old", "s-1"], {k.upper(): v for k, v in headers(name).items()}, BODY, now=NOW)
    assert delivery.sent_at == (NOW if SCHEMES[name].timestamp else None)
    assert delivery.id == (
        "d-1" if SCHEMES[name].id else verify(SCHEMES[name], ["s-1"], headers(name), BODY, now=NOW).id
    )


@pytest.mark.parametrize("name", [name for name, scheme in SCHEMES.items() if scheme.algorithm != "plain"])
def test_a_changed_body_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="signature is wrong"):
        verify(SCHEMES[name], ["s-1"], headers(name), BODY + b" ", now=NOW)


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("given", ["", "v1,", "sha256=", "é" * 40, "0" * 64, "v1,AAAA v1,AAAA"])
def test_a_missing_or_invented_signature_is_refused(name: str, given: str) -> None:
    with pytest.raises(Refused):
        verify(SCHEMES[name], ["s-1"], headers(name) | {SCHEMES[name].header: given}, BODY, now=NOW)


@pytest.mark.parametrize("name", SCHEMES)
@pytest.mark.parametrize("secrets", [[], [""], ["another"]])
def test_no_key_or_another_key_believes_nothing(name: str, secrets: list[str]) -> None:
    with pytest.raises(Refused):
        verify(SCHEMES[name], secrets, headers(name, secret=""), BODY, now=NOW)


STAMPED = [name for name, scheme in SCHEMES.items() if scheme.timestamp]


@pytest.mark.parametrize("name", STAMPED)
@pytest.mark.parametrize(
    ("apart", "is_believed"),
    [
        (timedelta(0), True),
        (WINDOW, True),
        (-WINDOW, True),
        (WINDOW + timedelta(seconds=1), False),
        (-WINDOW - timedelta(seconds=1), False),
    ],
)
def test_a_signed_time_counts_within_five_minutes_both_ways(name: str, apart: timedelta, is_believed: bool) -> None:
    signed = headers(name, stamp=str(int((NOW + apart).timestamp())))
    if is_believed:
        assert verify(SCHEMES[name], ["s-1"], signed, BODY, now=NOW).sent_at == NOW + apart
    else:
        with pytest.raises(Refused, match="replay"):
            verify(SCHEMES[name], ["s-1"], signed, BODY, now=NOW)


@pytest.mark.parametrize("name", STAMPED)
def test_a_time_cannot_be_made_younger_without_the_key(name: str) -> None:
    old = headers(name, stamp=str(int((NOW - timedelta(hours=1)).timestamp())))
    with pytest.raises(Refused, match="signature is wrong"):
        verify(SCHEMES[name], ["s-1"], old | {str(SCHEMES[name].timestamp): STAMP}, BODY, now=NOW)


@pytest.mark.parametrize("stamp", ["2026-11-22T03:00:00Z", STAMP, STAMP + "000"])
def test_times_are_iso_seconds_or_milliseconds(stamp: str) -> None:
    assert verify(SCHEMES["zendesk"], ["s-1"], headers("zendesk", stamp=stamp), BODY, now=NOW).sent_at == NOW


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "9" * 12, "1969-12-31T00:00:00Z", "10000-01-01T00:00:00Z", "١٢"])
def test_a_time_that_cannot_be_read_is_refused(stamp: str) -> None:
    with pytest.raises(Refused):
        verify(SCHEMES["zendesk"], ["s-1"], headers("zendesk", stamp=stamp), BODY, now=NOW)


def test_while_a_secret_is_changed_either_signature_counts() -> None:
    both = headers("standard")
    both["webhook-signature"] = f"v1,{'A' * 43}= v2,x {both['webhook-signature']}"
    assert verify(SCHEMES["standard"], ["s-1"], both, BODY, now=NOW).id == "d-1"


def test_the_standard_forms_own_example_is_believed() -> None:
    # From the Standard Webhooks specification's test vectors: key, id, time and body give this signature.
    known = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    at = datetime.fromtimestamp(1614265330, UTC)
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert verify(SCHEMES["standard"], [key], known, b'{"test": 2432232314}', now=at).sent_at == at


def test_an_independent_hand_signs_the_same() -> None:
    made = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", "s-1", "-hex"], input=BODY, capture_output=True, check=True
    )
    assert headers("github")["X-Hub-Signature-256"] == "sha256=" + made.stdout.decode().split()[-1]


def test_names_in_braces_stay_names() -> None:
    scheme = replace(SCHEMES["standard"], signed="{id}.{body}")
    made = sign(scheme, "s", b"x", id="{body}", timestamp=STAMP)
    assert verify(scheme, ["s"], made, b"x", now=NOW).id == "{body}"
    with pytest.raises(Refused):
        verify(scheme, ["s"], made | {"webhook-id": "x"}, b"x", now=NOW)


@given(st.dictionaries(st.sampled_from([s.header for s in SCHEMES.values()]), st.text(max_size=60)), st.binary())
def test_nothing_invented_is_believed_and_nothing_breaks(odd: dict[str, str], body: bytes) -> None:
    for scheme in SCHEMES.values():
        with pytest.raises(Refused):
            verify(scheme, ["a key that nobody guesses"], odd, body, now=NOW)


def test_a_scheme_of_ones_own_is_one_line() -> None:
    own = Scheme("X-Acme-Signature", encoding="base64", signed="{body}", id="X-Acme-Event")
    assert verify(own, ["k"], sign(own, "k", BODY, id="e-9"), BODY, now=NOW).id == "e-9"
