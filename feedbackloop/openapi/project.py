"""Which words fill the templates of a project that begins with a description?"""

from __future__ import annotations

import pprint
from typing import Any

from feedbackloop.openapi.description import Start

_ON_A_PAGE = 3
"""Rows of the tests' desk: ten items fill more than three pages."""
_TESTS_SECRET = "secret-of-the-test"  # noqa: S105 - of an imitation on a loopback address
_CALLS = {
    "the list": ("list",),
    "a single row": ("one",),
    "what was said on a row": ("also", 0),
    "a private note": ("write", "note", "calls", 0),
    "a public reply": ("write", "reply", "calls", 0),
    "tags": ("write", "tag", "calls", 1),
}


def template_words(start: Start, source: str) -> dict[str, Any]:
    """Give name -> value for the templates.

    Args:
        start: What was chosen.
        source: The description's file name, for people.
    """
    facts = {name: value for name, value in start.facts.items() if not name.endswith("sample")}
    no_threads = not start.facts["said"].get("text")
    has_pages = start.described["list"]["paging"] != "none"
    return {
        "source": source,
        "description": _code(start.described),
        "facts": _code(facts),
        "sample": _code(start.facts["sample"]),
        "said_sample": _code(start.facts["said_sample"]),
        "base_url": start.base_url,
        "login": "basic" if start.login == "basic" else "token",
        "settings": start.settings,
        "settings_tuple": _code((*start.settings,)),
        "own_fields": _code(_own_fields(start)),
        "open_points": [point.rstrip(".") for point in start.open_points],
        "chosen": [(what, call) for what, place in _CALLS.items() if (call := _call(start.described, place))],
        "no_threads": no_threads,
        "on_a_page": _ON_A_PAGE if has_pages else 1000,
    } | _login(start)


def _login(start: Start) -> dict[str, str]:
    settings = "".join(f', {name}="1"' for name in start.settings)
    secret = f'"{_TESTS_SECRET}"'
    if start.login == "basic":
        code = '{"username": options.username, "password": options.password}'
        header, value = "Authorization", "Basic bG9vcDpzZWNyZXQtb2YtdGhlLXRlc3Q="  # loop:secret-of-the-test
        return {
            "login_code": code,
            "login_header": header,
            "login_value": value,
            "test_login": f'username="loop", password={secret}{settings}',
        }
    named = start.login != "token"
    code = f'{{"token": options.token{f", {chr(34)}header_name{chr(34)}: {start.login!r}" if named else ""}}}'
    return {
        "login_code": code,
        "login_header": start.login if named else "Authorization",
        "login_value": _TESTS_SECRET if named else f"Bearer {_TESTS_SECRET}",
        "test_login": f"token={secret}{settings}",
    }


def _own_fields(start: Start) -> set[str]:
    return {"base_url", *(("username", "password") if start.login == "basic" else ("token",)), *start.settings}


def _call(described: dict[str, Any], place: tuple[str | int, ...]) -> str | None:
    found: Any = described
    for part in place:
        try:
            found = found[part]
        except (KeyError, IndexError):
            return None
    return f"{found.get('method', 'GET')} {found['path']}"


def _code(value: Any) -> str:
    text = pprint.pformat(value, width=110, sort_dicts=False)
    return str(sorted(value)).replace("[", "{").replace("]", "}") if isinstance(value, set) else text
