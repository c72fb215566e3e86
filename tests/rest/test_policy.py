"""Who may do what."""

import pytest

from fakecompute.rest.policy import Context, allows

ROLES = {  # with the ones that they imply
    "admin": {"admin", "manager", "member", "reader"},
    "member": {"member", "reader"},
    "reader": {"reader"},
    "service": {"service"},
}
EVERYBODY = {
    name: Context(user_id=name, project_id="ours", project_domain_id="home", roles=frozenset(roles))
    for name, roles in ROLES.items()
}


def allowed(audience, **target):
    return {name for name, context in EVERYBODY.items() if allows(audience, context, **target)}


@pytest.mark.parametrize(
    ("audience", "ours"),
    [
        ("any", {"admin", "member", "reader", "service"}),
        ("reader", {"admin", "member", "reader"}),
        ("member", {"admin", "member"}),
        ("manager", {"admin"}),
        ("admin", {"admin"}),
        ("service", {"admin", "service"}),
        ("nobody", set()),
    ],
)
def test_an_audience_holds_those_with_the_role(audience, ours):
    assert allowed(audience) == ours
    assert allowed(audience, project_id="ours") == ours


def test_a_role_counts_in_its_project_alone_but_for_admins():
    assert allowed("reader", project_id="theirs") == {"admin"}


def test_the_same_user_or_an_admin():
    assert allowed("admin_or_same_user", user_id="member") == {"admin", "member"}


def test_one_of_several_audiences_is_enough():
    assert allowed("own_user own_project", user_id="reader", project_id="theirs") == {"admin", "reader"}


def test_keystones_audiences():
    system = Context(user_id="s", system=True, roles=frozenset({"reader"}))
    domain = Context(user_id="d", domain_id="home", roles=frozenset({"manager", "reader"}))
    assert allows("system_reader", system) and not allows("system_reader", domain)
    assert allows("domain_reader", domain, domain_id="home") and not allows(
        "domain_reader", domain, domain_id="other"
    )
    assert allows("domain_manager", domain) and not allows("domain_manager", system)
    member = EVERYBODY["member"]
    assert allows("own_domain", member, domain_id="home") and not allows(
        "own_domain", member, domain_id="other"
    )
