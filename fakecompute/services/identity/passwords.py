"""POST /users/{id}/password, and what every login by password goes through."""

from __future__ import annotations

from fakecompute.domain.identity_passwords import (
    PasswordExpired,
    WrongPassword,
    change_password,
    note_failure,
    note_login,
    prove,
)
from fakecompute.domain.records.identity import User
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Body, Schema, Text
from fakecompute.services.identity.service import identity, unauthorized

# --- request schemas ----------------------------------------------------------------------------------


class ChangePassword(Schema):
    original_password = Text(required=True)
    password = Text(required=True)


CHANGE_PASSWORD = Body(ChangePassword)


# --- who one is -----------------------------------------------------------------------------------------


def require_password(call: Call, user: User, password: object, *, expired_will_do: bool = False) -> None:
    """401 if it is not the user's, and the failure counts; or if it has to be changed first."""
    try:
        prove(call.cloud, user, password)
    except WrongPassword:
        refused = unauthorized(call)
        if password != user.password:
            refused.aftermath = lambda: note_failure(call.cloud, user)
        raise refused from None
    except PasswordExpired as expired:
        if not expired_will_do:
            expired.headers = unauthorized(call).headers
            raise
    note_login(call.cloud, user)


# --- handlers -----------------------------------------------------------------------------------------


@identity.post("/users/<user_id>/password", public=True, success=204)
def change_own_password(call: Call, user_id: str) -> None:
    """The old password is all that one needs: an expired one can be changed without a token."""
    sent = call.body if isinstance(call.body, dict) else {}
    wish = CHANGE_PASSWORD.load(sent.get("user", {}), call.version)
    user = call.cloud.store.find(User, user_id)
    if user is None:
        raise unauthorized(call)
    require_password(call, user, wish["original_password"], expired_will_do=True)
    change_password(call.cloud, call.cloud.store.get(User, user_id), wish["password"])
