"""A verdict as CI systems read the results of tests: the XML of JUnit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from fakecompute.kernel.clock import SECOND
from fakecompute.scenario.expectations import FINDINGS, Finding

if TYPE_CHECKING:
    from fakecompute.faces.judging import Verdict

UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # not in XML, however written


def junit(verdict: Verdict) -> bytes:
    """One test that is the command, and one for each kind of finding."""
    kinds: dict[str, list[Finding]] = {}
    for finding in verdict.findings:
        kinds.setdefault(finding.kind, []).append(finding)
    counts = {
        "tests": str(1 + len(kinds)),
        "failures": str(len(kinds) + bool(verdict.code)),
        "errors": "0",
        "time": f"{verdict.seconds:.3f}",
    }
    suites = ElementTree.Element("testsuites", {"name": "fakecompute", **counts})
    suite = _inside(suites, "testsuite", {"name": f"fakecompute {verdict.scenario}", **counts, "skipped": "0"})
    own = _case(suite, verdict, " ".join(verdict.command), verdict.seconds)
    if verdict.code:
        _inside(own, "failure", {"message": f"exit code {verdict.code}", "type": "exit code"})
    for kind, found in kinds.items():
        _fail(_case(suite, verdict, FINDINGS[kind], 0.0), kind, found)
    ElementTree.indent(suites)
    text: bytes = ElementTree.tostring(suites, "utf-8", xml_declaration=True)
    return text + b"\n"


def _case(suite: ElementTree.Element, verdict: Verdict, name: str, seconds: float) -> ElementTree.Element:
    told = {"classname": f"fakecompute.{verdict.scenario}", "name": name, "time": f"{seconds:.3f}"}
    return _inside(suite, "testcase", told)


def _fail(case: ElementTree.Element, kind: str, found: Sequence[Finding]) -> None:
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    failure = _inside(case, "failure", {"message": found[0].text + more, "type": kind})
    lines = [f"{finding.at / SECOND:.3f} s: {finding.text}" for finding in found]
    failure.text = UNSPEAKABLE.sub("\ufffd", "\n".join(lines))


def _inside(parent: ElementTree.Element, tag: str, told: Mapping[str, str]) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, {key: UNSPEAKABLE.sub("\ufffd", value) for key, value in told.items()})
