"""Extra specs, and their names and values from 2.86 on."""

import pytest

SPECS = "/compute/v2.1/flavors/1/os-extra_specs"


@pytest.fixture
def admin(http):
    return http.as_("admin")


def make(client, specs, version="2.86"):
    return client.post(SPECS, json={"extra_specs": specs}, version=version)


def message(answer):
    (fault,) = answer.json.values()
    return fault["message"]


def test_specs_are_added(http, admin):
    assert make(admin, {"a": "1"}).json == {"extra_specs": {"a": "1"}}
    make(admin, {"b": 2})
    assert http.get(SPECS).json == {"extra_specs": {"a": "1", "b": "2"}}


def test_one_spec(http, admin):
    make(admin, {"a": "1"})
    assert http.get(f"{SPECS}/a").json == {"a": "1"}
    assert message(http.get(f"{SPECS}/b")) == "Flavor 1 has no extra specs with key b."


def test_a_spec_is_changed(http, admin):
    make(admin, {"a": "1"})
    assert admin.put(f"{SPECS}/a", json={"a": "2"}).json == {"a": "2"}
    assert http.get(f"{SPECS}/a").json == {"a": "2"}


def test_the_address_and_the_body_of_a_change_must_agree(admin):
    refused = admin.put(f"{SPECS}/a", json={"b": "2"})
    assert (refused.status_code, message(refused)) == (400, "Request body and URI mismatch")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "{} should be non-empty"),
        ({"a": "1", "b": "2"}, "{'a': '1', 'b': '2'} has too many properties"),
        ({"$": "1"}, "'$' does not match any of the regexes: '^[a-zA-Z0-9-_:. ]{1,255}$'"),
        ({"a": True}, "Invalid input for field/attribute a. Value: True. True is not of type 'string', 'number'"),
    ],
)  # fmt: skip
def test_a_change_is_of_one_spec(admin, body, words):
    assert message(admin.put(f"{SPECS}/a", json=body)) == words


def test_a_spec_is_deleted(admin):
    make(admin, {"a": "1"})
    assert admin.delete(f"{SPECS}/a").status_code == 200
    assert admin.delete(f"{SPECS}/a").status_code == 404


def test_only_admins_set_specs(http):
    assert make(http, {"a": "1"}).status_code == 403


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"hw:nope": "1"}, "extra spec 'hw:nope' does not appear to be a valid extra spec."),
        ({"hw:numa_nodes": "x"}, "'x' is not a valid integer value."),
        ({"hw:numa_nodes": "0"}, "'0' is less than the min value of '1'."),
        ({"hw:redirected_usb_ports": "16"}, "'16' is greater than the max value of '15'."),
        ({"hw:cpu_policy": "x"}, "'x' is not one of: dedicated, shared, mixed."),
        ({"hw:boot_menu": "x"}, "'x' is not a valid boolean-like value."),
        ({"hw:pmem": "!"}, "'!' is not of the format '([a-zA-Z0-9_]+(,)?)+'."),
        ({"trait:HW_CPU_X86_AVX": "perhaps"}, "'perhaps' is not one of: required, forbidden."),
        ({"resources1:vcpu": "1"}, "extra spec 'resources1:vcpu' does not appear to be a valid extra spec."),
    ],
)
def test_specs_are_checked_from_2_86_on(admin, spec, words):
    assert make(admin, spec, "2.85").status_code == 200
    refused = make(admin, spec, "2.86")
    assert (refused.status_code, message(refused)) == (400, f"Validation failed; {words}")


@pytest.mark.parametrize(
    "spec",
    [
        {"anything": "goes"},
        {"other:namespace": "x"},
        {"aggregate_instance_extra_specs:ssd": "true"},
        {"capabilities:cpu_info:features": "<in> avx"},
        {"hw:numa_cpus.1": "0-3,^2"},
        {"hw:mem_page_size": "2MB"},
        {"quota:disk_io_shares_level": "high"},
        {"quota:vif_outbound_burst": "5"},
        {"resources_A:CUSTOM_GOLD": "1"},
        {"trait1:CUSTOM_FAST": "forbidden"},
    ],
)
def test_specs_that_nova_takes(admin, spec):
    assert make(admin, spec).status_code == 200
