"""A real Placement on a port, below /placement, with names in the place of tokens: see ask_placement.py.

`POST /__oracle__/reset` makes it as it was at first.  Its database is a file that goes with the process.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy
from cheroot import wsgi
from oslo_config import cfg
from placement import conf, db_api, deploy

EMPTIED = (
    "allocations", "consumers", "consumer_types", "projects", "users", "inventories",
    "resource_provider_aggregates", "placement_aggregates", "resource_provider_traits", "resource_providers",
)  # fmt: skip
CUSTOM = ("traits", "resource_classes")
MOUNT = "/placement"


def placement(folder: str) -> Any:
    """The service, and the database that it has."""
    file = Path(folder) / "placement.conf"
    file.write_text(
        f"[placement_database]\nconnection = sqlite:///{folder}/placement.db\nsync_on_startup = true\n"
        "[api]\nauth_strategy = noauth2\n"
    )
    config = cfg.ConfigOpts()
    conf.register_opts(config)
    config(["--config-file", str(file)], project="placement")
    db_api.configure(config)
    return deploy.loadapp(config)


def forget() -> None:
    with db_api.get_placement_engine().begin() as connection:
        alone = "UPDATE resource_providers SET root_provider_id = NULL, parent_provider_id = NULL"
        connection.execute(sqlalchemy.text(alone))
        for table in EMPTIED:
            connection.execute(sqlalchemy.text(f"DELETE FROM {table}"))
        for table in CUSTOM:
            connection.execute(sqlalchemy.text(f"DELETE FROM {table} WHERE name LIKE 'CUSTOM_%'"))


def mounted(service: Any) -> Callable[..., Iterable[bytes]]:
    def serve(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/__oracle__/"):
            forget()
            start("204 No Content", [])
            return []
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = MOUNT, path.removeprefix(MOUNT)
        answer: Iterable[bytes] = service(environ, start)
        return answer

    return serve


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    with tempfile.TemporaryDirectory() as folder:
        server = wsgi.Server(("127.0.0.1", parser.parse_args().port), mounted(placement(folder)), numthreads=1)
        server.prepare()
        print("ready", flush=True)
        server.serve()
