"""Subnet pools: prefixes, what is cut from them, and what stands in the way.  Answers observed of a real Neutron."""

import pytest

V2 = "/network/v2.0"
POOLS = f"{V2}/subnetpools"
NOBODY = "11111111-1111-1111-1111-111111111111"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["message"]


@pytest.fixture
def new_pool(http):
    def make(client=http, **fields):
        body = {"name": "pool", "prefixes": ["10.8.0.0/16"], **fields}
        answer = client.post(POOLS, json={"subnetpool": body})
        assert answer.status_code == 201, answer.text
        return answer.json["subnetpool"]

    return make


def cut(http, network, **fields):
    body = {"network_id": network["id"], "ip_version": 4, **fields}
    return http.post(f"{V2}/subnets", json={"subnet": body})


def test_lengths_are_shown_as_text(new_pool):
    made = new_pool(default_prefixlen=24)
    assert (made["min_prefixlen"], made["default_prefixlen"], made["max_prefixlen"]) == ("8", "24", "32")
    assert (made["ip_version"], made["shared"], made["is_default"], made["revision_number"]) == (4, False, False, 0)


def test_a_change_answers_with_lengths_as_numbers_and_without_what_is_not_set(http, new_pool):
    id = new_pool(default_prefixlen=24)["id"]
    told = http.put(f"{POOLS}/{id}", json={"subnetpool": {"min_prefixlen": "16"}}).json["subnetpool"]
    assert (told["min_prefixlen"], told["default_prefixlen"], told["max_prefixlen"]) == (16, 24, 32)
    assert not {"default_quota", "address_scope_id"} & told.keys()
    assert http.get(f"{POOLS}/{id}").json["subnetpool"]["min_prefixlen"] == "16"


def test_neighbouring_prefixes_become_one(new_pool):
    assert new_pool(prefixes=["10.1.0.0/16", "10.0.0.0/16"])["prefixes"] == ["10.0.0.0/15"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"prefixes": []}, "Empty subnet pool prefix list."),
        ({"prefixes": ["10.0.0.0/8", "fd00::/48"]}, "Cannot mix IPv4 and IPv6 prefixes in a subnet pool."),
        ({"prefixes": ["x"]}, "Invalid input for prefixes. Reason: 'x' is not a valid IP subnet."),
        ({"name": ""}, "Invalid input for name. Reason: '' Blank strings are not permitted."),
        ({"min_prefixlen": 30, "max_prefixlen": 20}, "Illegal prefix bounds: min_prefixlen=30, max_prefixlen=20."),
        ({"max_prefixlen": 33}, "Illegal prefix bounds: max_prefixlen=33, ip_version_max=32."),
        ({"default_prefixlen": 4}, "Illegal prefix bounds: default_prefixlen=4, min_prefixlen=8."),
        ({"min_prefixlen": -1}, "Invalid input for min_prefixlen. Reason: '-1' should be non-negative."),
    ],
)
def test_a_bad_pool_is_refused(http, fields, reason):
    body = {"name": "pool", "prefixes": ["10.0.0.0/8"], **fields}
    assert message(http.post(POOLS, json={"subnetpool": body})) == (400, reason)


def test_a_subnet_gets_the_first_prefix_that_is_free(http, new_pool, new_network):
    pool, network = new_pool(default_prefixlen=26), new_network()
    first = cut(http, network, subnetpool_id=pool["id"]).json["subnet"]
    second = cut(http, network, subnetpool_id=pool["id"], prefixlen=24).json["subnet"]
    assert (first["cidr"], second["cidr"]) == ("10.8.0.0/26", "10.8.1.0/24")
    assert first["subnetpool_id"] == pool["id"]


def test_a_prefix_of_ones_own_must_be_free(http, new_pool, new_network):
    pool, network = new_pool(), new_network()
    assert cut(http, network, subnetpool_id=pool["id"], cidr="10.8.4.0/24").status_code == 201
    refused = cut(http, network, subnetpool_id=pool["id"], cidr="10.8.4.0/25")
    reason = "Cannot allocate requested subnet from the available set of prefixes"
    assert message(refused) == (409, f"Failed to allocate subnet: {reason}.")


def test_a_pool_runs_out(http, new_pool, new_network):
    pool = new_pool(prefixes=["10.8.0.0/24"], default_prefixlen=24)
    assert cut(http, new_network(), subnetpool_id=pool["id"]).status_code == 201
    refused = cut(http, new_network(), subnetpool_id=pool["id"])
    reason = "Insufficient prefix space to allocate subnet size /24"
    assert message(refused) == (409, f"Failed to allocate subnet: {reason}.")


def test_a_pool_has_a_quota_of_addresses(http, new_pool, new_network):
    pool = new_pool(default_prefixlen=24, default_quota=300)
    assert cut(http, new_network(), subnetpool_id=pool["id"]).status_code == 201
    refused = cut(http, new_network(), subnetpool_id=pool["id"])
    assert message(refused) == (409, "Per-project subnet pool prefix quota exceeded.")


