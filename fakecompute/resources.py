"""The YAML that travels with the package: cloud definitions in `fixtures`, chaos in `scenarios`."""

from importlib import import_module
from pathlib import Path


def version() -> str:
    """The package's own, for floors below its front door."""
    return str(import_module("fakecompute").__version__)


def names(folder: str) -> list[str]:
    """What one may ask `read` for."""
    return sorted(path.stem for path in _home(folder).glob("*.yaml"))


def read(folder: str, name: str) -> tuple[str, str]:
    """The text of a shipped file, and its path for messages about it."""
    if name not in names(folder):  # also keeps a name like "../../etc/x" inside the folder
        raise FileNotFoundError(f"no {name!r} among the {folder}: {', '.join(names(folder)) or 'none here'}")
    path = _home(folder) / f"{name}.yaml"
    return path.read_text("utf-8"), str(path)


def _home(folder: str) -> Path:
    return Path(__file__).with_name(folder).resolve()  # in a checkout a link to the folder at the top
