"""The records of a cloud by the control API."""

from fakecompute.domain.records.server import Server


def test_kinds_are_counted(control, cloud, boot_web):
    state = control("GET", "/state")
    assert state["kinds"]["Server"] == 1
    assert (state["version"], state["digest"], state["lives"]) == (cloud.store.version, cloud.digest(), 1)
    assert state["planned"] >= 1


def test_records_are_found_by_kind_id_and_field(control, cloud, boot_web):
    (server,) = cloud.store.all(Server)
    (told,) = control("GET", "/state/Server?status=BUILD&name=w*")["records"]
    assert (told["id"], told["name"], told["vm_state"]) == (server.id, "web", "building")
    assert control("GET", "/state/Server?status=ACTIVE")["records"] == []
    assert control("GET", f"/state/server/{server.id}") == told


def test_fields_inside_are_found_by_dots(control):
    assert len(control("GET", "/state/Project?name=demo&domain_id=*")["records"]) == 1
    assert len(control("GET", "/state/Host?reporting=true")["records"]) == 2


def test_pages_go_on_behind_the_last(control):
    first = control("GET", "/state/Flavor?limit=3")
    second = control("GET", f"/state/Flavor?limit=100&after={first['last']}")
    assert len(first["records"]) == 3
    assert len(first["records"]) + len(second["records"]) == control("GET", "/state")["kinds"]["Flavor"]
    assert not {one["id"] for one in first["records"]} & {one["id"] for one in second["records"]}


def test_what_is_not_there_has_the_nearest_word(control):
    assert "did you mean 'Host'?" in control.refused("GET", "/state/Hots", status=404)["message"]
    assert "did you mean 'name'?" in control.refused("GET", "/state/Host?nmae=x")["mistakes"][0]
    control.refused("GET", "/state/Host/nothing", status=404)
    control.refused("GET", "/state/Host?limit=0")


def test_secrets_are_scrubbed(control):
    assert {one["password"] for one in control("GET", "/state/User")["records"]} == {"***"}


def test_running_totals_are_shown(control, boot_web):
    totals = control("GET", "/state/totals")["totals"]
    assert any(entry["amounts"] for names in totals.values() for entries in names.values() for entry in entries)


def test_the_feed_tells_what_was_written_since(control, cloud, http, boot_web):
    version = control("GET", "/state")["version"]
    assert control("GET", f"/state/changes?since={version}")["changes"] == []
    cloud.advance(600)
    page = control("GET", f"/state/changes?since={version}&records=true&limit=1000")
    assert page["last"] == page["version"] == cloud.store.version
    assert not page["missed"]
    servers = [one["record"] for one in page["changes"] if one["kind"] == "Server"]
    assert servers[-1]["status"] == "ACTIVE"


def test_who_asks_for_more_than_the_feed_remembers_is_told(control, cloud):
    control("POST", "/scenario/reset")  # a fork remembers nothing
    assert control("GET", "/state/changes?since=1")["missed"]
    assert control("GET", f"/state/changes?since={cloud.store.version + 10}")["missed"]
