"""Architecture, hypervisor and machine mode of an image, and hosts that can run such a thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fakecompute.domain.records.compute import Host

# fmt: off
ARCHITECTURES = {"amd64": "x86_64", **dict.fromkeys(("i386", "i486", "i586", "x86_32", "x86_32p"), "i686")}
HYPERVISORS = {"xapi": "xen"}
MODES = {"pv": "xen", "hv": "hvm", "baremetal": "hvm"}
ASKED = (  # the property, the name it had once, and older words for its values
    ("hw_architecture", "architecture",    ARCHITECTURES),
    ("img_hv_type",     "hypervisor_type", HYPERVISORS),
    ("hw_vm_mode",      "vm_mode",         MODES),
)
ALSO = {"x86_64": ("i686",), "aarch64": ("armv7l",), "QEMU": ("qemu", "kvm")}  # what runs there beside its own
# fmt: on


def image_properties(properties: Mapping[str, str]) -> Callable[[Host], bool] | None:
    """A test of hosts; None if the image says nothing about them."""
    wanted = [_value(properties, name, old, words) for name, old, words in ASKED]
    if not any(wanted):
        return None
    architecture, hypervisor, mode = wanted
    version = properties.get("img_hv_requested_version") or properties.get("hypervisor_version_requires")

    def test(host: Host) -> bool:
        return (
            architecture in ("", host.architecture, *ALSO.get(host.architecture, ()))
            and hypervisor in ("", host.hypervisor_type.lower(), *ALSO.get(host.hypervisor_type, ()))
            and mode in ("", "hvm")
            and (not version or _in_range(host.hypervisor_version, version))
        )

    return test


def _value(properties: Mapping[str, str], name: str, old: str, words: Mapping[str, str]) -> str:
    value = str(properties.get(name) or properties.get(old) or "").lower()
    return words.get(value, value)


COMPARE: Mapping[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
}


def _in_range(version: int, predicate: str) -> bool:
    """`>=6.0, <7.2` against 6001002, which is 6.1.2; nonsense excludes all."""
    own = version // 1_000_000, version // 1000 % 1000, version % 1000
    for part in predicate.split(","):
        word = part.strip()
        sign = next((sign for sign in COMPARE if word.startswith(sign)), None)
        numbers = word[len(sign) :].strip().split(".") if sign else []
        if sign is None or len(numbers) > 3 or not all(number.isdecimal() for number in numbers):
            return False
        other = tuple(int(number) for number in [*numbers, "0", "0"][:3])
        if not COMPARE[sign](own, other):
            return False
    return True
