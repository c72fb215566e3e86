"""Logging in by hand, for tests of what a token tells and of what it is good for."""

V3 = "/identity/v3"


def sign_in(http, user="demo", *, scope=None, headers=None, **methods):
    """POST /auth/tokens by password, or by the methods that are given."""
    who = {"name": user, "domain": {"id": "default"}}
    methods = methods or {"password": {"user": {**who, "password": "secret"}}}
    auth = {"identity": {"methods": list(methods), **methods}}
    if scope is not None:
        auth["scope"] = scope
    return http.post(f"{V3}/auth/tokens", json={"auth": auth}, headers={"X-Auth-Token": None, **(headers or {})})


def bearer(answer):
    """The headers of whoever got this token."""
    return {"X-Auth-Token": answer.headers["X-Subject-Token"]}


def message(answer):
    return answer.json["error"]["message"]
