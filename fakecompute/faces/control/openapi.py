"""The control API as an OpenAPI 3.1 document, made from its declarations."""

from __future__ import annotations

from typing import Any

from fakecompute import resources
from fakecompute.faces.control.declaring import PREFIX, Control, Endpoint
from fakecompute.faces.control.shapes import TEXT, View, Whole, described

ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["status", "message", "hint"],
            "properties": {
                "status": {"type": "integer", "description": "that of the answer"},
                "message": {"type": "string", "description": "what is wrong"},
                "hint": {"type": "string", "description": "what to do"},
                "mistakes": {
                    "type": "array",
                    "items": {"type": "string"},
                    "description": "of a request that is wrong: each, with its place",
                },
            },
        }
    },
}
TEXT_ABOUT = (
    "Time, faults, events, snapshots, and what happened, of a cloud that fakecompute serves. For the cloud called NAME "
    "everything is below /clouds/NAME. A server that listens beyond this machine wants a token."
)


def document(control: Control, prefix: str = "") -> dict[str, Any]:
    """`prefix` is what stands before the addresses: /clouds/NAME."""
    paths: dict[str, Any] = {}
    for endpoint in control.endpoints:
        paths.setdefault(PREFIX + endpoint.template, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "fakecompute control API",
            "version": resources.version(),
            "description": TEXT_ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": prefix or "/"}],
        "security": [{}, {"token": []}],
        "tags": [{"name": name, "description": text} for name, text in control.nouns.items()],
        "paths": paths,
        "components": {
            "schemas": {**{view.name: view.shape for view in views(control)}, "Error": ERROR},
            "responses": {
                "Error": {
                    "description": "A refusal: what is wrong, and what to do.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
                }
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def views(control: Control) -> list[View]:
    """All that answers show, each once."""
    found: dict[str, View] = {}
    for endpoint in control.endpoints:
        view = (
            endpoint.answers
            if isinstance(endpoint.answers, View)
            else getattr(endpoint.answers, "item", None)
        )
        if view is not None:
            found[view.name] = view
    return list(found.values())


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": endpoint.operation,
        "tags": [endpoint.noun],
        "summary": endpoint.summary,
        "responses": {
            str(_success(endpoint)): _answer(endpoint),
            "default": {"$ref": "#/components/responses/Error"},
        },
    }
    if endpoint.description:
        told["description"] = endpoint.description
    if parameters := _parameters(endpoint):
        told["parameters"] = parameters
    if body := _body(endpoint):
        told["requestBody"] = body
    if endpoint.public:
        told["security"] = []
    return told


def _success(endpoint: Endpoint) -> int:
    return 204 if nothing(endpoint) else endpoint.success


def nothing(endpoint: Endpoint) -> bool:
    """Has its answer no body?"""
    return endpoint.answers is None and endpoint.method == "DELETE"


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    path = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in endpoint.parameters]
    query = [
        {"name": one.name, "in": "query", "description": one.text, "schema": one.shape}
        for one in (endpoint.query.fields if endpoint.query else ())
    ]
    if endpoint.any_query:
        free = {"type": "object", "additionalProperties": TEXT}
        query.append({"name": "field", "in": "query", "description": "field=glob", "schema": free})
    return path + query


def _body(endpoint: Endpoint) -> dict[str, Any] | None:
    if endpoint.octets:
        binary = {"application/octet-stream": {"schema": {"contentMediaType": "application/octet-stream"}}}
        return {"required": True, "content": binary}
    if endpoint.body is None:
        return None
    told: dict[str, Any] = {"schema": endpoint.body.shape}
    if endpoint.example is not None:
        told["example"] = endpoint.example
    required = isinstance(endpoint.body, Whole) or any(one.required for one in endpoint.body.fields)
    return {"required": required, "content": {"application/json": told, "application/yaml": told}}


def _answer(endpoint: Endpoint) -> dict[str, Any]:
    told: dict[str, Any] = {"description": endpoint.summary}
    if nothing(endpoint):
        return told
    if isinstance(endpoint.answers, View):
        schema = {"$ref": f"#/components/schemas/{endpoint.answers.name}"}
    elif endpoint.answers is not None:
        schema = endpoint.answers.shape
    elif endpoint.gives.startswith("text/"):
        schema = TEXT
    else:
        schema = described({}, "bytes") if endpoint.gives == "application/octet-stream" else {}
    told["content"] = {endpoint.gives.partition(";")[0]: {"schema": schema}}
    return told
