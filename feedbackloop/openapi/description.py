"""How is what was found written as a description for `rest`, and what could not be guessed?"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from feedbackloop.errors import UsageError
from feedbackloop.openapi import mapping, words
from feedbackloop.openapi.document import Document, Operation, Schema, load
from feedbackloop.openapi.operations import Operations, find_operations, settings_of
from feedbackloop.openapi.shapes import fields, kind_of

KINDS = {"reviews": "review", "ratings": "review", "responses": "survey", "submissions": "survey", "feedback": "survey"}
MARKED = "{{ text }}\n\n[{{ mark }}]"


@dataclass(slots=True)
class Start:
    """What a project starts with.

    Attributes:
        base_url: As the description names it.
        login: `token`, `basic`, or the name of the header that takes a key.
        settings: Parts of the path that become options.
        described: The description for `rest`.
        facts: What the desk of the tests needs to answer as the description says.
        open_points: What could not be guessed, one sentence each.
    """

    base_url: str
    login: str
    settings: list[str]
    described: dict[str, Any]
    facts: dict[str, Any]
    open_points: list[str] = field(default_factory=list)


def start_from(path: Path, list_path: str | None = None) -> Start:
    """Read a description and choose.

    Raises:
        UsageError: The file is no description, or describes no list that feedback could stand in.
    """
    document = load(path)
    chosen = find_operations(document, list_path)
    return _Writer(document, chosen).start()


class _Writer:
    """Writes one start, and notes what is missing on the way."""

    def __init__(self, document: Document, chosen: Operations) -> None:
        self._document = document
        self._chosen = chosen
        self._open: list[str] = []
        called = chosen.one.path.rpartition("{")[2].partition("}")[0] if chosen.one else ""
        self._row = mapping.item_fields(document, chosen.listing.row, called)
        self._heard = chosen.thread or chosen.embedded
        self._said = mapping.said_fields(document, self._heard.row) if self._heard else {}
        self._id = self._row.get("id", "id")

    def start(self) -> Start:
        if "text" not in self._row and "text" not in self._said:
            path = self._chosen.listing.call.path
            raise UsageError(f"the rows at {path} hold no text that was found; name another list with --list PATH")
        listing = self._listing()
        described: dict[str, Any] = {"list": listing}
        thread = self._thread()
        if thread:
            described["also"] = [{"name": "thread", "path": self._below(thread)}]
        if self._chosen.one:
            described["one"] = {"path": self._single(self._chosen.one, "id"), "row": self._place_of_one()}
        described |= self._items("thread" if thread else None)
        write = {"note": self._note(), "reply": self._reply(), "tag": self._tag()}
        described["write"] = {kind: one for kind, one in write.items() if one}
        self._notes(write)
        base_url = self._document.base_url or "https://desk.example.com"
        settings = settings_of(self._chosen.listing.call)
        return Start(base_url, self._login(), settings, described, self._facts(listing), self._open)

    # --- reading --------------------------------------------------------------------------------------------------------

    def _listing(self) -> dict[str, Any]:
        call = self._chosen.listing.call
        found: dict[str, Any] = {"path": call.path, "rows": _place(self._chosen.listing.place)} | self._paging(call)
        query = call.of_query()
        params = {}
        since, size = words.pick(query, words.SINCE), words.pick(query, words.SIZE)
        if since and "updated_at" in self._row:
            schema = self._document.resolved(call.params[since].get("schema") or call.params[since])
            params[since] = "{{ since }}"
            found |= {"changed": mapping.expression(self._row["updated_at"]), "ordered": False}
            found |= {"since_format": "epoch"} if kind_of(schema) in {"integer", "number"} else {}
        else:
            self._open.append(
                "the list is read whole each time and compared: no parameter was found that asks for what changed since"
                " a time. If there is one, add it to list.params as `{{ since }}`, and `changed`"
            )
        if size:
            schema = self._document.resolved(call.params[size].get("schema") or call.params[size])
            params[size] = str(min(100, int(schema.get("maximum") or 100)))
        return found | ({"params": params} if params else {})

    def _paging(self, call: Operation) -> dict[str, Any]:
        query, answer = call.of_query(), fields(self._document, call.answer, 3)
        cursor, following = words.pick(query, words.CURSOR), words.pick(answer, words.NEXT_CURSOR)
        if cursor and following:
            return {"paging": "cursor", "param": cursor, "next": mapping.expression(following)}
        for paging, names in (("page", words.PAGE), ("offset", words.OFFSET)):
            param = words.pick(query, names)
            if param:
                schema = self._document.resolved(call.params[param].get("schema") or call.params[param])
                first = {"first": 0} if paging == "page" and schema.get("minimum", schema.get("default")) == 0 else {}
                return {"paging": paging, "param": param} | first
        link = words.pick(answer, words.NEXT_LINK)
        if link:
            return {"paging": "next", "next": mapping.expression(link)}
        self._open.append("how the next page of the list is asked for (list.paging): only the first page is read")
        return {"paging": "none"}

    def _items(self, thread: str | None) -> dict[str, Any]:
        place = mapping.expression(self._heard.place) if self._heard and self._heard.place != "@" else ""
        where = ".".join(filter(None, (thread, place))) or None
        named = KINDS.get(words.last(self._chosen.listing.call.path), "ticket")
        found: dict[str, Any] = {"kind": named, "item": mapping.item_expressions(self._row, self._said, where)}
        status = fields(self._document, self._chosen.listing.row).get(self._row.get("status", ""), {})
        if "status" in self._row:
            known = words.statuses(status.get("enum") or ())
            found["values"] = {"status": known | {"*": "open"}}
            strange = sorted({str(one) for one in status.get("enum") or ()} - known.keys())
            if strange or not known:
                self._open.append(f"what these statuses mean (values.status): {', '.join(strange) or 'none is listed'}")
        if "rating" in self._row:
            found["rating"] = mapping.scale(self._document, self._chosen.listing.row, self._row["rating"])
            self._open.append(f"the scale of `{self._row['rating']}` (rating)")
        return found

    def _thread(self) -> Operation | None:
        if self._chosen.thread and self._said.get("text"):
            return self._chosen.thread.call
        if self._chosen.embedded:
            return None
        self._open.append("where what was said after the first message stands (also, item.messages)")
        return None

    def _place_of_one(self) -> str:
        return self._wrapped(self._chosen.one.answer) if self._chosen.one else "@"

    def _wrapped(self, schema: Schema) -> str:
        """Give where the object itself stands in an answer: `{"ticket": {…}}` or as it is."""
        held = fields(self._document, schema, 1)
        if words.pick(held, words.ID):
            return "@"
        inner = (name for name, one in held.items() if words.pick(fields(self._document, one, 1), words.ID))
        return next(inner, "@")

    # --- writing --------------------------------------------------------------------------------------------------------

    def _note(self) -> dict[str, Any] | None:
        return self._saying(is_private=True)

    def _reply(self) -> dict[str, Any] | None:
        return self._saying(is_private=False)

    def _saying(self, *, is_private: bool) -> dict[str, Any] | None:
        call = self._chosen.say
        if call is None or self._chosen.thread is None or "text" not in self._said:
            return None
        asked = fields(self._document, call.asked, 2)
        flag = _deep(asked, words.PRIVATE) or _deep(asked, words.PUBLIC)
        words_go = _deep(asked, words.TEXT)
        is_note = words.last(call.path) in {"note", "notes"}
        if words_go is None or (flag is None and is_private is not is_note):
            return None
        body = _put({}, words_go, MARKED)
        if flag is not None:
            _put(body, flag, is_private is (words.pick([flag.rpartition(".")[2]], words.PRIVATE) is not None))
        place = self._chosen.thread.place
        rows = "[]" if place == "@" else f"{mapping.expression(place)}[]"
        name = mapping.expression(self._said.get("id", "id"))
        each = f"{rows}.{{id: {name}, text: {mapping.expression(self._said['text'])}}}"
        found: dict[str, Any] = {"calls": [{"method": "POST", "path": self._single(call, "item"), "body": body}]}
        found["find"] = {"path": self._single(self._chosen.thread.call, "item"), "each": each}
        return found

    def _tag(self) -> dict[str, Any] | None:
        one, change, tags = self._chosen.one, self._chosen.change, self._row.get("tags")
        asked = fields(self._document, change.asked, 2) if change else {}
        target = _deep(asked, words.TAGS)
        if one is None or change is None or tags is None or target is None or not self._are_words(asked[target]):
            return None
        place = self._place_of_one()
        held = ".".join(part for part in ("before", "" if place == "@" else place, tags) if part)
        body = _put({}, target, f"{{{{ ({held} + tags) | unique | list }}}}")
        calls = [
            {"method": "GET", "path": self._single(one, "item"), "name": "before"},
            {"method": change.method.upper(), "path": self._single(change, "item"), "body": body},
        ]
        each = mapping.expression(tags if place == "@" else f"{place}.{tags}")
        return {"calls": calls, "find": {"path": self._single(one, "item"), "each": each}}

    def _are_words(self, schema: Schema) -> bool:
        """Say whether a field is a list of words; of a list of objects it is not clear what may be written."""
        held = fields(self._document, self._chosen.listing.row)[self._row["tags"]]
        kinds = [kind_of(self._document.resolved(one.get("items") or {})) for one in (schema, held)]
        return kind_of(schema) == "array" and "object" not in kinds

    def _notes(self, write: dict[str, Any]) -> None:
        for kind, name in (("note", "private notes"), ("reply", "public replies"), ("tag", "tags")):
            if not write[kind]:
                self._open.append(f"how {name} are written (write.{kind})")
        answer = self._chosen.reply
        if write["reply"] and answer and answer is not self._chosen.say:
            self._open.append(f"whether a public note reaches the customer, or only {answer.path} does (write.reply)")
        self._open.append(
            "where improvement tasks are filed, and how it is told that one is done (write.task, task_status)"
        )
        for target in ("id", "created_at", "updated_at", "status", "customer.id"):
            if target not in self._row:
                self._open.append(f"which field is the item's `{target}` (item)")
        if self._heard and "by" not in self._said:
            self._open.append("who wrote a message (item.messages): all count as the customer's")

    # --- parts ----------------------------------------------------------------------------------------------------------

    def _below(self, call: Operation) -> str:
        return self._single(call, f"row.{self._id}")

    def _single(self, call: Operation, word: str) -> str:
        """Write a call's path with the item's own id in it: the first parameter behind the list's path."""
        base = self._chosen.listing.call.path.rstrip("/").removesuffix(".json")
        head, _, rest = call.path[len(base) :].partition("{")
        return f"{base}{head}{{{{ {word} }}}}{rest.partition('}')[2]}"

    def _login(self) -> str:
        for one in self._document.logins:
            kind, scheme = one.get("type"), str(one.get("scheme") or "").lower()
            if kind == "apiKey" and one.get("in") == "header":
                name = str(one.get("name"))
                return "token" if name.lower() == "authorization" else name
            if kind == "basic" or scheme == "basic":
                return "basic"
            if kind == "oauth2" or scheme == "bearer":
                return "token"
        self._open.append("how one logs in: a bearer token is sent")
        return "token"

    def _facts(self, listing: dict[str, Any]) -> dict[str, Any]:
        thread, say, change = self._chosen.thread, self._chosen.say, self._chosen.change
        asked = fields(self._document, say.asked, 2) if say else {}
        tags = _deep(fields(self._document, change.asked, 2), words.TAGS) if change else None
        return {
            "listing": listing,
            "rows": self._chosen.listing.place,
            "row": {"id": "id", "created_at": "created_at"} | self._row,
            "sample": self._chosen.listing.sample,
            "one": self._place_of_one(),
            "thread": thread.place if thread else None,
            "embedded": self._chosen.embedded.place if self._chosen.embedded else None,
            "thread_name": words.last(thread.call.path) if thread else None,
            "said": self._said,
            "said_sample": self._heard.sample if self._heard else {},
            "say_name": words.last(say.path) if say else None,
            "say_text": _deep(asked, words.TEXT),
            "say_private": _deep(asked, words.PRIVATE),
            "say_public": _deep(asked, words.PUBLIC),
            "is_note": say is not None and words.last(say.path) in {"note", "notes"},
            "settings": settings_of(self._chosen.listing.call),
            "change_tags": tags,
        }


def _place(place: str) -> str:
    return place if place == "@" else mapping.expression(place)


def _deep(held: dict[str, Schema], wanted: tuple[str, ...]) -> str | None:
    """Give a field by the last part of its dotted name: `comment.body` is found by `body`."""
    by_end = {name.rpartition(".")[2]: name for name in reversed(list(held)) if kind_of(held[name]) != "object"}
    found = words.pick(by_end, wanted)
    return by_end[found] if found else None


def _put(table: dict[str, Any], name: str, value: Any) -> dict[str, Any]:
    *way, last = name.split(".")
    inner = table
    for part in way:
        inner = inner.setdefault(part, {})
    inner[last] = value
    return table
