"""What Nova no longer has: 410 at every version, since the release that threw it out.

Older releases still have it, and we have it in none: there it answers 501.  Nova's words for it are the decorators
`wsgi.removed` (and `wsgi.api_version`) of nova/api/openstack/compute.
"""

from __future__ import annotations

from typing import Any, NoReturn

from fakecompute.errors import Gone, NotFound, NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.rest.routes import slug
from fakecompute.rest.version import span
from fakecompute.services.compute.service import compute

# method, path, action, the first release without it, its last version until then
TABLE = """
    GET    /os-agents                                             -                     victoria  -
    POST   /os-agents                                             -                     victoria  -
    PUT    /os-agents/<id>                                        -                     victoria  -
    DELETE /os-agents/<id>                                        -                     victoria  -
    POST   /os-cells                                              -                     train     -
    GET    /os-cells                                              -                     train     -
    GET    /os-cells/capacities                                   -                     train     -
    GET    /os-cells/detail                                       -                     train     -
    GET    /os-cells/info                                         -                     train     -
    POST   /os-cells/sync_instances                               -                     train     -
    GET    /os-cells/<id>                                         -                     train     -
    PUT    /os-cells/<id>                                         -                     train     -
    DELETE /os-cells/<id>                                         -                     train     -
    GET    /os-cells/<item>/capacities                            -                     train     -
    POST   /os-certificates                                       -                     pike      -
    GET    /os-certificates/<id>                                  -                     pike      -
    GET    /os-cloudpipe                                          -                     pike      -
    POST   /os-cloudpipe                                          -                     pike      -
    PUT    /os-cloudpipe/<id>                                     -                     pike      -
    GET    /os-fixed-ips/<id>                                     -                     rocky     2.35
    POST   /os-fixed-ips/<item>/action                            reserve               rocky     2.35
    POST   /os-fixed-ips/<item>/action                            unreserve             rocky     2.35
    GET    /os-floating-ip-dns                                    -                     rocky     2.35
    PUT    /os-floating-ip-dns/<id>                               -                     rocky     2.35
    DELETE /os-floating-ip-dns/<id>                               -                     rocky     2.35
    GET    /os-floating-ip-dns/<domain_id>/entries/<item>         -                     rocky     2.35
    PUT    /os-floating-ip-dns/<domain_id>/entries/<item>         -                     rocky     2.35
    DELETE /os-floating-ip-dns/<domain_id>/entries/<item>         -                     rocky     2.35
    GET    /os-floating-ips-bulk                                  -                     rocky     2.35
    POST   /os-floating-ips-bulk                                  -                     rocky     2.35
    GET    /os-floating-ips-bulk/<id>                             -                     rocky     2.35
    PUT    /os-floating-ips-bulk/<id>                             -                     rocky     2.35
    GET    /os-fping                                              -                     rocky     2.35
    GET    /os-fping/<id>                                         -                     rocky     2.35
    POST   /os-networks                                           -                     ussuri    2.35
    POST   /os-networks/add                                       -                     ussuri    2.35
    DELETE /os-networks/<id>                                      -                     ussuri    2.35
    POST   /os-networks/<item>/action                             disassociate          ussuri    2.35
    POST   /os-networks/<item>/action                             disassociate_host     rocky     2.35
    POST   /os-networks/<item>/action                             disassociate_project  rocky     2.35
    POST   /os-networks/<item>/action                             associate_host        rocky     2.35
    GET    /os-security-group-default-rules                       -                     ussuri    2.35
    POST   /os-security-group-default-rules                       -                     ussuri    2.35
    GET    /os-security-group-default-rules/<id>                  -                     ussuri    2.35
    DELETE /os-security-group-default-rules/<id>                  -                     ussuri    2.35
    POST   /os-tenant-networks                                    -                     ussuri    2.35
    DELETE /os-tenant-networks/<id>                               -                     ussuri    2.35
    POST   /servers/<server>/action                               resetNetwork          wallaby   -
    GET    /servers/<id>/consoles                                 -                     ussuri    -
    POST   /servers/<id>/consoles                                 -                     ussuri    -
    GET    /servers/<id>/consoles/<item>                          -                     ussuri    -
    DELETE /servers/<id>/consoles/<item>                          -                     ussuri    -
    GET    /servers/<id>/os-virtual-interfaces                    -                     rocky     2.43
"""


def declare(method: str, path: str, action: str, end: str, until: str) -> None:
    key = None if action == "-" else action
    lived = span(until=None if until == "-" else until)

    def gone(call: Call, **params: Any) -> NoReturn:
        if not call.cloud.release.before(end):
            raise Gone
        if call.version not in lived:
            raise NotFound
        raise NotImplementedHere(operation=f"{method} {path}, which Nova had until {end}")

    gone.__name__ = slug(method, path, key)
    compute.route(method, path, action=key, success=410)(gone)


for _row in TABLE.strip().splitlines():
    declare(*_row.split())
