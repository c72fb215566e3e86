"""What must add up in Keystone: whoever is named is there, and a token is good for what its bearer may do now."""

from __future__ import annotations

from collections.abc import Iterator

from fakecompute import Cloud
from fakecompute.domain.records.delegation import Trust
from fakecompute.domain.records.identity import (
    ApplicationCredential,
    Assignment,
    Domain,
    Inference,
    Membership,
    Project,
    Role,
    Token,
    User,
)
from fakecompute.wsgi.client import Http
from tests.properties.ledger.references import assert_referred

TOKENS = "/identity/v3/auth/tokens"
KEPT = 6  # tokens that are tried, the newest


def assert_known(cloud: Cloud) -> None:
    assert_referred(cloud)
    for project in cloud.store.all(Project):
        parents = list(_above(cloud, project))
        assert parents[-1].id == project.domain_id, "a project in another domain than its parents"
        assert not project.enabled or all(one.enabled for one in parents if isinstance(one, Project)), "enabled, and shut"


def _above(cloud: Cloud, project: Project) -> Iterator[Project | Domain]:
    parent = cloud.store.find(Project, project.parent_id)
    while parent is not None:
        yield parent
        project, parent = parent, cloud.store.find(Project, parent.parent_id)
    yield cloud.store.get(Domain, project.parent_id or "")


def assert_tokens(cloud: Cloud, tokens: tuple[str, ...]) -> None:
    """What is told to be good has all that makes it good, and says the roles that assignments add up to."""
    admin = Http(cloud, "admin", "demo")
    for id in tokens[-KEPT:]:
        answer = admin.get(TOKENS, headers={"X-Subject-Token": id})
        token = cloud.store.find(Token, id)
        assert answer.status_code in (200, 404), answer.text
        if answer.status_code == 200:
            assert token is not None
            _assert_good(cloud, token)
            told = {role["name"] for role in answer.json["token"].get("roles", ())}
            assert told == _roles(cloud, token), "a token that says other roles"
            mine = admin.get("/identity/v3/auth/projects", headers={"X-Auth-Token": id})
            assert mine.status_code in (200, 403)
        else:
            assert admin.get(TOKENS, headers={"X-Auth-Token": id, "X-Subject-Token": id}).status_code == 401
            assert token is None or not _is_good(cloud, token), "a good token is refused"


def _is_good(cloud: Cloud, token: Token) -> bool:
    try:
        _assert_good(cloud, token)
    except AssertionError:
        return False
    return token.target is None or bool(_roles(cloud, token))


def _assert_good(cloud: Cloud, token: Token) -> None:
    assert token.expires_at > cloud.now, "an old token"
    user = cloud.store.get(User, token.user_id)
    assert user.enabled and cloud.store.get(Domain, user.domain_id).enabled, "the token of a disabled user"
    if token.project_id:
        project = cloud.store.get(Project, token.project_id)
        assert project.enabled and cloud.store.get(Domain, project.domain_id).enabled, "a token for a disabled project"
    if token.domain_id:
        assert cloud.store.get(Domain, token.domain_id).enabled, "a token for a disabled domain"
    for person in token.trust_people:
        found = cloud.store.find(User, person)
        assert found is not None and found.enabled, "a token of a trust among people who are gone"
    assert token.target is None or _roles(cloud, token), "a token for nothing"


def _roles(cloud: Cloud, token: Token) -> set[str]:
    """The names of the roles that a token stands for, added up from scratch."""
    if token.target is None:
        return set()
    trust = cloud.store.find(Trust, token.trust_id)
    if trust is not None:
        first = trust
        while first.redelegated_trust_id:
            first = cloud.store.get(Trust, first.redelegated_trust_id)
        given = _implied(cloud, set(trust.roles))
        still_held = given <= _held(cloud, first.trustor_user_id, token.target)
        return _names(cloud, given) if still_held else set()
    held = _names(cloud, _held(cloud, token.user_id, token.target))
    credential = cloud.store.find(ApplicationCredential, token.application_credential_id)
    return held & set(credential.roles) if credential else held


def _held(cloud: Cloud, user_id: str, target: str) -> set[str]:
    groups = {one.group_id for one in cloud.store.all(Membership) if one.user_id == user_id}
    places = {(target, False)}
    project = cloud.store.find(Project, target.removeprefix("project:"))
    if project is not None:
        places |= {(f"{kind}:{one.id}", True) for one in _above(cloud, project) for kind in ("project", "domain")}
    own = (one for one in cloud.store.all(Assignment) if one.user_id == user_id or one.group_id in groups)
    return _implied(cloud, {one.role_id for one in own if (one.target, one.inherited) in places})


def _implied(cloud: Cloud, roles: set[str]) -> set[str]:
    more = {one.implied_id for one in cloud.store.all(Inference) if one.prior_id in roles} - roles
    return _implied(cloud, roles | more) if more else roles


def _names(cloud: Cloud, ids: set[str]) -> set[str]:
    found = (cloud.store.get(Role, id) for id in ids)
    return {role.name for role in found if role.domain_id is None}
