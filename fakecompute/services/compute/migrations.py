"""GET /os-migrations: moves of servers from host to host; those of deleted servers are gone with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakecompute.domain.records.compute import Flavor, Host
from fakecompute.domain.records.server import Migration, Server
from fakecompute.errors import BadRequest
from fakecompute.kernel.clock import moment as parse_moment
from fakecompute.rest import page
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Integer, Schema, Single, Text, since
from fakecompute.rest.view import ABSENT, View, field, moment, naive
from fakecompute.services.compute.links import links
from fakecompute.services.compute.paging import MarkerLost, address
from fakecompute.services.compute.service import compute

ROOT = "os_compute_api:os-migrations:index"
IN_PROGRESS = frozenset({"queued", "preparing", "running", "post-migrating"})  # of live migrations


class TimesCrossed(BadRequest):
    message = "The value of changes-since must be less than or equal to changes-before."


# --- request schemas ----------------------------------------------------------------------------------


class ListMigrations(Schema):
    hidden = Text()
    host = Text()
    instance_uuid = Text()
    source_compute = Text()
    status = Text()
    migration_type = Text()
    limit = since("2.59", Single(Integer(min=0, pattern="^[0-9]*$")))
    marker = since("2.59", Single(Text()))
    changes_since = since("2.59", Single(Text(form="date-time"), data_key="changes-since"))
    changes_before = since("2.66", Single(Text(form="date-time"), data_key="changes-before"))
    user_id = since("2.80", Single(Text()))
    project_id = since("2.80", Single(Text()))


# --- response views -----------------------------------------------------------------------------------


def _of_host(source: Callable[[Migration, Call], str | None]) -> Callable[[Migration, Call], str | None]:
    """Hosts are for admins; others see null."""
    return lambda migration, call: source(migration, call) if call.may(f"{ROOT}:host") else None


def _address(migration: Migration, call: Call) -> str | None:
    """Where the claim was made; a live migration makes none."""
    host = call.cloud.store.one(Host, "name", migration.dest_host) if migration.dest_host else None
    return None if host is None or migration.type == "live-migration" else host.ip


def _flavor_number(migration: Migration, flavor_id: str, call: Call) -> int | None:
    """The row's; of a flavor that was deleted since, the server's copy knows it.  To evacuate is not to resize."""
    if migration.type == "evacuation":
        return None
    server = call.cloud.store.get(Server, migration.server_id)
    known = (call.cloud.store.find(Flavor, flavor_id), server.flavor, server.old_flavor, server.new_flavor)
    return next((flavor.number for flavor in known if flavor and flavor.id == flavor_id), None)


def _links(migration: Migration, call: Call) -> Any:
    """Only a live migration that is under way can be acted on."""
    if migration.type != "live-migration" or migration.status not in IN_PROGRESS:
        return ABSENT
    return links(call, f"servers/{migration.server_id}/migrations", str(migration.number))


migration_view = View(
    field("id", "number"),
    field("uuid", "id", since="2.59"),
    field("instance_uuid", "server_id"),
    field("status"),
    field("migration_type", "type", since="2.23"),
    field("source_compute", _of_host(lambda migration, call: migration.source_host)),
    field("source_node", _of_host(lambda migration, call: migration.source_host)),
    field("dest_compute", _of_host(lambda migration, call: migration.dest_host)),
    field("dest_node", _of_host(lambda migration, call: migration.dest_host)),
    field("dest_host", _of_host(_address)),
    field("old_instance_type_id", lambda m, call: _flavor_number(m, m.old_flavor_id, call)),
    field("new_instance_type_id", lambda m, call: _flavor_number(m, m.new_flavor_id, call)),
    field("created_at", moment("created_at", naive)),
    field("updated_at", moment("updated_at", naive)),
    field("user_id", since="2.80"),
    field("project_id", since="2.80"),
    field("links", _links, since="2.23"),
)


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-migrations", query=ListMigrations, strict_query="2.59", policy=ROOT)
def list_migrations(call: Call) -> dict[str, Any]:
    """All projects' for admins; others must ask for their own project's."""
    project = call.query.get("project_id")
    if not project or project != call.project_id:
        call.demand(f"{ROOT}:all_projects")
    tests = _tests(call)
    found = [m for m in _of_living_servers(call) if all(test(m) for test in tests)]
    if not call.since("2.59"):
        found.sort(key=lambda migration: migration.number)
        return {"migrations": migration_view.all(found, call)}
    shown, more = _page(call, found)
    return {"migrations": migration_view.all(shown, call), **more}


def _of_living_servers(call: Call) -> list[Migration]:
    store = call.cloud.store
    return [m for m in store.all(Migration) if not store.get(Server, m.server_id).deleted]


def _tests(call: Call) -> list[Callable[[Migration], bool]]:
    query = call.query
    tests = [_equals(values, query[name]) for name, values in FILTERS.items() if name in query]
    if "host" not in query and "source_compute" in query:
        tests.append(_equals(lambda migration: (migration.source_host,), query["source_compute"]))
    if query.get("hidden", "0").lower() not in ("0", "false"):
        tests.append(lambda migration: False)  # none is
    low, high = (parse_moment(query[n]) if n in query else None for n in ("changes_since", "changes_before"))
    if low is not None and high is not None and high < low:
        raise TimesCrossed
    if low is not None:
        tests.append(lambda migration: migration.updated_at is not None and migration.updated_at >= low)
    if high is not None:
        tests.append(lambda migration: migration.updated_at is not None and migration.updated_at <= high)
    return tests


# fmt: off
FILTERS: dict[str, Callable[[Migration], tuple[str | None, ...]]] = {
    "host":           lambda migration: (migration.source_host, migration.dest_host),
    "instance_uuid":  lambda migration: (migration.server_id,),
    "status":         lambda migration: (migration.status,),
    "migration_type": lambda migration: (migration.type,),
    "user_id":        lambda migration: (migration.user_id,),
    "project_id":     lambda migration: (migration.project_id,),
}
# fmt: on


def _equals(
    values: Callable[[Migration], tuple[str | None, ...]], wanted: str
) -> Callable[[Migration], bool]:
    return lambda migration: wanted in values(migration)


def _order(migration: Migration) -> tuple[int, int]:
    """Newest first."""
    return -migration.created_at, -migration.number


def _page(call: Call, found: list[Migration]) -> tuple[list[Migration], dict[str, Any]]:
    """The marker need not be among what the filters leave."""
    found.sort(key=_order)
    if (marker := call.query.get("marker")) is not None:
        last = call.cloud.store.find(Migration, marker)
        if last is None:
            raise MarkerLost(marker=marker)
        found = [migration for migration in found if _order(migration) > _order(last)]
    most = call.cloud.settings.max_limit
    limit = min(call.query.get("limit", most), most)
    shown, url = found[:limit], f"{address(call)}/os-migrations"
    more = page.links("migrations", url, call.query_pairs, shown, limit, lambda migration: migration.id)
    return shown, more
