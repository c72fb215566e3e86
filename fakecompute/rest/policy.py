"""Who may do what: a rule is one of a few audiences, an endpoint names its rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Context:
    """Whose call it is: what a token says, roles with the implied ones."""

    user_id: str
    token: str = ""
    user_name: str = ""
    user_domain_id: str = "default"
    project_id: str | None = None
    project_name: str = ""
    project_domain_id: str | None = None
    domain_id: str | None = None
    system: bool = False
    roles: frozenset[str] = field(default_factory=frozenset)
    barred: str = ""  # what the token is for, if that bars it: the service takes only those for projects

    @property
    def is_admin(self) -> bool:
        return "admin" in self.roles and not self.barred


def allows(
    audience: str,
    context: Context,
    project_id: str | None = None,
    user_id: str | None = None,
    domain_id: str | None = None,
) -> bool:
    """Does the audience of a rule hold the caller, towards a resource of this project or user?

    `any`, `reader`, `member`, `manager`: the role in the resource's project, or admin; `admin`; `service`;
    `admin_or_same_user`; `service_alone`, which admins are not; `nobody`.  Without a project the caller's own is meant.

    Keystone's audiences are several words, one of which is enough: `system_reader`, `domain_reader` and
    `domain_manager` have the role on the system or on the resource's domain; `own_user`, `own_project` and
    `own_domain` are who or what the token is for, `token_domain` only that of a token for a domain.  `!domain` and
    `!system` in front bar tokens for those; after `!admin` it is not enough to be an admin.

    Whom the service bars altogether is only of the audience `any`.
    """
    if audience in ("any", "nobody") or context.barred:
        return audience == "any"
    if audience == "service_alone":
        return "service" in context.roles
    admins_too = True
    while audience.startswith("!"):
        bar, audience = audience.split(" ", 1)
        if (bar == "!domain" and context.domain_id is not None) or (bar == "!system" and context.system):
            return False
        admins_too = admins_too and bar != "!admin"
    if admins_too and context.is_admin:
        return True
    if audience == "admin_or_same_user":
        return user_id is None or user_id == context.user_id
    if " " in audience:
        return any(_is_one(word, context, project_id, user_id, domain_id) for word in audience.split())
    return _is_one(audience, context, project_id, user_id, domain_id)


def _is_one(
    audience: str, context: Context, project_id: str | None, user_id: str | None, domain_id: str | None
) -> bool:
    if audience in _SCOPED:
        return _SCOPED[audience](context, project_id, user_id, domain_id)
    if audience in ("admin", "service"):
        return audience in context.roles
    return audience in context.roles and (project_id is None or project_id == context.project_id)


def _same(wanted: str | None, *own: str | None) -> bool:
    """Is the target one's own?  No target means one's own, if one has any."""
    return any(mine is not None and wanted in (None, mine) for mine in own)


# fmt: off
_Id = str | None  # of the resource
_SCOPED: dict[str, Callable[[Context, _Id, _Id, _Id], bool]] = {
    "system_admin":   lambda me, project, user, domain: me.system and "admin" in me.roles,
    "system_reader":  lambda me, project, user, domain: me.system and "reader" in me.roles,
    "domain_reader":  lambda me, project, user, domain: "reader" in me.roles and _same(domain, me.domain_id),
    "domain_manager": lambda me, project, user, domain: "manager" in me.roles and _same(domain, me.domain_id),
    "own_member":     lambda me, project, user, domain: "member" in me.roles and _same(user, me.user_id),
    "own_user":       lambda me, project, user, domain: _same(user, me.user_id),
    "own_project":    lambda me, project, user, domain: _same(project, me.project_id),
    "token_domain":   lambda me, project, user, domain: _same(domain, me.domain_id),
    "own_domain":     lambda me, project, user, domain: _same(domain, me.domain_id, me.project_domain_id),
}
# fmt: on
