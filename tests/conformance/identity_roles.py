"""Who may do what in Keystone: a small world, its callers, and what each of them asks of it.

The same is asked of a real Keystone (`ask_identity_roles.py` writes down what it answers) and of this one
(`tests/services/identity/test_roles_and_scopes.py` compares).  A `Keystone` here is anything with
`ask(method, path, body, token, headers) -> (status, json, headers)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, NamedTuple

Ask = Callable[..., tuple[int, Any, dict[str, str]]]

ROLES = ("admin", "manager", "member", "reader", "service")
SCOPES = ("project", "domain", "system")
CALLERS = (*(f"{role}/{scope}" for role in ROLES for scope in SCOPES), "member/none", "nobody")


class Row(NamedTuple):
    """One thing to ask, of what is the callers' own or of another's: `{project}` is a project, `{+user}` a new user."""

    method: str
    path: str
    body: str = ""
    places: tuple[str, ...] = ("own", "other")

    def __str__(self) -> str:
        return f"{self.method} {self.path}" + (f" {self.body}" if self.body else "")


def rows() -> Iterator[Row]:
    for line in TABLE.strip().splitlines():
        method, path, *rest = line.split()
        placed = "{" in path or rest
        yield Row(method, path, rest[0] if rest else "", ("own", "other") if placed else ("own",))


# fmt: off
TABLE = """
GET    /domains
POST   /domains                                               domain
GET    /domains/{domain}
PATCH  /domains/{+domain}                                     domain
DELETE /domains/{+domain}
GET    /domains/{+configured}/config
PUT    /domains/{+domain}/config                              config
PATCH  /domains/{+configured}/config                          config
DELETE /domains/{+configured}/config
GET    /domains/config/default
GET    /domains/default/config/security_compliance
GET    /projects
POST   /projects                                              project
GET    /projects/{project}
PATCH  /projects/{+project}                                   project
DELETE /projects/{+project}
GET    /projects/{project}/tags
PUT    /projects/{+project}/tags                              tags
DELETE /projects/{+project}/tags
PUT    /projects/{+project}/tags/x
GET    /projects/{tagged}/tags/x
DELETE /projects/{+tagged}/tags/x
GET    /users
POST   /users                                                 user
GET    /users/{user}
GET    /users/{me}
PATCH  /users/{+user}                                         user
DELETE /users/{+user}
GET    /users/{user}/projects
GET    /users/{me}/projects
GET    /users/{user}/groups
GET    /users/{me}/groups
GET    /groups
POST   /groups                                                group
GET    /groups/{group}
PATCH  /groups/{+group}                                       group
DELETE /groups/{+group}
GET    /groups/{group}/users
PUT    /groups/{group}/users/{+user}
GET    /groups/{group}/users/{user}
DELETE /groups/{group}/users/{+joined}
GET    /roles
POST   /roles                                                 role
GET    /roles/{role.member}
GET    /roles/{role.admin}
GET    /roles/{+role}
PATCH  /roles/{+role}                                         role
DELETE /roles/{+role}
POST   /roles                                                 domain_role
GET    /roles?domain_id={domain}
GET    /roles/{+domain_role}
PATCH  /roles/{+domain_role}                                  role
DELETE /roles/{+domain_role}
GET    /role_inferences
GET    /roles/{role.admin}/implies
GET    /roles/{role.admin}/implies/{role.manager}
HEAD   /roles/{role.admin}/implies/{role.manager}
PUT    /roles/{+role}/implies/{role.reader}
DELETE /roles/{+implying}/implies/{role.reader}
GET    /role_assignments
GET    /role_assignments?scope.project.id={project}
GET    /role_assignments?scope.project.id={project}&include_subtree
GET    /projects/{project}/users/{user}/roles
GET    /projects/{project}/users/{user}/roles/{role.reader}
PUT    /projects/{project}/users/{user}/roles/{role.member}
PUT    /projects/{project}/users/{user}/roles/{role.admin}
DELETE /projects/{project}/users/{user}/roles/{role.member}
GET    /projects/{project}/groups/{group}/roles
PUT    /projects/{project}/groups/{group}/roles/{role.member}
DELETE /projects/{project}/groups/{group}/roles/{role.manager}
GET    /domains/{domain}/users/{user}/roles
GET    /domains/{domain}/users/{user}/roles/{role.reader}
PUT    /domains/{domain}/users/{user}/roles/{role.member}
PUT    /domains/{domain}/users/{user}/roles/{role.service}
DELETE /domains/{domain}/users/{user}/roles/{role.manager}
GET    /domains/{domain}/groups/{group}/roles
PUT    /domains/{domain}/groups/{group}/roles/{role.member}
GET    /OS-INHERIT/domains/{domain}/users/{user}/roles/inherited_to_projects
GET    /OS-INHERIT/domains/{domain}/users/{user}/roles/{role.reader}/inherited_to_projects
PUT    /OS-INHERIT/domains/{domain}/users/{user}/roles/{role.member}/inherited_to_projects
DELETE /OS-INHERIT/domains/{domain}/users/{user}/roles/{role.manager}/inherited_to_projects
PUT    /OS-INHERIT/domains/{domain}/groups/{group}/roles/{role.member}/inherited_to_projects
GET    /OS-INHERIT/projects/{project}/users/{user}/roles/{role.reader}/inherited_to_projects
PUT    /OS-INHERIT/projects/{project}/users/{user}/roles/{role.member}/inherited_to_projects
DELETE /OS-INHERIT/projects/{project}/groups/{group}/roles/{role.manager}/inherited_to_projects
GET    /system/users/{user}/roles
GET    /system/users/{user}/roles/{role.reader}
PUT    /system/users/{+user}/roles/{role.member}
DELETE /system/users/{user}/roles/{role.manager}
GET    /system/groups/{group}/roles
GET    /system/groups/{group}/roles/{role.reader}
PUT    /system/groups/{+group}/roles/{role.member}
DELETE /system/groups/{group}/roles/{role.manager}
GET    /auth/projects
GET    /auth/domains
GET    /auth/system
GET    /auth/catalog
GET    /services
POST   /services                                              service
GET    /services/{+service}
PATCH  /services/{+service}                                   service
DELETE /services/{+service}
GET    /endpoints
POST   /endpoints                                             endpoint
GET    /endpoints/{+endpoint}
PATCH  /endpoints/{+endpoint}                                 endpoint_change
DELETE /endpoints/{+endpoint}
GET    /regions
POST   /regions                                               region
GET    /regions/{+region}
PATCH  /regions/{+region}                                     region
DELETE /regions/{+region}
GET    /registered_limits
POST   /registered_limits                                     registered_limits
GET    /registered_limits/{+registered_limit}
PATCH  /registered_limits/{+registered_limit}                 registered_limit
DELETE /registered_limits/{+registered_limit}
GET    /limits
GET    /limits/model
POST   /limits                                                limits
GET    /limits/{+limit}
GET    /limits/{+domain_limit}
PATCH  /limits/{+limit}                                       limit
DELETE /limits/{+limit}
GET    /policies
POST   /policies                                              policy
GET    /policies/{+policy}
PATCH  /policies/{+policy}                                    policy
DELETE /policies/{+policy}
GET    /credentials
POST   /credentials                                           credential
POST   /credentials                                           own_credential
GET    /credentials/{+credential}
PATCH  /credentials/{+credential}                             credential_change
DELETE /credentials/{+credential}
GET    /users/{user}/credentials/OS-EC2
GET    /users/{me}/credentials/OS-EC2
POST   /users/{user}/credentials/OS-EC2                       ec2
POST   /users/{me}/credentials/OS-EC2                         ec2
GET    /users/{user}/application_credentials
GET    /users/{me}/application_credentials
POST   /users/{user}/application_credentials                  application_credential
POST   /users/{me}/application_credentials                    application_credential
GET    /users/{user}/access_rules
GET    /users/{me}/access_rules
GET    /OS-TRUST/trusts
POST   /OS-TRUST/trusts                                       trust
POST   /OS-TRUST/trusts                                       own_trust
GET    /OS-TRUST/trusts?trustor_user_id={user}
GET    /OS-TRUST/trusts?trustor_user_id={me}
GET    /OS-FEDERATION/identity_providers
GET    /OS-FEDERATION/mappings
GET    /OS-FEDERATION/service_providers
GET    /OS-EP-FILTER/endpoint_groups
GET    /OS-REVOKE/events
"""
# fmt: on


class World:
    """Two domains alike, `own` and `other`, with a project, a group and a user each; and the callers, who are of `own`."""

    def __init__(self, ask: Ask, admin_project: str = "admin", password: str = "secret", prefix: str = "m") -> None:
        self._ask, self.prefix = ask, prefix
        self._numbers = count()
        self.admin = self._login("admin", "default", password, {"project": {"name": admin_project, "domain": {"id": "default"}}})
        self.roles = {role["name"]: role["id"] for role in self._get("/roles")["roles"]}
        self.things: dict[str, dict[str, str]] = {}
        for place in "own", "other":
            self.things[place] = self._place()
        self.me: dict[str, str] = {}
        self.tokens: dict[str, str | None] = {"nobody": None}
        for role in ROLES:
            self._caller(role)

    # --- making

    def _name(self) -> str:
        return f"{self.prefix}{next(self._numbers)}"

    def _do(self, method: str, path: str, body: Any = None) -> Any:
        status, shown, _ = self._ask(method, path, body, self.admin)
        assert status < 300, (method, path, body, status, shown)
        return shown

    def _get(self, path: str) -> Any:
        return self._do("GET", path)

    def _make(self, kind: str, wish: dict[str, Any], path: str | None = None) -> str:
        return str(self._do("POST", path or f"/{kind}s", {kind: wish})[kind]["id"])

    def _login(self, name: str, domain: str, password: str, scope: Any) -> str:
        user = {"name": name, "domain": {"id": domain}, "password": password}
        auth = {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}
        status, shown, headers = self._ask("POST", "/auth/tokens", {"auth": auth}, None)
        assert status == 201, shown
        return next(value for key, value in headers.items() if key.lower() == "x-subject-token")

    def _place(self) -> dict[str, str]:
        made = {"domain": self._make("domain", {"name": self._name()})}
        home = {"domain_id": made["domain"]}
        made["project"] = self._make("project", {"name": self._name(), **home})
        made["tagged"] = self._make("project", {"name": self._name(), "tags": ["x"], **home})
        made["user"] = self._make("user", {"name": self._name(), "password": "secret", **home})
        made["group"] = self._make("group", {"name": self._name(), **home})
        self._do("PUT", f"/groups/{made['group']}/users/{made['user']}")
        for role in "reader", "member", "manager":
            for actor in f"users/{made['user']}", f"groups/{made['group']}":
                way = f"{actor}/roles/{self.roles[role]}"
                for target in f"/projects/{made['project']}", f"/domains/{made['domain']}":
                    self._do("PUT", f"{target}/{way}")
                    self._do("PUT", f"/OS-INHERIT{target}/{way}/inherited_to_projects")
                self._do("PUT", f"/system/{way}")
        return made

    def _caller(self, role: str) -> None:
        own, name = self.things["own"], self._name()
        user = self._make("user", {"name": name, "password": "secret", "domain_id": own["domain"]})
        way = f"users/{user}/roles/{self.roles[role]}"
        for target in f"/projects/{own['project']}", f"/domains/{own['domain']}", "/system":
            self._do("PUT", f"{target}/{way}")
        scopes = {
            "project": {"project": {"id": own["project"]}},
            "domain": {"domain": {"id": own["domain"]}},
            "system": {"system": {"all": True}},
        }
        for scope, wanted in scopes.items():
            self._remember(f"{role}/{scope}", user, self._login(name, own["domain"], "secret", wanted))
        if role == "member":
            self._remember("member/none", user, self._login(name, own["domain"], "secret", "unscoped"))

    def _remember(self, caller: str, user: str, token: str) -> None:
        self.me[caller], self.tokens[caller] = user, token

    # --- asking

    def status(self, row: Row, place: str, caller: str) -> int:
        """What a caller is answered; what the row wants new is made before."""
        things = self.things[place]
        me = self.me.get(caller, self.me["reader/project"])

        def filled(match: re.Match[str]) -> str:
            name = match[1]
            if name.startswith("+"):
                made: str = getattr(self, f"new_{name[1:]}")(things)
                return made
            if name.startswith("role."):
                return self.roles[name[5:]]
            return me if name == "me" else things[name]

        path = re.sub(r"{([^}]*)}", filled, row.path)
        if row.method == "DELETE" and "/roles/" in path and "/implies" not in path:
            self._again(path)
        body = getattr(self, f"body_{row.body}")(things, me) if row.body else None
        status, _, _ = self._ask(row.method, path, body, self.tokens[caller])
        return status

    def _again(self, path: str) -> None:
        """What somebody may have taken away before."""
        self._ask("PUT", path, None, self.admin)

    # --- new things

    def new_domain(self, things: dict[str, str]) -> str:
        return self._make("domain", {"name": self._name(), "enabled": False})

    def new_configured(self, things: dict[str, str]) -> str:
        domain = self.new_domain(things)
        self._do("PUT", f"/domains/{domain}/config", self.body_config(things, ""))
        return domain

    def new_project(self, things: dict[str, str]) -> str:
        return self._make("project", {"name": self._name(), "domain_id": things["domain"]})

    def new_tagged(self, things: dict[str, str]) -> str:
        return self._make("project", {"name": self._name(), "domain_id": things["domain"], "tags": ["x"]})

    def new_user(self, things: dict[str, str]) -> str:
        return self._make("user", {"name": self._name(), "domain_id": things["domain"]})

    def new_joined(self, things: dict[str, str]) -> str:
        user = self.new_user(things)
        self._do("PUT", f"/groups/{things['group']}/users/{user}")
        return user

    def new_group(self, things: dict[str, str]) -> str:
        return self._make("group", {"name": self._name(), "domain_id": things["domain"]})

    def new_role(self, things: dict[str, str]) -> str:
        return self._make("role", {"name": self._name()})

    def new_domain_role(self, things: dict[str, str]) -> str:
        return self._make("role", {"name": self._name(), "domain_id": things["domain"]})

    def new_implying(self, things: dict[str, str]) -> str:
        role = self.new_role(things)
        self._do("PUT", f"/roles/{role}/implies/{self.roles['reader']}")
        return role

    def new_service(self, things: dict[str, str]) -> str:
        return self._make("service", {"type": self._name(), "name": "x"})

    def new_endpoint(self, things: dict[str, str]) -> str:
        return self._make("endpoint", self.body_endpoint(things, "")["endpoint"])

    def new_region(self, things: dict[str, str]) -> str:
        return self._make("region", {"id": self._name()})

    def new_registered_limit(self, things: dict[str, str]) -> str:
        made = self._do("POST", "/registered_limits", self.body_registered_limits(things, ""))
        return str(made["registered_limits"][0]["id"])

    def _limit(self, things: dict[str, str], **of: str) -> dict[str, Any]:
        wish = self.body_registered_limits(things, "")["registered_limits"][0]
        self._do("POST", "/registered_limits", {"registered_limits": [wish]})
        service, name = wish["service_id"], wish["resource_name"]
        return {"service_id": service, "resource_name": name, "resource_limit": 5, **of}

    def new_limit(self, things: dict[str, str]) -> str:
        made = self._do("POST", "/limits", {"limits": [self._limit(things, project_id=things["project"])]})
        return str(made["limits"][0]["id"])

    def new_domain_limit(self, things: dict[str, str]) -> str:
        made = self._do("POST", "/limits", {"limits": [self._limit(things, domain_id=things["domain"])]})
        return str(made["limits"][0]["id"])

    def new_policy(self, things: dict[str, str]) -> str:
        return self._make("policy", self.body_policy(things, "")["policy"], "/policies")

    def new_credential(self, things: dict[str, str]) -> str:
        return self._make("credential", self.body_credential(things, "")["credential"])

    # --- bodies

    def body_domain(self, things: dict[str, str], me: str) -> Any:
        return {"domain": {"name": self._name()}}

    def body_config(self, things: dict[str, str], me: str) -> Any:
        return {"config": {"ldap": {"url": "ldap://example.org"}}}

    def body_project(self, things: dict[str, str], me: str) -> Any:
        return {"project": {"name": self._name(), "domain_id": things["domain"]}}

    def body_tags(self, things: dict[str, str], me: str) -> Any:
        return {"tags": ["a", "b"]}

    def body_user(self, things: dict[str, str], me: str) -> Any:
        return {"user": {"name": self._name(), "domain_id": things["domain"]}}

    def body_group(self, things: dict[str, str], me: str) -> Any:
        return {"group": {"name": self._name(), "domain_id": things["domain"]}}

    def body_role(self, things: dict[str, str], me: str) -> Any:
        return {"role": {"name": self._name()}}

    def body_domain_role(self, things: dict[str, str], me: str) -> Any:
        return {"role": {"name": self._name(), "domain_id": things["domain"]}}

    def body_service(self, things: dict[str, str], me: str) -> Any:
        return {"service": {"type": self._name(), "name": "x"}}

    def body_endpoint(self, things: dict[str, str], me: str) -> Any:
        service = self.new_service(things)
        return {"endpoint": {"service_id": service, "interface": "public", "url": "http://example.org"}}

    def body_endpoint_change(self, things: dict[str, str], me: str) -> Any:
        return {"endpoint": {"url": "http://example.org/x"}}

    def body_region(self, things: dict[str, str], me: str) -> Any:
        return {"region": {"description": "x"}}

    def body_registered_limits(self, things: dict[str, str], me: str) -> Any:
        wish = {"service_id": self.new_service(things), "resource_name": self._name(), "default_limit": 10}
        return {"registered_limits": [wish]}

    def body_registered_limit(self, things: dict[str, str], me: str) -> Any:
        return {"registered_limit": {"default_limit": 20}}

    def body_limits(self, things: dict[str, str], me: str) -> Any:
        return {"limits": [self._limit(things, project_id=things["project"])]}

    def body_limit(self, things: dict[str, str], me: str) -> Any:
        return {"limit": {"resource_limit": 3}}

    def body_policy(self, things: dict[str, str], me: str) -> Any:
        return {"policy": {"blob": "{}", "type": "application/json"}}

    def body_credential(self, things: dict[str, str], me: str) -> Any:
        return {"credential": {"type": "cert", "blob": "x", "user_id": things["user"]}}

    def body_own_credential(self, things: dict[str, str], me: str) -> Any:
        return {"credential": {"type": "cert", "blob": "x", "user_id": me}}

    def body_credential_change(self, things: dict[str, str], me: str) -> Any:
        return {"credential": {"blob": "y"}}

    def body_ec2(self, things: dict[str, str], me: str) -> Any:
        return {"tenant_id": things["project"]}

    def body_application_credential(self, things: dict[str, str], me: str) -> Any:
        return {"application_credential": {"name": self._name()}}

    def _trust(self, things: dict[str, str], trustor: str) -> Any:
        trustee = things["user"]
        wish = {"trustor_user_id": trustor, "trustee_user_id": trustee, "impersonation": False}
        return {"trust": {**wish, "project_id": self.things["own"]["project"], "roles": [{"name": "reader"}]}}

    def body_trust(self, things: dict[str, str], me: str) -> Any:
        return self._trust(things, things["user"])

    def body_own_trust(self, things: dict[str, str], me: str) -> Any:
        return self._trust(things, me)
