"""What Nova has and we do not have yet: each answers 501, in the versions in which Nova has it.

A row leaves this table when its noun is written; what is in it is what `coverage` calls missing.
"""

from __future__ import annotations

from typing import Any, NoReturn

from fakecompute.errors import NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.rest.routes import slug
from fakecompute.services.compute.service import compute

# method, path, action, since, until
TABLE = """
    GET    /images                                         -                     2.1   2.35
    GET    /images/detail                                  -                     2.1   2.35
    GET    /images/<id>                                    -                     2.1   2.35
    DELETE /images/<id>                                    -                     2.1   2.35
    GET    /images/<image_id>/metadata                     -                     2.1   2.38
    POST   /images/<image_id>/metadata                     -                     2.1   2.38
    PUT    /images/<image_id>/metadata                     -                     2.1   2.38
    GET    /images/<image_id>/metadata/<item>              -                     2.1   2.38
    PUT    /images/<image_id>/metadata/<item>              -                     2.1   2.38
    DELETE /images/<image_id>/metadata/<item>              -                     2.1   2.38
    GET    /os-aggregates                                  -                     2.1
    POST   /os-aggregates                                  -                     2.1
    GET    /os-aggregates/<id>                             -                     2.1
    PUT    /os-aggregates/<id>                             -                     2.1
    DELETE /os-aggregates/<id>                             -                     2.1
    POST   /os-aggregates/<item>/action                    add_host              2.1
    POST   /os-aggregates/<item>/action                    remove_host           2.1
    POST   /os-aggregates/<item>/action                    set_metadata          2.1
    POST   /os-aggregates/<item>/images                    -                     2.81
    POST   /os-assisted-volume-snapshots                   -                     2.1
    DELETE /os-assisted-volume-snapshots/<id>              -                     2.1
    GET    /os-baremetal-nodes                             -                     2.1   2.35
    POST   /os-baremetal-nodes                             -                     2.1   2.35
    GET    /os-baremetal-nodes/<id>                        -                     2.1   2.35
    DELETE /os-baremetal-nodes/<id>                        -                     2.1   2.35
    POST   /os-baremetal-nodes/<item>/action               add_interface         2.1   2.35
    POST   /os-baremetal-nodes/<item>/action               remove_interface      2.1   2.35
    GET    /os-console-auth-tokens/<id>                    -                     2.1
    GET    /os-floating-ip-pools                           -                     2.1   2.35
    GET    /os-floating-ips                                -                     2.1   2.35
    POST   /os-floating-ips                                -                     2.1   2.35
    GET    /os-floating-ips/<id>                           -                     2.1   2.35
    DELETE /os-floating-ips/<id>                           -                     2.1   2.35
    GET    /os-hosts                                       -                     2.1   2.42
    GET    /os-hosts/<id>                                  -                     2.1   2.42
    PUT    /os-hosts/<id>                                  -                     2.1   2.42
    GET    /os-hosts/<item>/reboot                         -                     2.1   2.42
    GET    /os-hosts/<item>/shutdown                       -                     2.1   2.42
    GET    /os-hosts/<item>/startup                        -                     2.1   2.42
    GET    /os-hypervisors                                 -                     2.1
    GET    /os-hypervisors/detail                          -                     2.1
    GET    /os-hypervisors/statistics                      -                     2.1   2.87
    GET    /os-hypervisors/<id>                            -                     2.1
    GET    /os-hypervisors/<item>/search                   -                     2.1   2.52
    GET    /os-hypervisors/<item>/servers                  -                     2.1   2.52
    GET    /os-hypervisors/<item>/uptime                   -                     2.1   2.87
    GET    /os-instance_usage_audit_log                    -                     2.1
    GET    /os-instance_usage_audit_log/<id>               -                     2.1
    GET    /os-simple-tenant-usage                         -                     2.1
    GET    /os-simple-tenant-usage/<id>                    -                     2.1
    GET    /os-migrations                                  -                     2.1
    GET    /os-networks                                    -                     2.1   2.35
    GET    /os-networks/<id>                               -                     2.1   2.35
    GET    /os-tenant-networks                             -                     2.1   2.35
    GET    /os-tenant-networks/<id>                        -                     2.1   2.35
    POST   /os-security-group-rules                        -                     2.1   2.35
    DELETE /os-security-group-rules/<id>                   -                     2.1   2.35
    GET    /os-security-groups                             -                     2.1   2.35
    POST   /os-security-groups                             -                     2.1   2.35
    GET    /os-security-groups/<id>                        -                     2.1   2.35
    PUT    /os-security-groups/<id>                        -                     2.1   2.35
    DELETE /os-security-groups/<id>                        -                     2.1   2.35
    POST   /os-server-external-events                      -                     2.1
    GET    /os-services                                    -                     2.1
    PUT    /os-services/<id>                               -                     2.1
    DELETE /os-services/<id>                               -                     2.1
    GET    /os-snapshots                                   -                     2.1   2.35
    POST   /os-snapshots                                   -                     2.1   2.35
    GET    /os-snapshots/detail                            -                     2.1   2.35
    GET    /os-snapshots/<id>                              -                     2.1   2.35
    DELETE /os-snapshots/<id>                              -                     2.1   2.35
    GET    /os-volumes                                     -                     2.1   2.35
    POST   /os-volumes                                     -                     2.1   2.35
    GET    /os-volumes/detail                              -                     2.1   2.35
    GET    /os-volumes/<id>                                -                     2.1   2.35
    DELETE /os-volumes/<id>                                -                     2.1   2.35
    POST   /servers/<server>/action                        os-getConsoleOutput   2.1
    POST   /servers/<server>/action                        addFloatingIp         2.1   2.43
    POST   /servers/<server>/action                        removeFloatingIp      2.1   2.43
    POST   /servers/<server>/action                        addFixedIp            2.1   2.43
    POST   /servers/<server>/action                        removeFixedIp         2.1   2.43
    POST   /servers/<server>/action                        os-getVNCConsole      2.1   2.5
    POST   /servers/<server>/action                        os-getSPICEConsole    2.1   2.5
    POST   /servers/<server>/action                        os-getRDPConsole      2.1   2.5
    POST   /servers/<server>/action                        os-getSerialConsole   2.1   2.5
    POST   /servers/<server>/action                        addSecurityGroup      2.1
    POST   /servers/<server>/action                        removeSecurityGroup   2.1
    GET    /servers/<server>/diagnostics                   -                     2.1
    GET    /servers/<server>/os-server-password            -                     2.1
    DELETE /servers/<server>/os-server-password            -                     2.1
    POST   /servers/<server>/remote-consoles               -                     2.6
    GET    /servers/<server>/os-security-groups            -                     2.1
    GET    /servers/<server>/topology                      -                     2.78
    GET    /servers/<server>/migrations                    -                     2.23
    GET    /servers/<server>/migrations/<item>             -                     2.23
    DELETE /servers/<server>/migrations/<item>             -                     2.24
    POST   /servers/<server>/migrations/<item>/action      force_complete        2.22
    GET    /servers/<server>/os-interface                  -                     2.1
    POST   /servers/<server>/os-interface                  -                     2.1
    GET    /servers/<server>/os-interface/<item>           -                     2.1
    DELETE /servers/<server>/os-interface/<item>           -                     2.1
    GET    /servers/<server>/os-volume_attachments         -                     2.1
    POST   /servers/<server>/os-volume_attachments         -                     2.1
    GET    /servers/<server>/os-volume_attachments/<item>  -                     2.1
    PUT    /servers/<server>/os-volume_attachments/<item>  -                     2.1
    DELETE /servers/<server>/os-volume_attachments/<item>  -                     2.1
    GET    /servers/<server>/shares                        -                     2.97
    POST   /servers/<server>/shares                        -                     2.97
    GET    /servers/<server>/shares/<item>                 -                     2.97
    DELETE /servers/<server>/shares/<item>                 -                     2.97
    GET    /servers/<server>/tags                          -                     2.26
    PUT    /servers/<server>/tags                          -                     2.26
    DELETE /servers/<server>/tags                          -                     2.26
    GET    /servers/<server>/tags/<item>                   -                     2.26
    PUT    /servers/<server>/tags/<item>                   -                     2.26
    DELETE /servers/<server>/tags/<item>                   -                     2.26
"""


def declare(method: str, path: str, action: str, since: str, until: str | None = None) -> None:
    """An endpoint of the table; the server of its path is looked up first, as by a real one."""
    key = None if action == "-" else action

    def not_implemented(call: Call, **params: Any) -> NoReturn:
        raise NotImplementedHere(operation=" ".join(filter(None, (method, path, key))))

    not_implemented.__name__ = slug(method, path, key)
    compute.route(method, path, action=key, since=since, until=until)(not_implemented)


for _row in TABLE.strip().splitlines():
    declare(*_row.split())
