"""The control API as a page to read: plain HTML of our own, which needs no network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import escape

from fakecompute import resources
from fakecompute.faces.control.declaring import PREFIX, Control, Endpoint
from fakecompute.faces.control.openapi import nothing
from fakecompute.faces.control.shapes import Free, Listed, Shape, Wanted

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --line: #dde2e9; --ground: #fff; --raised: #f5f7fa;
  --accent: #0b63c5; --get: #0f7b4c; --post: #0b63c5; --put: #9a5b00; --patch: #7a4fb5; --delete: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e8ef; --soft: #98a4b3; --line: #2c3541; --ground: #12161c;
  --raised: #1a2028; --accent: #6db0ff; --get: #4cc38a; --post: #6db0ff; --put: #e0a84c; --patch: #b794f4;
  --delete: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
code, pre { font: 13.5px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.page { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 76rem; margin: 0 auto; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem;
  border-right: 1px solid var(--line); }
nav b { display: block; margin: 1rem 0 .2rem; font-size: .8rem; letter-spacing: .05em; text-transform: uppercase;
  color: var(--soft); }
nav a { display: block; padding: .08rem 0; font-size: .9rem; color: inherit; }
main { padding: 2rem 2.5rem 6rem; }
h1 { margin: 0; font-size: 1.8rem; } h2 { margin: 3.5rem 0 .3rem; font-size: 1.35rem; }
h2 + p { margin-top: 0; color: var(--soft); }
article { margin: 1.2rem 0; padding: 1rem 1.2rem; border: 1px solid var(--line); border-radius: 10px; }
h3 { display: flex; gap: .7rem; align-items: baseline; margin: 0; font-size: 1rem; font-weight: 600;
  overflow-wrap: anywhere; }
.method { flex: none; min-width: 4.2rem; padding: .1rem .5rem; border-radius: 6px; text-align: center;
  color: var(--ground); font: 600 12px/1.6 ui-monospace, monospace; }
.GET { background: var(--get); } .POST { background: var(--post); } .PUT { background: var(--put); }
.PATCH { background: var(--patch); } .DELETE { background: var(--delete); }
article p { margin: .5rem 0; } h4 { margin: .9rem 0 .2rem; font-size: .85rem; color: var(--soft); }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
td { padding: .3rem .8rem .3rem 0; border-top: 1px solid var(--line); vertical-align: top; }
td:first-child { width: 10rem; } td:nth-child(2) { width: 11rem; color: var(--soft); }
pre { margin: .3rem 0; padding: .7rem .9rem; overflow-x: auto; background: var(--raised); border-radius: 8px; }
summary { cursor: pointer; font-size: .85rem; color: var(--soft); } .needed { color: var(--delete); }
@media (max-width: 52rem) { .page { display: block; } nav { position: static; height: auto; border: 0; }
  main { padding: 1rem; } td:first-child, td:nth-child(2) { width: auto; } }
"""


def page_of(control: Control, prefix: str = "") -> str:
    """The whole page; `prefix` is what stands before the addresses: /clouds/NAME."""
    nav = "".join(_links(control))
    chapters = "".join(_chapters(control, prefix))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>fakecompute control API</title><style>{STYLE}</style></head><body><div class=page>"
        f"<nav><a href=#top><strong>fakecompute control API</strong></a>{nav}</nav>"
        f"<main id=top><h1>Control API</h1>{_about(prefix)}{chapters}</main></div></body></html>\n"
    )


def _about(prefix: str) -> str:
    where = f"This is the cloud <code>{escape(prefix)}</code>. " if prefix else ""
    return (
        f"<p>fakecompute {escape(resources.version())}. {where}Time, faults, events, snapshots, and what happened. "
        f"The same for programs: <a href=openapi.json>openapi.json</a>; on the command line: "
        "<code>fakecompute ctl --help</code>. The cloud called NAME has its own below <code>/clouds/NAME</code>.</p>"
        "<p>Bodies are JSON, or YAML with <code>Content-Type: application/yaml</code>. Durations are <code>90s</code>, "
        "<code>300ms</code>, <code>10m</code>, <code>2h</code>, or seconds. A server that listens beyond its own "
        "machine wants <code>Authorization: Bearer TOKEN</code>. Every refusal says what to do:</p>"
        '<pre>{"error": {"status": 409, "message": "...", "hint": "what to do", "mistakes": ["..."]}}</pre>'
    )


def _links(control: Control) -> Iterator[str]:
    for noun in control.nouns:
        yield f"<b>{escape(noun)}</b>"
        for one in _of(control, noun):
            yield f"<a href=#{one.operation}>{_short(one.summary)}</a>"


