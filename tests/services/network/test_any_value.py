"""Whatever stands in a body, the answer is not that we broke; and what is refused changes nothing."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakecompute.services.network.networks import NETWORK
from fakecompute.services.network.ports import PORT
from fakecompute.services.network.routers import ROUTER
from fakecompute.services.network.security_group_rules import RULE
from fakecompute.services.network.security_groups import GROUP
from fakecompute.services.network.subnets import SUBNET
from fakecompute.wsgi.client import Http

NOUNS = (NETWORK, SUBNET, PORT, ROUTER, GROUP, RULE)
places = st.sampled_from([(noun, name) for noun in NOUNS for name in noun.attributes])
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 70_000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(
        ["10.9.0.5", "10.9.0.0/24", "::", "fe80::1%eth0", "²", "fa:16:3e:00:00:01", "slaac", "geneve"]
    ),
)
KEYS = (
    "ip_address",
    "subnet_id",
    "start",
    "end",
    "destination",
    "nexthop",
    "opt_name",
    "ip_version",
    "network_id",
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=4,
)


def needed(noun, named):
    """The least that makes one."""
    network = named("networks", "private")
    match noun.name:
        case "subnet":
            return {"network_id": network["id"], "ip_version": 4, "cidr": "10.9.0.0/24"}
        case "port":
            return {"network_id": network["id"]}
        case "security_group_rule":
            return {"security_group_id": named("security-groups", "default")["id"], "direction": "egress"}
    return {}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=places, value=values)
def test_no_value_breaks_a_create(cloud, named, place, value):
    noun, name = place
    admin = Http(cloud.fork(), "admin", "admin")
    assert admin.token  # made now, so that the call makes nothing but what it asks for
    before = admin.cloud.digest()

    body = {noun.name: {**needed(noun, named), name: value}}
    answer = admin.post(f"/network/v2.0/{noun.plural.replace('_', '-')}", json=body)

    assert answer.status_code in (201, 400, 403, 404, 409, 501), answer.text
    assert answer.status_code == 201 or admin.cloud.digest() == before
