"""What users install is whole: the wheel, in an environment of its own, serves a cloud."""

import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from configparser import ConfigParser
from glob import glob
from http.client import HTTPConnection
from pathlib import Path
from threading import Timer

import pytest

ROOT = Path(__file__).parents[1]
NOT_SOURCE = shutil.ignore_patterns(".*", "tests", "build", "dist", "*.egg-info", "__pycache__")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The `bin` of a fresh environment: fakecompute from the wheel, its dependencies borrowed from ours."""
    home = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, home / "source", symlinks=True, ignore=NOT_SOURCE)
    python = home / "venv" / "bin" / "python"
    run("-m", "build", "--wheel", "--no-isolation", "--outdir", home, home / "source")
    run("-m", "venv", "--without-pip", home / "venv")
    [wheel] = home.glob("*.whl")
    run("-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    ours = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    theirs = run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))", python=python)
    Path(theirs.strip(), "dependencies.pth").write_text("\n".join(ours))
    return python.parent


def test_it_is_the_wheel_that_is_imported(installed):
    where = run("-c", "import fakecompute; print(fakecompute.__file__)", python=installed / "python")
    assert Path(where).is_relative_to(installed.parent)


def test_no_file_stays_behind(installed):
    where = run("-c", "import fakecompute; print(fakecompute.__path__[0])", python=installed / "python")
    left_behind = files(ROOT / "fakecompute") - files(Path(where.strip()))
    assert not left_behind


def test_it_tells_its_version(installed):
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    assert setup["metadata"]["version"] in run("--version", python=installed / "fakecompute")


def test_it_serves_a_cloud_and_ends_when_told(installed):
    server = subprocess.Popen(
        [installed / "fakecompute", "serve", "--port", "0"], cwd=installed, stdout=subprocess.PIPE, text=True
    )
    too_long = Timer(30, server.kill)
    too_long.start()
    try:
        host, port = address(server)
        door = HTTPConnection(host, port, timeout=10)
        door.request("GET", "/_fakecompute/health")
        assert door.getresponse().status == 200
        door.close()
        server.send_signal(signal.SIGTERM)
        assert server.wait(10) == 0
    finally:
        too_long.cancel()
        server.kill()
        server.communicate()


def address(server) -> tuple[str, int]:
    """Where the server says that it listens."""
    said = ""
    for line in server.stdout:
        said += line
        if found := re.search(r"http://([\w.-]+):(\d+)", line):
            return found[1], int(found[2])
    pytest.fail(f"the server printed no address:\n{said}")


def files(package: Path) -> set[str]:
    """Modules, YAML, pages; glob follows the links to the folders at the top."""
    found = glob("**/*.*", root_dir=package, recursive=True)
    return {name for name in found if not name.endswith(".pyc")}


def run(*words: object, python: Path = Path(sys.executable)) -> str:
    """Runs outside of the checkout, so that nothing is found there by chance."""
    command = [str(python), *map(str, words)]
    done = subprocess.run(command, cwd=python.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout
