"""All operations of Placement from microversion 1.0 to 1.39.  Facts: its route table and version history."""

from __future__ import annotations

from fakecompute.services.coverage import operations

OPERATIONS = operations(
    """
    method path                                               since until success
    GET    /                                                  1.0   -     200
    GET    /resource_providers                                1.0   -     200
    POST   /resource_providers                                1.0   -     201,200@1.20
    GET    /resource_providers/<id>                           1.0   -     200
    PUT    /resource_providers/<id>                           1.0   -     200
    DELETE /resource_providers/<id>                           1.0   -     204
    GET    /resource_providers/<id>/inventories               1.0   -     200
    POST   /resource_providers/<id>/inventories               1.0   -     201
    PUT    /resource_providers/<id>/inventories               1.0   -     200
    DELETE /resource_providers/<id>/inventories               1.5   -     204
    GET    /resource_providers/<id>/inventories/<item>        1.0   -     200
    PUT    /resource_providers/<id>/inventories/<item>        1.0   -     200
    DELETE /resource_providers/<id>/inventories/<item>        1.0   -     204
    GET    /resource_providers/<id>/usages                    1.0   -     200
    GET    /resource_providers/<id>/allocations               1.0   -     200
    GET    /resource_providers/<id>/aggregates                1.1   -     200
    PUT    /resource_providers/<id>/aggregates                1.1   -     200
    GET    /resource_providers/<id>/traits                    1.6   -     200
    PUT    /resource_providers/<id>/traits                    1.6   -     200
    DELETE /resource_providers/<id>/traits                    1.6   -     204
    GET    /resource_classes                                  1.2   -     200
    POST   /resource_classes                                  1.2   -     201
    GET    /resource_classes/<id>                             1.2   -     200
    PUT    /resource_classes/<id>                             1.2   -     200,201/204@1.7
    DELETE /resource_classes/<id>                             1.2   -     204
    GET    /traits                                            1.6   -     200
    GET    /traits/<id>                                       1.6   -     204
    PUT    /traits/<id>                                       1.6   -     201/204
    DELETE /traits/<id>                                       1.6   -     204
    POST   /allocations                                       1.13  -     204
    GET    /allocations/<id>                                  1.0   -     200
    PUT    /allocations/<id>                                  1.0   -     204
    DELETE /allocations/<id>                                  1.0   -     204
    GET    /allocation_candidates                             1.10  -     200
    GET    /usages                                            1.9   -     200
    POST   /reshaper                                          1.30  -     204
    """
)
