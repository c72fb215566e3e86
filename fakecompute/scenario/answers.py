"""What a client of a scenario reads in answers: statuses and messages, things and their names, the next page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from fakecompute.kernel.clock import moment
from fakecompute.scenario.workload import NOUNS, Noun
from fakecompute.wsgi.client import Answer


class Met(NamedTuple):
    """What a call came to: a status of HTTP, or one of FAILURES; and the answer, if there is one."""

    status: int | str
    answer: Answer | None

    @property
    def went_well(self) -> bool:
        return isinstance(self.status, int) and self.status < 400

    @property
    def json(self) -> Any:
        return self.answer.json if self.answer is not None else None


def plural_of(told: Mapping[str, Any]) -> str:
    """Which noun a step names."""
    return next(noun for noun in NOUNS if noun in told)


def next_page(body: Any, noun: Noun) -> str | None:
    """Where the next page is: Nova's, Neutron's and Cinder's links, or Glance's `next`."""
    links = body.get(f"{noun.plural}_links", ()) if isinstance(body, dict) else ()
    hrefs = [link["href"] for link in links if link["rel"] == "next"]
    return hrefs[0] if hrefs else (body or {}).get("next")


def services_in(catalog: Iterable[Mapping[str, Any]], region: str) -> frozenset[str]:
    """The services that a catalogue has, by the first word of their addresses."""
    endpoints = (endpoint for entry in catalog for endpoint in entry["endpoints"])
    urls = (urlsplit(endpoint["url"]) for endpoint in endpoints if region in ("", endpoint["region"]))
    return frozenset(url.path.split("/")[1] for url in urls)


def made_at(item: Mapping[str, Any]) -> int | None:
    """None for what does not tell."""
    told = item.get("created") or item.get("created_at")
    return moment(told) if told else None


def unwrapped(item: Mapping[str, Any], noun: Noun) -> dict[str, Any]:
    """Key pairs are wrapped one by one."""
    return dict(item.get(noun.singular, item) if len(item) == 1 else item)


def id_of(item: Mapping[str, Any]) -> str:
    """What its address ends in: some have nothing but a name, and what is read may lack even that."""
    return str(item.get("id") or item.get("name") or item.get("zoneName") or "")


def status_in(item: Mapping[str, Any], noun: Noun) -> str:
    value: Any = item
    for part in noun.status.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return str(value)


def fits(item: Mapping[str, Any], glob: str, noun: Noun) -> bool:
    names = (item.get(noun.name), item.get("id"), item.get("floating_ip_address"))
    return any(name is not None and fnmatchcase(str(name), glob) for name in names)


def said_by(met: Met) -> str:
    """The message of a fault, whichever service's."""
    body = met.json
    inner = next(iter(body.values()), None) if isinstance(body, dict) and body else None
    message = inner.get("message") if isinstance(inner, dict) else None
    return f" ({message})" if message else ""


def words_of(expected: tuple[int | str, ...]) -> str:
    return " or ".join(map(str, expected))
