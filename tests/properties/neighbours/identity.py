"""What is asked of Keystone: of users, projects and roles that come and go, and of what they log in with."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.delegation import Trust
from fakecompute.domain.records.identity import (
    ApplicationCredential,
    Domain,
    Group,
    Inference,
    Membership,
    Project,
    Role,
    User,
)
from fakecompute.domain.records.unified_limits import Limit, RegisteredLimit
from tests.properties.asking import Ask

API = "/identity/v3"
KINDS: dict[str, type[Any]] = {
    "user": User,
    "project_": Project,
    "domain": Domain,
    "circle": Group,
    "role": Role,
    "weak": Role,
    "inference": Inference,
    "membership": Membership,
    "credential": ApplicationCredential,
    "trust": Trust,
    "limit": Limit,
    "registered": RegisteredLimit,
}
# Who must stay, so that somebody can ask at all.
STAY = {
    "user": ("admin", "demo", "service"),
    "project_": ("admin", "demo", "service"),
    "domain": ("Default",),
    "weak": ("admin", "service", "member", "manager", "reader"),
}
SECRET = "secret"


def _make(noun: str, /, **told: Any) -> Ask:
    return Ask("POST", f"{API}/{noun}s", {noun: told})


def _set(noun: str, kind: str, /, **told: Any) -> Ask:
    return Ask("PATCH", f"{API}/{noun}s/${kind}", {noun: told})


def _login(identity: dict[str, Any], scope: Any = None) -> Ask:
    auth = {"identity": identity, **({"scope": scope} if scope else {})}
    return Ask("POST", f"{API}/auth/tokens", {"auth": auth})


def _by_password(scope: Any = None) -> Ask:
    return _login({"methods": ["password"], "password": {"user": {"id": "$user", "password": SECRET}}}, scope)


ON_PROJECT = {"project": {"id": "$project_"}}
USER_ROLE, CIRCLE_ROLE = "users/$user/roles/$role", "groups/$circle/roles/$role"
APPLICATION = {"application_credential": {"name": "app", "secret": SECRET, "unrestricted": True}}
TRUST = {"trust": {"trustor_user_id": "$me", "trustee_user_id": "$user", "project_id": "$here", "impersonation": True,
                   "roles": [{"id": "$held"}], "allow_redelegation": True}}  # fmt: skip
ASKS: tuple[Ask, ...] = (
    # --- who there is
    _make("user", name="ann", password=SECRET),
    _make("user", name="bob", password=SECRET, default_project_id="$project_"),
    _make("user", name="cid", password=SECRET, domain_id="$domain"),
    _set("user", "user", enabled=False),
    _set("user", "user", enabled=True),
    _set("user", "user", password=SECRET),
    _set("user", "user", name="renamed"),
    Ask("DELETE", f"{API}/users/$user"),
    _make("group", name="circle"),
    Ask("DELETE", f"{API}/groups/$circle"),
    Ask("PUT", f"{API}/groups/$circle/users/$user"),
    Ask("PUT", f"{API}/groups/$circle/users/$user"),
    Ask("DELETE", f"{API}/groups/$membership"),
    # --- where they are
    _make("project", name="one"),
    _make("project", name="two", parent_id="$project_"),
    _make("project", name="three", domain_id="$domain"),
    _set("project", "project_", enabled=False),
    _set("project", "project_", enabled=True),
    Ask("DELETE", f"{API}/projects/$project_"),
    _make("domain", name="elsewhere"),
    _make("domain", name="nowhere", enabled=False),
    _set("domain", "domain", enabled=False),
    _set("domain", "domain", enabled=True),
    Ask("DELETE", f"{API}/domains/$domain"),
    # --- what they may
    _make("role", name="painter"),
    _make("role", name="local", domain_id="$domain"),
    Ask("DELETE", f"{API}/roles/$weak"),
    Ask("PUT", f"{API}/roles/$role/implies/$weak"),
    Ask("DELETE", f"{API}/roles/$inference"),
    *(
        Ask("PUT", f"{API}/{where}/{role}")
        for where, role in (
            ("projects/$project_", USER_ROLE),
            ("projects/$project_", USER_ROLE),
            ("projects/$project_", CIRCLE_ROLE),
            ("domains/$domain", USER_ROLE),
            ("system", USER_ROLE),
            ("OS-INHERIT/domains/$domain", f"{USER_ROLE}/inherited_to_projects"),
            ("OS-INHERIT/projects/$project_", f"{CIRCLE_ROLE}/inherited_to_projects"),
        )
    ),
    *(
        Ask("DELETE", f"{API}/{where}/{role}")
        for where, role in (
            ("projects/$project_", USER_ROLE),
            ("projects/$project_", CIRCLE_ROLE),
            ("domains/$domain", USER_ROLE),
            ("system", USER_ROLE),
            ("projects/$work", "users/$member/roles/$given"),
            ("projects/$work", "users/$member/roles/$given"),
        )
    ),
    # --- what they log in with, and what is made of it
    _by_password(),
    _by_password(ON_PROJECT),
    _login({"methods": ["password"], "password": {"user": {"id": "$member", "password": SECRET}}},
           {"project": {"id": "$work"}}),
    _login({"methods": ["password"], "password": {"user": {"id": "$member", "password": SECRET}}},
           {"project": {"id": "$work"}}),
    _by_password({"domain": {"id": "$domain"}}),
    _by_password({"system": {"all": True}}),
    _login({"methods": ["token"], "token": {"id": "$token"}}, ON_PROJECT),
    _login({"methods": ["application_credential"], "application_credential": {"id": "$credential", "secret": SECRET}}),
    _login({"methods": ["token"], "token": {"id": "$token"}}, {"OS-TRUST:trust": {"id": "$trust"}}),
    Ask("POST", f"{API}/users/$me/application_credentials", APPLICATION, "$token"),
    Ask("DELETE", f"{API}/users/$whose/application_credentials/$credential"),
    Ask("POST", f"{API}/OS-TRUST/trusts", TRUST, "$token"),
    Ask("DELETE", f"{API}/OS-TRUST/trusts/$trust", user="$trustor"),
    Ask("DELETE", f"{API}/auth/tokens", user="$token"),
    Ask("POST", "/network/v2.0/networks", {"network": {"name": "by somebody"}}, "$token"),
    Ask("POST", "/image/v2/images", {"name": "by somebody"}, "$token"),
    # --- limits
    Ask("POST", f"{API}/registered_limits", {"registered_limits": [
        {"service_id": "$glance", "region_id": "RegionOne", "resource_name": "image_tags", "default_limit": 6}]}),
    Ask("POST", f"{API}/limits", {"limits": [
        {"service_id": "$nova", "region_id": "RegionOne", "resource_name": "servers", "resource_limit": 4,
         "project_id": "$project_"}]}),
    Ask("DELETE", f"{API}/limits/$limit"),
    Ask("DELETE", f"{API}/registered_limits/$registered"),
)  # fmt: skip
GRANT = Ask("PUT", f"{API}/projects/$project_/users/$user/roles/$role")
# What is made where a request names what there is none of.
MAKERS: dict[str, Ask] = {
    "user": _make("user", name="ann", password=SECRET),
    "project_": _make("project", name="one"),
    "domain": _make("domain", name="elsewhere"),
    "circle": _make("group", name="circle"),
    "membership": Ask("PUT", f"{API}/groups/$circle/users/$user"),
    "inference": Ask("PUT", f"{API}/roles/$role/implies/$weak"),
    "weak": _make("role", name="painter"),
    "token": _login({"methods": ["password"], "password": {"user": {"id": "$member", "password": SECRET}}},
                    {"project": {"id": "$work"}}),
    "member": GRANT,
    "credential": Ask("POST", f"{API}/users/$me/application_credentials", APPLICATION, "$token"),
    "trust": Ask("POST", f"{API}/OS-TRUST/trusts", TRUST, "$token"),
}  # fmt: skip
BEGIN = (
    *(MAKERS[kind] for kind in ("user", "project_", "domain", "circle", "weak")),
    _make("user", name="bob", password=SECRET),
    GRANT,
    MAKERS["membership"],
    MAKERS["token"],
    MAKERS["credential"],
)
LOOKS = tuple(
    Ask("GET", f"{API}/{path}")
    for path in (
        "users", "projects", "domains", "groups", "roles", "role_assignments?effective", "role_assignments",
        "users/$user/projects", "limits", "registered_limits", "auth/projects", "groups/$circle/users",
        "OS-TRUST/trusts", "role_inferences", "users/$user/application_credentials", "OS-REVOKE/events",
    )
)  # fmt: skip
