"""WebOb's error page, which several services answer with: HTML, JSON or text, by what the client accepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from http import HTTPStatus
from re import fullmatch, sub
from typing import NamedTuple

import orjson

JSON = "application/json"
PAGE = "{explanation}<br /><br />\n{detail}\n\n"
_HTML = """<html>
 <head>
  <title>{status}</title>
 </head>
 <body>
  <h1>{status}</h1>
  {body}
 </body>
</html>"""
_TITLES = {413: "Request Entity Too Large", 416: "Request Range Not Satisfiable"}  # webob/exc.py


class ErrorPage(NamedTuple):
    """`explanation` is the first sentence, `detail` the second; some statuses have a `template` of their own.

    `errors` is JSON in a service's own words, to whose `detail` the page as text comes: such a service speaks it to
    whom all is welcome.
    """

    status: int
    explanation: str
    detail: str = ""
    template: str = PAGE
    errors: Sequence[Mapping[str, object]] = ()

    def written(self, accept: str) -> tuple[bytes, str]:
        """The body and its content type, for the value of an Accept header."""
        if self.errors and accept in ("", "*/*"):
            accept = JSON
        title = _TITLES.get(self.status) or HTTPStatus(self.status).phrase
        status = f"{self.status} {title}"
        html, json = quality(accept, "text", "html"), quality(accept, "application", "json")
        if html and html >= json:
            body = self.template.format(
                explanation=escape(self.explanation), detail=escape(self.detail), accept=escape(accept)
            )
            return _HTML.format(status=status, body=body).encode(), "text/html; charset=UTF-8"
        plain = self.template.format(explanation=self.explanation, detail=self.detail, accept=accept)
        text = sub("(?s)<.*?>", "", plain.replace("\r", "").replace("\n", " ").replace("<br />", "\n"))
        if json and self.errors:
            return orjson.dumps({"errors": [{**told, "detail": text} for told in self.errors]}), JSON
        if json:
            return orjson.dumps({"message": plain, "code": status, "title": title}), JSON
        return f"{status}\n\n{text}".encode(), "text/plain; charset=UTF-8"


def quality(accept: str, kind: str, form: str) -> float:
    """How much the client wants this type: 0 for not at all.  To whom a header says nothing, all is welcome."""
    if accept and not all("/" in entry for entry in accept.split(",")):
        return 1.0
    wanted = 0.0
    for entry in accept.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        if name in (f"{kind}/{form}", f"{kind}/*", "*/*"):
            quality = next((text[2:] for text in parameters if text.startswith("q=")), "1")
            wanted = max(wanted, float(quality) if fullmatch(r"[01](\.\d*)?", quality) else 0.0)
    return wanted
