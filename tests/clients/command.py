"""The `openstack` command against `fakecompute serve`: two processes and a socket between them.

The command takes seconds to start, so that most of what is tested is one session of it, fed through its standard
input: whole (`session`) or line by line, as a test goes on (`Shell`).  Processes of their own are for exit codes and
for what goes wrong.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

ROOT = Path(__file__).parents[2]
SERVE = [sys.executable, "-c", "from fakecompute.faces.cli import main; main()", "serve", "--port", "0"]
OPENSTACK = shutil.which("openstack", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
LONG = 1800  # seconds after which a process is given up that nobody has ended
PROMPT = "--- what comes next?"


@contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[Path]:
    """A folder with the clouds.yaml of a cloud that is being served, in which nothing takes long."""
    (folder / "cloud.yaml").write_text(json.dumps({"extends": "default", "settings": settings}))
    server: Any = subprocess.Popen(
        [*SERVE, "--timing", "instant", "--cloud", "cloud.yaml"],
        cwd=folder,
        env=PLAIN | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    too_long = Timer(LONG, server.kill)
    too_long.start()
    assert re.search(r"http://\S+:\d+", server.stdout.readline())
    yield folder
    too_long.cancel()
    server.terminate()
    server.communicate(timeout=20)


def openstack(home: Path, *words: str, input: str = "", user: str = "fakecompute", **more: Any) -> Any:
    """Run the command: its words, or a session of several lines."""
    assert OPENSTACK, "the openstack command is not installed: pip install 'fakecompute[clients]'"
    env = PLAIN | {"OS_CLOUD": user, "COLUMNS": "200"}
    return subprocess.run(
        [OPENSTACK, *words],
        cwd=home,
        env=env,
        **more or {"input": input},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def openstack_of_a_terminal(home: Path, *words: str) -> Any:
    """Run the command as people do: it does not look for data in its standard input, for that is a keyboard."""
    keyboard, terminal = os.openpty()
    try:
        return openstack(home, *words, stdin=terminal)
    finally:
        os.close(keyboard)
        os.close(terminal)


def documents(text: str) -> Iterator[Any]:
    """The JSON in an output, among other words."""
    decoder, place = json.JSONDecoder(), 0
    while found := re.compile(r"^[\[{]", re.MULTILINE).search(text, place):
        document, place = decoder.raw_decode(text, found.start())
        yield document


def session(home: Path, lines: str, user: str = "fakecompute") -> dict[str, Any]:
    """What a session shows: each line is a name, two spaces or more, and a command.

    The JSON that a command prints goes by its name; `-` is the name of those that print none.  What was said of
    errors is there as `errors`.
    """
    parts = [line.split("  ", 1) for line in map(str.strip, lines.strip().splitlines())]
    asked = [(name, command.strip() + (" -f json" if name != "-" else "")) for name, command in parts]
    done = openstack(home, input="\n".join(command for _, command in asked), user=user)
    names = [name for name, _ in asked if name != "-"]
    shown = list(documents(done.stdout))
    assert len(shown) == len(names), done.stderr
    return dict(zip(names, shown, strict=True)) | {"errors": done.stderr}


def column(rows: list[dict[str, Any]], name: str = "Name") -> set[Any]:
    """What stands in one column of a list that a command has shown."""
    return {row[name] for row in rows}


class Shell:
    """The command, waiting for the next line of a session: milliseconds for each, where a process takes seconds."""

    def __init__(self, home: Path, user: str) -> None:
        assert OPENSTACK, "the openstack command is not installed: pip install 'fakecompute[clients]'"
        env = PLAIN | {"OS_CLOUD": user, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        self.process: Any = subprocess.Popen([OPENSTACK], cwd=home, env=env, text=True, **pipes)
        self.too_long = Timer(LONG, self.process.kill)
        self.too_long.start()

    def said(self, line: str) -> str:
        """What a command prints, errors too."""
        self.process.stdin.write(f"{line}\n!echo {PROMPT}\n")
        self.process.stdin.flush()
        lines: list[str] = []
        for said in self.process.stdout:
            if said.strip() == PROMPT:
                return "".join(lines).strip()
            lines.append(said)
        raise AssertionError(f"{line}: the command is over: {''.join(lines)}")

    def show(self, line: str) -> Any:
        """What a command shows, a dict or a list of them."""
        said = self.said(f"{line} -f json")
        try:
            return json.loads(said)
        except ValueError:
            raise AssertionError(f"{line}: {said}") from None

    def do(self, line: str) -> None:
        """A command that has nothing to say, unless something goes wrong."""
        if said := self.said(line):
            raise AssertionError(f"{line}: {said}")

    def end(self) -> None:
        self.too_long.cancel()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=20)


@contextmanager
def shell(home: Path, user: str = "fakecompute") -> Iterator[Shell]:
    """A session of one's own with a cloud that is being served."""
    begun = Shell(home, user)
    try:
        yield begun
    finally:
        begun.end()