def _short(sentence: str) -> str:
    """Its beginning."""
    return escape(re.split(r"[.,;:]", sentence)[0].replace("`", ""))


def _chapters(control: Control, prefix: str) -> Iterator[str]:
    for noun, text in control.nouns.items():
        yield f"<h2>{escape(noun)}</h2><p>{_prose(text)}</p>"
        for one in _of(control, noun):
            yield _article(one, prefix)


def _of(control: Control, noun: str) -> Iterable[Endpoint]:
    return (one for one in control.endpoints if one.noun == noun)


def _article(one: Endpoint, prefix: str) -> str:
    path = escape(prefix + PREFIX + one.template)
    title = f"<h3><span class='method {one.method}'>{one.method}</span><code>{path}</code></h3>"
    parts = [title, f"<p>{_prose(one.summary)}</p>"]
    if one.description:
        parts += [f"<p>{_prose(text)}</p>" for text in re.split(r"\n\s*\n", one.description)]
    if one.query is not None or one.any_query:
        parts.append("<h4>Query</h4>" + _query(one))
    if one.octets:
        parts.append("<h4>Body</h4><p>The bytes of a file of state.</p>")
    elif one.body is not None:
        parts.append("<h4>Body</h4>" + "".join(_properties(shape) for shape in _choices(one.body.shape)))
    parts.append(_example(one, prefix))
    if answer := _answer(one):
        parts.append(f"<details><summary>Answer</summary>{answer}</details>")
    return f"<article id={one.operation}>{''.join(parts)}</article>"


def _query(one: Endpoint) -> str:
    shape = one.query.shape if isinstance(one.query, Wanted) else {"properties": {}}
    free = {"FIELD": {"type": "string", "description": "a glob that the field fits"}} if one.any_query else {}
    return _properties({**shape, "properties": {**shape["properties"], **free}})


def _choices(shape: Shape) -> list[Shape]:
    """What is not a list of the others."""
    return [choice for choice in shape.get("oneOf", [shape]) if choice.get("type") != "array"] or [shape]


def _properties(shape: Shape, *, asked: bool = True) -> str:
    """Keys, with a star at those that must be sent."""
    needed = shape.get("required", ()) if asked else ()
    rows = [
        f"<tr><td><code>{escape(name)}</code>{'<span class=needed> *</span>' if name in needed else ''}</td>"
        f"<td>{escape(_kind(inner))}</td><td>{_prose(inner.get('description', ''))}</td></tr>"
        for name, inner in shape.get("properties", {}).items()
    ]
    return f"<table>{''.join(rows)}</table>" if rows else "<p>Nothing, or <code>{}</code>.</p>"


def _kind(shape: Shape) -> str:
    """What a value is, in a word or two."""
    if "enum" in shape:
        return " | ".join(map(str, shape["enum"]))
    if "$ref" in shape:
        return str(shape["$ref"].rpartition("/")[2])
    if "oneOf" in shape:
        return "one of several"
    kind = shape.get("type", "anything")
    if kind == "array":
        return f"list of {_kind(shape.get('items', {}))}"
    if shape.get("examples"):
        return "duration"
    return shape.get("format") or (" or ".join(kind) if isinstance(kind, list) else str(kind))


def _example(one: Endpoint, prefix: str) -> str:
    path = re.sub(r"\{\w+\}", "NAME", prefix + PREFIX + one.template)
    words = ["curl"]
    if one.method != "GET":
        words.append(f"-X {one.method}")
    if one.gives == "text/event-stream":
        words.append("-N")
    words.append(f"http://127.0.0.1:8774{path}")
    if one.example is not None:
        words.append(f"-d '{json.dumps(one.example)}'")
    if one.octets:
        words.append("--data-binary @cloud.state")
    lines = [" ".join(words)] + ([f"fakecompute ctl {one.ctl}"] if one.ctl else [])
    return f"<pre>{escape(chr(10).join(lines))}</pre>"


def _answer(one: Endpoint) -> str:
    if nothing(one):
        return "<p>204, nothing.</p>"
    if isinstance(one.answers, Free):
        return f"<p>{_prose(one.answers.shape['description'])}</p>"
    if isinstance(one.answers, Listed):
        inner = (
            _properties(one.answers.item.shape, asked=False) if not isinstance(one.answers.item, Free) else ""
        )
        return (
            _properties(one.answers.shape, asked=False) + f"<h4>{escape(one.answers.item.name)}</h4>{inner}"
        )
    if one.answers is not None:
        return _properties(one.answers.shape, asked=False)
    return "" if one.gives == "application/json" else f"<p><code>{escape(one.gives)}</code></p>"


def _prose(text: str) -> str:
    """`code` in a sentence."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(" ".join(text.split()), quote=False))
