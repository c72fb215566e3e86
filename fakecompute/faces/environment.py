"""How clients are told where a cloud is: `clouds.yaml`, and the `OS_*` variables of a shell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from shlex import quote
from typing import NamedTuple

import yaml

from fakecompute.cloud import Cloud
from fakecompute.domain.records.identity import Project, User

REGION = "RegionOne"
OURS = "# Written by fakecompute, and written anew whenever it serves.\n"

# what an entry of clouds.yaml is called, by the user it logs in
# fmt: off
SUFFIXES = {
    "demo":     "",
    "admin":    "-admin",
    "alt_demo": "-alt",
}
# fmt: on


class Login(NamedTuple):
    """Who logs in where."""

    auth_url: str
    username: str
    password: str
    project_name: str

    def auth(self) -> dict[str, str]:
        """The `auth` of an entry in clouds.yaml; users and projects are of the default domain."""
        return {**self._asdict(), "user_domain_id": "default", "project_domain_id": "default"}

    def variables(self) -> dict[str, str]:
        """The same for the environment of a process."""
        named = {f"OS_{name.upper()}": value for name, value in self.auth().items()}
        return {**named, "OS_REGION_NAME": REGION, "OS_IDENTITY_API_VERSION": "3"}


def auth_url(base: str) -> str:
    return f"{base.rstrip('/')}/identity/v3"


def logins(cloud: Cloud, base: str) -> dict[str, Login]:
    """Every user of the cloud that has a project, by name."""
    return {
        user.name: Login(auth_url(base), user.name, user.password or "", project.name)
        for user in sorted(cloud.store.all(User), key=lambda user: user.name)
        if (project := cloud.store.find(Project, user.default_project_id))
    }


def entries(clouds: Mapping[str, Cloud], base: str) -> dict[str, Login]:
    """The entries of clouds.yaml: `fakecompute` and its kin for the cloud "", `NAME` and its kin for the others."""
    return dict(_entries(clouds, base))


def _entries(clouds: Mapping[str, Cloud], base: str) -> Iterator[tuple[str, Login]]:
    for name, cloud in clouds.items():
        known = logins(cloud, f"{base}/clouds/{name}" if name else base)
        usual = {suffix: known[user] for user, suffix in SUFFIXES.items() if user in known}
        for suffix, login in usual.items() or [("", login) for login in list(known.values())[:1]]:
            yield (name or "fakecompute") + suffix, login


def clouds_yaml(logins: Mapping[str, Login]) -> str:
    """The text of a clouds.yaml."""
    clouds = {
        name: {"auth": login.auth(), "region_name": REGION, "identity_api_version": 3}
        for name, login in logins.items()
    }
    return OURS + yaml.safe_dump({"clouds": clouds}, sort_keys=False)


def write_clouds_yaml(path: Path, logins: Mapping[str, Login]) -> None:
    """FileExistsError if there is one that fakecompute did not write; other OSErrors as they come."""
    try:
        foreign = not path.read_text("utf-8").startswith(OURS)
    except FileNotFoundError:
        foreign = False
    except UnicodeDecodeError:
        foreign = True
    if foreign:
        raise FileExistsError(f"{path} was not written by fakecompute, and is left as it is")
    path.write_text(clouds_yaml(logins), "utf-8")


def exports(variables: Mapping[str, str]) -> str:
    """Lines for a shell."""
    return "".join(f"export {name}={quote(value)}\n" for name, value in variables.items())
