"""The five operations on a noun, for nouns that differ in nothing but what is done to them.

    Collection(TRUNK, "/trunks", create=_create, update=_update, remove=_remove)
    Collection(HELPER, "/routers/<router>/conntrack_helpers", children=_helpers_of, create=_create, ...)

One declaration stands for the handlers `list_trunks`, `show_trunk`, `create_trunk`, `update_trunk` and `delete_trunk`,
asked of the policy as `get_trunk`, `create_trunk` and so on.  With a parent in its path (a parameter that has a finder)
a noun is found among the parent's `children` only, and the policy is asked with the parent's project.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.policy import Context
from fakecompute.services.network import listing
from fakecompute.services.network.nouns import Noun, check_revision
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import own

Wish = dict[str, Any]
# fmt: off
VERBS = {
    # letter  method    one?    rule      success  name
    "l":     ("GET",    False,  "get",    200,     "list"),
    "c":     ("POST",   False,  "create", 201,     "create"),
    "s":     ("GET",    True,   "get",    200,     "show"),
    "u":     ("PUT",    True,   "update", 200,     "update"),
    "d":     ("DELETE", True,   "delete", 204,     "delete"),
}
# fmt: on


class Elsewhere:
    """In the place of a parent that the caller may not look into."""

    project_id = "elsewhere"


EVERYTHING = Context(user_id="", roles=frozenset({"admin"}))  # who finds it


class Collection:
    """A noun at its place; `rule` is what policy rules call it, `called` what operations do."""

    def __init__(
        self,
        noun: Noun,
        path: str,
        *,
        create: Callable[..., Any] | None = None,  # (call, wish[, parent]) -> record
        update: Callable[[Call, Any, Wish], Any] | None = None,
        remove: Callable[[Call, Any], None] | None = None,
        children: Callable[[Call, Any], Sequence[Any]] | None = None,
        visible: Callable[[Call, Any], bool] = own,
        key: Callable[[Any], str] = lambda record: record.id,
        rule: str = "",
        called: str = "",
        sought: bool = True,  # does a list want the parent to be there for the caller?
        open: bool = True,  # is there a rule of its own for those who only look?  If not, `visible` tells
    ) -> None:
        self.noun, self.visible, self.children, self.key, self.sought = noun, visible, children, key, sought
        self.making, self.changing, self.removing = create, update, remove
        name = called or noun.name
        rule = rule or noun.name
        if children is None:
            network.finder(name)(self.found)
        have = {"c": create, "u": update, "d": remove}
        for letter, (method, one, verb, success, word) in VERBS.items():
            if have.get(letter, self) is None:
                continue
            handler = self._handler(letter)
            plural = noun.plural if not called else called + "s"
            handler.__name__ = f"{word}_{plural if letter == 'l' else name}"
            place = (f"/<{name}>" if children is None else "/<item>") if one else ""
            asked = f"{verb}_{rule}" if open or verb != "get" else None
            whole = path + place if one or children is None else path.replace(">", "_id>")
            network.route(method, whole, policy=asked, success=success, asks=letter == "c")(handler)

    def found(self, call: Call, id: str) -> Any:
        """The record of this id, if the caller may know of it."""
        record = call.cloud.store.find(self.noun.kind, id)
        if record is None or not self.visible(call, record):
            raise self.noun.missing(id=id)
        return record

    def _parent(self, call: Call, parameter: str, id: str) -> Any:
        """The parent of what is to be listed or made; None, if there is one that the caller may not look into."""
        find = network.finders[parameter.removesuffix("_id")]
        try:
            found = find(call, id)
        except NotFound:
            found = find(replace(call, context=EVERYTHING), id)
            making = call.endpoint is not None and call.endpoint.method == "POST"
            known = call.context.roles & {"admin", "service"} or getattr(found, "shared", False)
            if making or known or not self.sought:
                return None
            raise
        return found if own(call, found) else None

    def _handler(self, letter: str) -> Callable[..., Any]:
        perform = {"l": self._list, "c": self._create, "s": self._show, "u": self._update, "d": self._delete}[letter]

        def handle(call: Call, **found: Any) -> Any:
            if self.children is not None and letter in "lc":
                ((parameter, id),) = found.items()
                return perform(call, self._parent(call, parameter, id))
            return perform(call, *found.values())

        return handle

    def _one(self, call: Call, path: Sequence[Any]) -> Any:
        """The record that a path leads to: itself, or of its parent's the one with the key."""
        if self.children is None:
            return path[-1]
        parent, key = path
        for record in self.children(call, parent) if own(call, parent) else ():
            if self.key(record) == key:
                return record
        raise self.noun.missing(id=key, parent=parent.id)

    # --- the operations

    def _list(self, call: Call, *path: Any) -> dict[str, Any]:
        if self.children is not None:
            (parent,) = path
            found = () if parent is None else self.children(call, parent)
            return listing.listed(call, self.noun, lambda record: True, found)
        return listing.listed(call, self.noun, lambda record: self.visible(call, record))

    def _show(self, call: Call, *path: Any) -> dict[str, Any]:
        return self.noun.show(call, self._one(call, path))

    def _create(self, call: Call, *path: Any) -> dict[str, Any]:
        assert self.making is not None
        making = self.making
        if self.children is not None:
            call.params = {"parent": path[0] or Elsewhere}  # the policy is asked with it
        return self.noun.created(call, lambda call, wish: making(call, wish, *path))

    def _update(self, call: Call, *path: Any) -> dict[str, Any]:
        assert self.changing is not None
        return self.noun.updated(call, self._one(call, path), self.changing)

    def _delete(self, call: Call, *path: Any) -> None:
        assert self.removing is not None
        record = self._one(call, path)
        check_revision(call, record)
        self.removing(call, record)