def test_the_subnets_of_a_network_are_of_one_pool(http, new_pool, new_network):
    network = new_network()
    cut(http, network, subnetpool_id=new_pool()["id"], prefixlen=24)
    assert message(cut(http, network, cidr="192.168.0.0/24")) == (
        400, "Subnets hosted on the same network must be allocated from the same subnet pool.",
    )  # fmt: skip


def test_the_default_pool_is_there_for_all(http, new_pool, new_network):
    admin = http.as_("admin", "admin")
    refused = cut(http, new_network(), use_default_subnetpool=True)
    assert message(refused) == (400, "Bad subnets request: No default subnetpool found for IPv4.")
    new_pool(admin, is_default=True, shared=True, default_prefixlen=24)
    assert cut(http, new_network(), use_default_subnetpool=True).json["subnet"]["cidr"] == "10.8.0.0/24"


def test_only_an_admin_makes_a_default_pool(http):
    body = {"name": "pool", "prefixes": ["10.0.0.0/8"], "is_default": True}
    assert message(http.post(POOLS, json={"subnetpool": body})) == (
        403, "(rule:create_subnetpool and rule:create_subnetpool:is_default) is disallowed by policy",
    )  # fmt: skip


def test_a_pool_with_subnets_stays(http, new_pool, new_network):
    pool = new_pool()
    subnet = cut(http, new_network(), subnetpool_id=pool["id"], prefixlen=24).json["subnet"]
    assert message(http.delete(f"{POOLS}/{pool['id']}")) == (
        400, "Unable to delete subnet pool: Subnet pool has existing allocations.",
    )  # fmt: skip
    http.delete(f"{V2}/subnets/{subnet['id']}")
    assert http.delete(f"{POOLS}/{pool['id']}").status_code == 204


def test_prefixes_are_added_and_removed(http, new_pool):
    place = f"{POOLS}/{new_pool()['id']}"
    added = http.put(f"{place}/add_prefixes", json={"prefixes": ["10.20.0.0/24"]})
    assert added.json == {"prefixes": ["10.8.0.0/16", "10.20.0.0/24"]}
    removed = http.put(f"{place}/remove_prefixes", json={"prefixes": ["10.20.0.0/24"]})
    assert removed.json == {"prefixes": ["10.8.0.0/16"]}


def test_a_prefix_in_use_is_not_removed(http, new_pool, new_network):
    pool = new_pool()
    cut(http, new_network(), subnetpool_id=pool["id"], prefixlen=24)
    refused = http.put(f"{POOLS}/{pool['id']}/remove_prefixes", json={"prefixes": ["10.8.0.0/24"]})
    assert refused.status_code == 400
    assert refused.json["NeutronError"]["type"] == "IllegalSubnetPoolPrefixUpdate"


def test_what_is_there_is_brought_on_board(http, new_pool, new_network, new_subnet):
    pool, network = new_pool(), new_network()
    subnet = new_subnet(network, cidr="10.77.0.0/24")
    answer = http.put(f"{POOLS}/{pool['id']}/onboard_network_subnets", json={"network_id": network["id"]})
    assert answer.json == [{"id": subnet["id"], "cidr": "10.77.0.0/24"}]
    assert http.get(f"{V2}/subnets/{subnet['id']}").json["subnet"]["subnetpool_id"] == pool["id"]


def test_a_scope_has_no_address_twice(http, new_pool):
    scope = http.post(f"{V2}/address-scopes", json={"address_scope": {"name": "s", "ip_version": 4}}).json
    id = scope["address_scope"]["id"]
    new_pool(address_scope_id=id)
    body = {"name": "other", "prefixes": ["10.8.1.0/24"], "address_scope_id": id}
    assert message(http.post(POOLS, json={"subnetpool": body})) == (
        409,
        "Failed to associate address scope: subnetpools within an address scope must have unique prefixes.",
    )
    assert http.delete(f"{V2}/address-scopes/{id}").status_code == 409


def test_a_network_tells_the_scope_of_its_pool(http, new_pool, new_network):
    scope = http.post(f"{V2}/address-scopes", json={"address_scope": {"name": "s", "ip_version": 4}}).json
    id = scope["address_scope"]["id"]
    network = new_network()
    cut(http, network, subnetpool_id=new_pool(address_scope_id=id)["id"], prefixlen=24)
    shown = http.get(f"{V2}/networks/{network['id']}").json["network"]
    assert (shown["ipv4_address_scope"], shown["ipv6_address_scope"]) == (id, None)


def test_pools_have_tags_and_filters(http, new_pool):
    pool = new_pool()
    http.put(f"{POOLS}/{pool['id']}/tags", json={"tags": ["a", "b"]})
    assert [p["id"] for p in http.get(f"{POOLS}?tags=a&name=pool").json["subnetpools"]] == [pool["id"]]
    assert http.get(f"{POOLS}?prefixes=x").status_code == 400


def test_pools_are_made_one_by_one(http):
    body = {"subnetpools": [{"name": "a", "prefixes": ["10.0.0.0/8"]}]}
    assert message(http.post(POOLS, json=body)) == (400, "Bulk operation not supported")
