"""OpenStack's own Tempest against fakecompute: `CONFORMANCE=... python -m tests.conformance.tempest [regex]`

The harness's run.sh makes an environment for Tempest, runs it and counts; the variables that it reads are for
whoever calls this, too (CONCURRENCY, TIMEOUT, MIN_MICROVERSION, TEMPEST_SET ...).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fakecompute import Cloud, WallClock
from fakecompute.domain.settings import Settings
from fakecompute.domain.timing import Timing, constant
from fakecompute.faces.running import running
from fakecompute.services.network.extensions import EXTENSIONS

# At once, but for an image of a server: some tests look while it is being saved
TIMING = Timing.profile("instant").with_own({"server.createImage.image_uploading": constant(2)})
# As devstack has it, and tempest.conf takes for granted; images are imported from where the harness serves one
SETTINGS = Settings(
    enabled_filters=(*Settings().enabled_filters, "SameHostFilter", "DifferentHostFilter"),
    enabled_backends=("local:file", "spare:file"),
    allowed_hosts=("127.0.0.1",),
    allowed_ports=(os.environ.get("HTTP_PORT", "18099"),),
)
VARIABLES = {
    "NETWORK_EXTENSIONS": ",".join(row[0] for row in EXTENSIONS),
    # as Glance does by default; and there is no object store whose containers could be tidied up
    "TEMPEST_SET": "image-feature-enabled.image_format_enforcement=true volume.backup_driver=ceph",
}


def main(words: list[str]) -> int:
    cloud = Cloud(clock=WallClock(), timing=TIMING, settings=SETTINGS)
    script = Path(os.environ["CONFORMANCE"], "tempest", "run.sh")
    with TemporaryDirectory() as folder, running(cloud, Path(folder, "clouds.yaml")) as server:
        command = ("bash", str(script), f"{server.url}/identity/v3", *words)
        return subprocess.run(command, check=False, env=VARIABLES | dict(os.environ)).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
