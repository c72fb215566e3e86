"""The five operations on a noun of Keystone, for nouns that differ in nothing but what is done to them.

    Collection("service", "/services", CatalogService, service_detail, missing=ServiceNotFound,
               create=(CreateService, _create), update=(UpdateService, _update), remove=drop_service)

One declaration stands for the handlers `list_services`, `show_service`, `create_service`, `update_service` and
`delete_service`, asked of the policy as `identity:list_services`, `identity:get_service` and so on.  What is created
and updated comes with the schema of its body: `create(call, wish)` and `update(call, record, wish)` give the record
that is shown.  What has its id from the client is made by `put(call, wish, id)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, Generic, TypeVar

from fakecompute.cloud import Cloud
from fakecompute.errors import NotFound
from fakecompute.kernel.store import Record
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Schema
from fakecompute.rest.view import View
from fakecompute.services.identity.listing import Listed, collection
from fakecompute.services.identity.members import admit
from fakecompute.services.identity.service import identity

R = TypeVar("R", bound=Record)
Wish = dict[str, Any]
Work = tuple[type[Schema], Callable[..., R]]  # what must be sent, and what makes a record of it


def drop(cloud: Cloud, record: Record) -> None:
    cloud.store.drop(record)


class Collection(Generic[R]):
    """A noun at its place; what is not told of it is as with most."""

    def __init__(
        self,
        name: str,
        path: str,
        kind: type[R],
        view: View,
        *,
        missing: type[NotFound] = NotFound,  # told the `id`
        find: Callable[[Call, str], R] | None = None,  # where the policy must know whose it is
        order: str = "id",
        records: Callable[[Call], Sequence[R]] | None = None,  # where not everybody sees all of them
        query: type[Listed] | None = None,
        strict_query: str | None = None,
        create: Work[R] | None = None,
        put: Work[R] | None = None,
        update: Work[R],
        remove: Callable[[Cloud, R], None] = drop,
        views: Mapping[str, View] | None = None,  # where the answers to `create` or `update` show more
        called: str = "",  # in the path, if not by its name
    ) -> None:
        self.name, self.plural, self.view, self.views = name, path.rpartition("/")[2], view, views or {}
        self.kind, self.missing, self.order = kind, missing, order
        self.find, self.records, self.remove = find or self._find, records or self._all, remove
        self.named = put is not None  # then the path has ids of what is yet to be made
        if not self.named:
            identity.finder(called or name)(self.find)
        one = f"{path}/<{called or name}>"
        self._declare("GET", path, f"list_{self.plural}", self._list, query=query, strict_query=strict_query)
        self._declare("GET", one, f"get_{name}", self._show, f"show_{name}")
        if create is not None:
            self._declare_new("POST", path, create, f"create_{name}")
        if put is not None:
            self._declare_new("PUT", one, put, f"create_{name}_of_id" if create else f"create_{name}")
        self._declare("PATCH", one, f"update_{name}", partial(self._update, update[1]), body=update[0])
        self._declare("DELETE", one, f"delete_{name}", self._delete, success=204)

    def _declare_new(self, method: str, path: str, work: Work[R], operation: str) -> None:
        schema, create = work
        perform = partial(self._create, create)
        self._declare(method, path, f"create_{self.name}", perform, operation, body=schema, success=201)

    def _declare(
        self, method: str, path: str, rule: str, perform: Callable[..., Any], operation: str = "", **options: Any
    ) -> None:
        def handle(call: Call, **found: Any) -> Any:
            return perform(call, *found.values())

        handle.__name__ = operation or rule
        identity.route(method, path, policy=f"identity:{rule}", **options)(handle)

    def _find(self, call: Call, id: str) -> R:
        return admit(call, call.cloud.store.find(self.kind, id), self.missing(id=id))

    def _all(self, call: Call) -> Sequence[R]:
        return sorted(call.cloud.store.all(self.kind), key=attrgetter(self.order))

    def _one(self, call: Call, found: Any) -> R:
        """What a path leads to: an id, or what the finder has made of it."""
        return self.find(call, found) if self.named else found

    def _shown(self, call: Call, record: R, operation: str = "") -> dict[str, Any]:
        return {self.name: self.views.get(operation, self.view)(record, call)}

    # --- the operations

    def _list(self, call: Call) -> dict[str, Any]:
        return collection(call, self.plural, self.records(call), self.view)

    def _show(self, call: Call, found: Any) -> dict[str, Any]:
        return self._shown(call, self._one(call, found))

    def _create(self, create: Callable[..., R], call: Call, *id: str) -> dict[str, Any]:
        return self._shown(call, create(call, call.body.get(self.name), *id), "create")

    def _update(self, update: Callable[..., R], call: Call, found: Any) -> dict[str, Any]:
        return self._shown(call, update(call, self._one(call, found), call.body.get(self.name)), "update")

    def _delete(self, call: Call, found: Any) -> None:
        self.remove(call.cloud, self._one(call, found))
