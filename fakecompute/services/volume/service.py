"""How Cinder talks: as Nova does, under its own name."""

from __future__ import annotations

from fakecompute.errors import NotImplementedHere
from fakecompute.rest.oslo import dialect, headers_of
from fakecompute.rest.routes import Routes
from fakecompute.rest.version import Microversions, Version

volume = Routes(
    "volume",
    mount="/volume",
    version_path="/v3",
    dialect=dialect(
        headers=headers_of("volume"),
        unrouted=lambda method, known: NotImplementedHere(operation="this part of the Volume API"),
    ),
    microversions=Microversions(types=("volume",), lowest=Version(3, 0), highest=Version(3, 71)),
    url_project=True,
)
