"""Passwords, and the rules of [security_compliance]: what one may be, how long it lives, how often one may err."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fakecompute.domain.identity import revoke_of_user
from fakecompute.domain.records.identity import User
from fakecompute.errors import BadRequest, Unauthorized
from fakecompute.kernel.clock import SECOND

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

DAY = 86_400 * SECOND


class NoString(BadRequest):
    message = "Password validation error: Password must be a string type."


class BadPassword(BadRequest):
    message = "The password does not match the requirements: {description}."


class UsedBefore(BadRequest):
    message = (
        "The new password cannot be identical to a previous password. The total number which includes the new"
        " password must be unique is {count}."
    )


class TooYoung(BadRequest):
    message = (
        "You cannot change your password at this time due to the minimum password age. Once you change your"
        " password, it must be used for {days} day(s) before it can be changed. Please try again in {left} day(s)"
        " or contact your administrator to reset your password."
    )


class Locked(BadRequest):
    message = (
        "You cannot change your password at this time due to password policy disallowing password changes. Please"
        " contact your administrator to reset your password."
    )


class WrongPassword(Unauthorized):
    """Or no such user, or one that is locked or disabled: Keystone does not tell which."""


class PasswordExpired(Unauthorized):
    message = "The password is expired and needs to be changed for user: {user_id}."


# --- who somebody is ----------------------------------------------------------------------------------------


def prove(cloud: Cloud, user: User, password: object) -> None:
    """WrongPassword or PasswordExpired if the password does not do; what else follows is in `note_login`."""
    if is_locked(cloud, user) or user.password is None or password != user.password:
        raise WrongPassword
    if not is_enabled(cloud, user):
        raise WrongPassword
    if has_expired(cloud, user):
        raise PasswordExpired(user_id=user.id)


def note_login(cloud: Cloud, user: User) -> None:
    """Somebody has logged in."""
    active = cloud.now if cloud.settings.disable_user_account_days_inactive else user.last_active_at
    if user.failed_auth_count or active != user.last_active_at:
        cloud.store.put(user.evolve(failed_auth_count=0, last_active_at=active))


def note_failure(cloud: Cloud, user: User) -> None:
    """Somebody has tried a wrong password; a locked account is not locked for any longer by that."""
    if cloud.settings.lockout_failure_attempts and not is_locked(cloud, user):
        count = 0 if _is_over(cloud, user) else user.failed_auth_count
        cloud.store.put(user.evolve(failed_auth_count=count + 1, failed_auth_at=cloud.now))


def is_locked(cloud: Cloud, user: User) -> bool:
    limit = cloud.settings.lockout_failure_attempts
    if not limit or dict(user.options).get("ignore_lockout_failure_attempts"):
        return False
    return user.failed_auth_count >= limit and not _is_over(cloud, user)


def _is_over(cloud: Cloud, user: User) -> bool:
    """Is the last lockout, if there was one?"""
    full = user.failed_auth_count >= cloud.settings.lockout_failure_attempts
    return full and user.failed_auth_at + cloud.settings.lockout_duration * SECOND <= cloud.now


def is_enabled(cloud: Cloud, user: User) -> bool:
    """Who has not been seen for too long is not."""
    days = cloud.settings.disable_user_account_days_inactive
    if not user.enabled or not days or dict(user.options).get("ignore_user_inactivity"):
        return user.enabled
    return user.last_active_at is None or cloud.now // DAY - user.last_active_at // DAY < days


def has_expired(cloud: Cloud, user: User) -> bool:
    exempt = dict(user.options).get("ignore_password_expiry")
    return user.password_expires_at is not None and not exempt and user.password_expires_at <= cloud.now


# --- new passwords ------------------------------------------------------------------------------------------


def require_good(cloud: Cloud, password: object) -> None:
    """The password fits the cloud's `password_regex`."""
    if not cloud.settings.password_regex:
        return
    if not isinstance(password, str):
        raise NoString
    if not re.match(cloud.settings.password_regex, password):
        raise BadPassword(description=cloud.settings.password_regex_description or None)


def with_password(cloud: Cloud, user: User, password: str | None, *, own: bool = False) -> User:
    """The user with a new password, which an operator chose or the user's `own`.  Nothing is stored yet."""
    keep = cloud.settings.unique_last_password_count
    past = (*user.past_passwords, *(() if user.password is None else (user.password,)))
    options = dict(user.options)
    days = cloud.settings.password_expires_days
    now = cloud.now - cloud.now % SECOND
    ends = now + days * DAY if days and not options.get("ignore_password_expiry") else None
    first = cloud.settings.change_password_upon_first_use and not own
    if first and not options.get("ignore_change_password_upon_first_use"):
        ends = cloud.now
    return user.evolve(
        password=password,
        password_created_at=cloud.now,
        password_expires_at=ends if password is not None else None,
        password_is_own=own,
        past_passwords=past[-keep:] if keep else (),
    )


def change_password(cloud: Cloud, user: User, password: str) -> User:
    """A user's own wish; all tokens end with the old password."""
    require_good(cloud, password)
    if dict(user.options).get("lock_password"):
        raise Locked
    days = cloud.settings.minimum_password_age
    age_is = user.password_created_at + days * DAY
    if user.password_is_own and cloud.now < age_is:
        raise TooYoung(days=days, left=(age_is - cloud.now) // DAY)
    count = cloud.settings.unique_last_password_count
    if count and password in (*user.past_passwords, user.password)[-count:]:
        raise UsedBefore(count=count)
    revoke_of_user(cloud, user.id)
    return cloud.store.put(with_password(cloud, user, password, own=True))
