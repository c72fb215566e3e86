"""What Nova no longer has: 410 at every version, as Nova itself answers (spec/operations.yaml, `retired`)."""

from __future__ import annotations

from typing import Any, NoReturn

from fakecompute.errors import Gone
from fakecompute.rest.call import Call
from fakecompute.rest.routes import slug
from fakecompute.services.compute.service import compute

# method, path, action
TABLE = """
    GET    /os-agents                                      -
    POST   /os-agents                                      -
    PUT    /os-agents/<id>                                 -
    DELETE /os-agents/<id>                                 -
    POST   /os-cells                                       -
    GET    /os-cells                                       -
    GET    /os-cells/capacities                            -
    GET    /os-cells/detail                                -
    GET    /os-cells/info                                  -
    POST   /os-cells/sync_instances                        -
    GET    /os-cells/<id>                                  -
    PUT    /os-cells/<id>                                  -
    DELETE /os-cells/<id>                                  -
    GET    /os-cells/<item>/capacities                     -
    POST   /os-certificates                                -
    GET    /os-certificates/<id>                           -
    GET    /os-cloudpipe                                   -
    POST   /os-cloudpipe                                   -
    PUT    /os-cloudpipe/<id>                              -
    GET    /os-fixed-ips/<id>                              -
    POST   /os-fixed-ips/<item>/action                     reserve
    POST   /os-fixed-ips/<item>/action                     unreserve
    GET    /os-floating-ip-dns                             -
    PUT    /os-floating-ip-dns/<id>                        -
    DELETE /os-floating-ip-dns/<id>                        -
    GET    /os-floating-ip-dns/<domain_id>/entries/<item>  -
    PUT    /os-floating-ip-dns/<domain_id>/entries/<item>  -
    DELETE /os-floating-ip-dns/<domain_id>/entries/<item>  -
    GET    /os-floating-ips-bulk                           -
    POST   /os-floating-ips-bulk                           -
    GET    /os-floating-ips-bulk/<id>                      -
    PUT    /os-floating-ips-bulk/<id>                      -
    GET    /os-fping                                       -
    GET    /os-fping/<id>                                  -
    POST   /os-networks                                    -
    POST   /os-networks/add                                -
    DELETE /os-networks/<id>                               -
    POST   /os-networks/<item>/action                      disassociate
    POST   /os-networks/<item>/action                      disassociate_host
    POST   /os-networks/<item>/action                      disassociate_project
    POST   /os-networks/<item>/action                      associate_host
    GET    /os-security-group-default-rules                -
    POST   /os-security-group-default-rules                -
    GET    /os-security-group-default-rules/<id>           -
    DELETE /os-security-group-default-rules/<id>           -
    POST   /os-tenant-networks                             -
    DELETE /os-tenant-networks/<id>                        -
    POST   /servers/<server>/action                        resetNetwork
    GET    /servers/<server>/consoles                      -
    POST   /servers/<server>/consoles                      -
    GET    /servers/<server>/consoles/<item>               -
    DELETE /servers/<server>/consoles/<item>               -
    GET    /servers/<server>/os-virtual-interfaces         -
"""


def declare(method: str, path: str, action: str) -> None:
    key = None if action == "-" else action

    def gone(call: Call, **params: Any) -> NoReturn:
        raise Gone

    gone.__name__ = slug(method, path, key)
    compute.route(method, path, action=key)(gone)


for _row in TABLE.strip().splitlines():
    declare(*_row.split())
