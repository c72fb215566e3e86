"""How EC2 and S3 requests are signed: AWS signature versions 0, 1, 2 and 4, to check what somebody sent."""

from __future__ import annotations

import hmac
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Mapping
from hashlib import sha1, sha256
from typing import Any
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"


class Unsigned(ValueError):
    """What was sent is no signed request."""


def ec2_signature(secret: str, request: Mapping[str, Any]) -> str:
    """What an EC2 request, in the form of POST /ec2tokens, should be signed with."""
    try:
        params = {str(key): str(value) for key, value in request["params"].items()}
        match params.get("SignatureVersion"):
            case "0":
                return _old(secret, params["Action"] + params["Timestamp"])
            case "1":
                pairs = sorted(params.items(), key=lambda pair: pair[0].lower())
                return _old(secret, "".join(key + value for key, value in pairs))
            case "2":
                params["SignatureMethod"] = "HmacSHA256"
                text = f"{request['verb']}\n{request['host']}\n{request['path']}\n{_query(params)}"
                return b64encode(_sign(secret.encode(), text)).decode()
            case _:
                return _version_4(secret, request, params)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise Unsigned(str(error)) from None


def s3_signature(secret: str, token: str) -> str:
    """What an S3 request should be signed with, of which `token` is the text to sign, in base 64."""
    try:
        text = urlsafe_b64decode(token).decode()
        if not text.startswith("AWS4"):
            return _old(secret, text)
        scope = text.split("\n")[2].split("/")
        if len(scope) != 4 or scope[2] != "s3":
            raise Unsigned("the scope is another")
        return hmac.new(_key(secret, scope[0], scope[1], scope[2]), text.encode(), sha256).hexdigest()
    except (TypeError, ValueError, IndexError) as error:
        raise Unsigned(str(error)) from None


def _old(secret: str, text: str) -> str:
    return b64encode(hmac.new(secret.encode(), text.encode(), sha1).digest()).decode()


def _sign(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), sha256).digest()


def _key(secret: str, *scope: str) -> bytes:
    key = b"AWS4" + secret.encode()
    for word in (*scope, "aws4_request"):
        key = _sign(key, word)
    return key


def _query(params: Mapping[str, str]) -> str:
    return "&".join(f"{quote(key, safe='')}={quote(params[key], safe='-_~')}" for key in sorted(params))


def _version_4(secret: str, request: Mapping[str, Any], params: Mapping[str, str]) -> str:
    headers = {str(key).lower().strip(): str(value).strip() for key, value in request["headers"].items()}
    told = headers.get("authorization", "")
    if not told.startswith(ALGORITHM) and params.get("X-Amz-Algorithm") != ALGORITHM:
        raise Unsigned("there is no signature of version 4")

    def part(name: str) -> str:
        return told.partition(f"{name}=")[2].split(",")[0] if told else params[f"X-Amz-{name}"]

    date = headers.get("x-amz-date") or params["X-Amz-Date"]
    _, *scope = part("Credential").split("/")
    day, region, service = scope[:3]
    if not date.startswith(day):
        raise Unsigned("the dates are not the same")
    signed = [name for name in part("SignedHeaders").split(";") if name in headers]
    asked = (
        request["verb"].upper(),
        request["path"],
        "" if request["verb"].upper() == "POST" else _query(params),
        "".join(f"{name}:{headers[name]}\n" for name in signed),
        part("SignedHeaders"),
        request["body_hash"],
    )
    digest = sha256("\n".join(asked).encode()).hexdigest()
    text = "\n".join((ALGORITHM, date, "/".join(scope), digest))
    return hmac.new(_key(secret, day, region, service), text.encode(), sha256).hexdigest()
