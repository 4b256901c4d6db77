"""A small description of an interface, as the tests read it."""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}
WHEN = {"type": "string", "format": "date-time"}
TICKET = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "title": TEXT,
        "createdAt": WHEN,
        "modifiedAt": WHEN,
        "state": {"type": "string", "enum": ["open", "on-hold", "resolved", "odd"]},
        "labels": {"type": "array", "items": TEXT},
        "requester": {"type": "object", "properties": {"id": {"type": "integer"}, "email": TEXT}},
    },
}
COMMENT = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "body": TEXT,
        "author_id": {"type": "integer"},
        "created_at": WHEN,
        "internal": {"type": "boolean"},
    },
}


def answer(schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"description": "fine", "content": {"application/json": {"schema": schema}}}}


def query(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]


DESK: dict[str, Any] = {
    "openapi": "3.0.3",
    "servers": [{"url": "https://{tenant}.desk.example/api", "variables": {"tenant": {"default": "acme"}}}],
    "components": {
        "schemas": {"Ticket": TICKET, "Comment": COMMENT},
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
    },
    "paths": {
        "/spaces/{space}/tickets": {
            "get": {
                "parameters": query("updated_since", "page", "per_page"),
                "responses": answer(
                    {
                        "type": "object",
                        "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Ticket"}}},
                    }
                ),
            }
        },
        "/spaces/{space}/tickets/{ticketId}": {
            "get": {"responses": answer({"properties": {"ticket": {"$ref": "#/components/schemas/Ticket"}}})},
            "patch": {
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"properties": {"labels": TICKET["properties"]["labels"]}}}
                    }
                }
            },
        },
        "/spaces/{space}/tickets/{ticketId}/comments": {
            "get": {"responses": answer({"type": "array", "items": {"$ref": "#/components/schemas/Comment"}})},
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"properties": {"body": TEXT, "internal": {"type": "boolean"}}}}
                    }
                },
                "responses": answer({"$ref": "#/components/schemas/Comment"}),
            },
        },
        "/users": {
            "get": {"responses": answer({"type": "array", "items": {"properties": {"id": {"type": "integer"}}}})}
        },
    },
}
