"""Do the makers' own client libraries read from our imitations, and ask as our connectors ask?

An imitation that only our own connector understands proves little. Where the client of a system is installed (`delighted`,
`typeform`, `google-api-python-client` with its description of the interface), it is pointed at the imitation, in its own process.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from row_systems import RowSystem

DELIGHTED = """
import delighted, json, sys
client = delighted.Client(api_key="dl-key-1", api_base_url=sys.argv[1] + "/v1/")
found = delighted.SurveyResponse.all(
    client=client, order="asc:updated_at", updated_since=0, per_page=3, page=1, expand=["person"]
)
print(json.dumps([[one.score, one.comment, one.person.email] for one in found]))
"""
TYPEFORM = """
import json, sys, typeform
import typeform.client
typeform.client.API_BASE_URL = sys.argv[1]
client = typeform.Typeform("tf-token-1", headers={})
found = client.responses.list(
    "form1", pageSize=3, since="1990-01-01T00:00:00Z", completed=True, sort="submitted_at,asc"
)
print(json.dumps([one["answers"][1]["text"] for one in found["items"]]))
"""
GOOGLE = """
import importlib.resources, json, sys
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document
documents = importlib.resources.files("googleapiclient.discovery_cache") / "documents"
described = json.loads((documents / "androidpublisher.v3.json").read_text())
options = {"api_endpoint": sys.argv[1]}
reviews = build_from_document(described, credentials=Credentials("play-token"), client_options=options).reviews()
app = "com.example.shop"
found = reviews.list(packageName=app, maxResults=3).execute()
newest = found["reviews"][0]
sent = reviews.reply(packageName=app, reviewId=newest["reviewId"], body={"replyText": "Thank you."}).execute()
known = [*described["resources"]["reviews"]["methods"]["list"]["parameters"], *described["parameters"]]
print(json.dumps([newest, sent, known]))
"""


@pytest.fixture
def system(request: pytest.FixtureRequest) -> Iterator[RowSystem]:
    system = RowSystem(request.param)
    system.site.put("T-1", "Too late.", 2)
    system.site.put("T-2", "很好。", 5)
    yield system
    system.site.close()


def run(package: str, script: str, system: RowSystem) -> tuple[Any, set[tuple[str, str, frozenset[str]]]]:
    """Run a client's script; give what it printed and what it asked for: method, path, names of parameters."""
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"the client {package} is not installed")
    before = len(system.site.server.calls)
    command = [sys.executable, "-W", "ignore", "-c", script, system.site.base_url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout), asked(system, before)


def asked(system: RowSystem, before: int) -> set[tuple[str, str, frozenset[str]]]:
    return {(call.method, call.path, frozenset(call.params)) for call in system.site.server.calls[before:]}


def asked_by_us(system: RowSystem) -> set[tuple[str, str, frozenset[str]]]:
    before = len(system.site.server.calls)
    list(system.connect().pull(""))
    return asked(system, before)


@pytest.mark.parametrize("system", ["delighted"], indirect=True)
def test_delighteds_client(system: RowSystem) -> None:
    found, theirs = run("delighted", DELIGHTED, system)
    assert found == [[2, "Too late.", "c10@example.com"], [5, "很好。", "c10@example.com"]]
    assert theirs <= asked_by_us(system)


@pytest.mark.parametrize("system", ["typeform"], indirect=True)
def test_typeforms_client(system: RowSystem) -> None:
    found, theirs = run("typeform", TYPEFORM, system)
    assert found == ["Too late.", "很好。"]
    assert theirs <= asked_by_us(system)


@pytest.mark.parametrize("system", ["google_play"], indirect=True)
def test_googles_client(system: RowSystem) -> None:
    """It is built from Google's description of the interface; we ask with no parameter that is not in it."""
    (newest, sent, known), theirs = run("googleapiclient", GOOGLE, system)
    assert newest["comments"][0]["userComment"]["text"].strip() == "很好。"
    assert sent["result"]["replyText"] == "Thank you."
    ours = asked_by_us(system)
    name = newest["reviewId"]
    assert ("POST", f"{system.site.path}/{name}:reply") in {call[:2] for call in theirs}  # type: ignore[attr-defined]
    assert {call[:2] for call in theirs if call[0] == "GET"} <= {call[:2] for call in ours}
    assert {name for call in ours if call[0] == "GET" for name in call[2]} <= set(known)
