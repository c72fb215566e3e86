"""What is wrong with a cloud definition is told with its line."""

from textwrap import dedent

import pytest

from fakecompute import BadDefinition
from fakecompute.scenario.definition import checked


@pytest.fixture
def mistakes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def of(text):
        (tmp_path / "my.yaml").write_text(dedent(text))
        with pytest.raises(BadDefinition) as found:
            checked("my.yaml")
        return found.value.mistakes

    return of


def test_all_mistakes_are_told_in_the_order_of_the_file(mistakes):
    text = """\
        extends: defalt
        flavours: []
        hosts:
          - {name: "a-{n}", vcpus: many, ram: 1024, disk: 1}
        aggregates:
          - {name: z, hosts: [a-1, a-2]}
        quotas:
          dmo: {instance: 5}
        """
    assert mistakes(text) == [
        "my.yaml:1:10: extends: there is no cloud definition 'defalt'; did you mean 'default'?",
        "my.yaml:2:1: flavours: there is no such key; did you mean 'flavors'?",
        "my.yaml:4:28: hosts[0].vcpus: must be a whole number",
        "my.yaml:6:28: aggregates[0].hosts[1]: there is no host 'a-2'; did you mean 'a-1'?",
        "my.yaml:8:3: quotas.dmo: there is no project 'dmo'; did you mean 'demo'?",
        "my.yaml:8:9: quotas.dmo.instance: there is no quota 'instance'; did you mean 'instances'?",
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("hosts: {}", "my.yaml:1:8: hosts: must be a list"),
        ("hosts: [{name: a}]", "my.yaml:1:9: hosts[0]: 'vcpus' is missing"),
        ("projects: [{name: a}, {name: a}]",
         "my.yaml:1:30: projects[1].name: there are two projects called 'a'"),
        ("users: [{name: a, projects: {demo: [membr]}}]",
         "my.yaml:1:37: users[0].projects.demo[0]: there is no role 'membr'; did you mean 'member'?"),
        ("users: [{name: a, projects: {dmo: []}}]",
         "my.yaml:1:30: users[0].projects.dmo: there is no project 'dmo'; did you mean 'demo'?"),
        ("networks: [{name: a, project: dmo}]",
         "my.yaml:1:31: networks[0].project: there is no project 'dmo'; did you mean 'demo'?"),
        ("images: [{name: a, disk_format: qcow}]",
         "my.yaml:1:33: images[0].disk_format: there is no disk format of a definition 'qcow'; did you mean 'qcow2'?"),
        ("hosts: [{name: a, vcpus: 1, ram: 1, disk: 1, traits: [fast-disk]}]",
         "my.yaml:1:55: hosts[0].traits[0]: 'fast-disk' is no trait: CUSTOM_LIKE_THIS"),
        ("hosts: [{name: a, vcpus: 1, ram: 1, disk: 1, resources: {VCPU: 1}}]",
         "my.yaml:1:58: hosts[0].resources.VCPU: VCPU is said by vcpus, ram and disk"),
        ("rate_limits: [{verb: GETT, uri: '*', value: 1}]",
         "my.yaml:1:22: rate_limits[0].verb: there is no verb 'GETT'; did you mean 'GET'?"),
        ("rate_limits: [{verb: GET, uri: '*', value: 1, regex: '('}]",
         "my.yaml:1:54: rate_limits[0].regex: '(' is no regular expression"),
        ("network_quotas: {demo: {ports: 1}}",
         "my.yaml:1:25: network_quotas.demo.ports: there is no quota 'ports'; did you mean 'port'?"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_place_and_a_hint(mistakes, text, mistake):
    assert mistakes(text)[0] == mistake


def test_hosts_that_are_counted_need_a_number_in_their_name(mistakes):
    [mistake] = mistakes("hosts: [{name: a, count: 2, vcpus: 1, ram: 1024, disk: 1}]")
    assert mistake == "my.yaml:1:16: hosts[0].name: there are two hosts called 'a'; {n} makes them differ"


def test_what_only_the_making_finds_has_its_line_too(mistakes):
    [mistake] = mistakes("networks:\n  - name: a\n    subnets:\n      - {cidr: 10.0.0/33}")
    assert mistake.startswith("my.yaml:4:9: networks[0].subnets[0]: ")


def test_a_file_that_extends_itself_is_told_so(mistakes):
    assert mistakes("extends: my.yaml") == ["my.yaml:1:10: extends: my.yaml extends itself"]


def test_sections_of_the_extended_file_are_taken_over_whole(tmp_path):
    host = "hosts: [{name: %s, vcpus: 1, ram: 1, disk: 1}]\n"
    (tmp_path / "base.yaml").write_text(host % "a" + "roles: [admin, member, service]")
    (tmp_path / "my.yaml").write_text(host % "b" + "extends: base.yaml")
    made = checked(str(tmp_path / "my.yaml"))
    assert ([host["name"] for host in made["hosts"]], made["roles"]) == (["b"], ["admin", "member", "service"])
