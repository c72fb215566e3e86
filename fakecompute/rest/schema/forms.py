"""Forms of strings that schemas ask for: names, UUIDs, addresses, times, regular expressions."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import unicodedata
import warnings
from collections.abc import Callable

_UUID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", re.IGNORECASE)  # oslo_utils.uuidutils


def _is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None


def _is_base64(text: str) -> bool:
    """Padded as it must be; what is not of the alphabet is passed over, as oslo.serialization does."""
    try:
        base64.b64decode(text)
    except (ValueError, binascii.Error):
        return False
    return True


def _is_ip(version: int) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            return ipaddress.ip_address(text).version == version and "%" not in text  # no zone: fe80::1%eth0
        except ValueError:
            return False

    return check


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """What a client sent as a regular expression; ValueError if it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # `[[` may mean a set in a set one day
            return re.compile(text, flags)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(str(error)) from None


def _is_regex(text: str) -> bool:
    try:
        regex(text)
    except ValueError:
        return False
    return text != ""


def _is_time(text: str) -> bool:
    from fakecompute.kernel.clock import moment

    try:
        moment(text)
    except (ValueError, OverflowError):
        return False
    return True


def is_printable(text: str) -> bool:
    """No control characters, no separators other than blanks: Nova's rule for names."""
    return all(
        c == " " or unicodedata.category(c)[0] not in "CZ" or unicodedata.category(c) == "Zs" for c in text
    )


TRIMMED = "name that is trimmed"
FORMS: dict[str, Callable[[str], bool]] = {
    "uuid": _is_uuid,
    "base64": _is_base64,
    "ipv4": _is_ip(4),
    "ipv6": _is_ip(6),
    "regex": _is_regex,
    "date-time": _is_time,
    "uri": lambda text: bool(re.match(r"[a-z][a-z0-9+.-]*:", text, re.IGNORECASE)),
}
BAD_NAME = (
    "An invalid 'name' value was provided. The name must be: printable characters."
    " Can not start or end with whitespace."
)
BAD_BLANK_NAME = (
    "An invalid 'name' value was provided. The name must be: printable characters with at least one non space"
    " character"
)
