"""The page /_fakecompute/docs and the document /_fakecompute/openapi.json, both from the declarations."""

from __future__ import annotations

from typing import Any

from fakecompute.faces.control.declaring import Call, control
from fakecompute.faces.control.html import page_of
from fakecompute.faces.control.openapi import document

noun = control.noun("Documentation", "This page, and the same for programs.")


@noun("GET", "/docs", gives="text/html; charset=utf-8", bare=True, public=True)
def show_docs(call: Call) -> bytes:
    """Show this page; it needs no network."""
    return page_of(control, call.environ.get("SCRIPT_NAME", "")).encode()


@noun("GET", "/openapi.json", bare=True, public=True)
def show_openapi(call: Call) -> Any:
    """Give the OpenAPI 3.1 document."""
    return document(control, call.environ.get("SCRIPT_NAME", ""))
