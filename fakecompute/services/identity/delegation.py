"""What tokens must not be used for that were made to act for somebody else."""

from __future__ import annotations

from fakecompute.domain.records.identity import Token
from fakecompute.errors import Forbidden
from fakecompute.rest.call import Call
from fakecompute.services.identity.service import ForbiddenAction

PRIMARY = frozenset({"external", "mapped", "password", "token", "totp"})  # keystone/api/_shared/delegation.py


class NotByDelegation(Forbidden):
    message = "You are not authorized to perform the requested action."  # Keystone does not tell what


def token_of(call: Call) -> Token:
    return call.cloud.store.get(Token, call.context.token)


def is_delegated(token: Token) -> bool:
    """Was it had by a method that is for programs?"""
    return not set(token.methods) <= PRIMARY


def require_own_login(call: Call) -> None:
    """Credentials are for those who have logged in themselves."""
    token = token_of(call)
    if token.trust_id or is_delegated(token):
        raise ForbiddenAction(action="Delegated tokens cannot access credentials directly")


def refuse_trusts(call: Call) -> None:
    """Application credentials outlive what they were made with."""
    token = token_of(call)
    if "application_credential" not in token.methods and (token.trust_id or is_delegated(token)):
        raise NotByDelegation


def refuse_programs(call: Call) -> None:
    """Trusts may be handed on by trust, and not by a program."""
    if is_delegated(token_of(call)):
        raise ForbiddenAction(action="Delegated tokens cannot manage trusts.")
