"""/domains/{id}/config: what a domain has for itself of keystone.conf.  It is kept and shown; nothing reads it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fakecompute.domain.records.identity import Domain, DomainConfig
from fakecompute.errors import Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.identity.domains import DomainNotFound
from fakecompute.services.identity.service import Expecting, identity

Options = dict[str, dict[str, Any]]

# What a domain may set, with keystone.conf's defaults.
# fmt: off
DEFAULTS: Options = {
    "identity": {"driver": "sql", "list_limit": None},
    "ldap": {
        "url": "ldap://localhost", "user": None, "suffix": "cn=example,cn=com", "query_scope": "one", "page_size": 0,
        "alias_dereferencing": "default", "debug_level": None, "chase_referrals": None,
        "user_tree_dn": None, "user_filter": None, "user_objectclass": "inetOrgPerson",
        "user_id_attribute": "cn", "user_name_attribute": "sn", "user_mail_attribute": "mail",
        "user_description_attribute": "description", "user_pass_attribute": "userPassword",
        "user_enabled_attribute": "enabled", "user_enabled_invert": False, "user_enabled_mask": 0,
        "user_enabled_default": "True", "user_attribute_ignore": ["default_project_id"],
        "user_default_project_id_attribute": None, "user_enabled_emulation": False,
        "user_enabled_emulation_dn": None, "user_enabled_emulation_use_group_config": False,
        "user_additional_attribute_mapping": [],
        "group_tree_dn": None, "group_filter": None, "group_objectclass": "groupOfNames",
        "group_id_attribute": "cn", "group_name_attribute": "ou", "group_members_are_ids": False,
        "group_member_attribute": "member", "group_desc_attribute": "description", "group_attribute_ignore": [],
        "group_additional_attribute_mapping": [],
        "tls_cacertfile": None, "tls_cacertdir": None, "use_tls": False, "tls_req_cert": "demand",
        "use_pool": True, "pool_size": 10, "pool_retry_max": 3, "pool_retry_delay": 0.1,
        "pool_connection_timeout": -1, "pool_connection_lifetime": 600,
        "use_auth_pool": True, "auth_pool_size": 100, "auth_pool_connection_lifetime": 60,
    },
}
# fmt: on
SECRET = {"ldap": ("password",)}  # may be set, and is never shown
COMPLIANCE = "security_compliance"  # for reading, of the default domain alone


class BadConfig(Forbidden):
    message = "Invalid domain specific configuration: {reason}."


class ConfigNotFound(NotFound):
    message = "Could not find {what} in domain configuration for domain {domain}."


# --- rules --------------------------------------------------------------------------------------------------


def _require_known(group: str | None, option: str | None = None) -> None:
    if group is None:
        return
    if group not in DEFAULTS:
        raise BadConfig(reason=f"Group {group} is not supported for domain specific configurations")
    if option is not None and option not in DEFAULTS[group] and option not in SECRET.get(group, ()):
        raise BadConfig(
            reason=f"Option {option} in group {group} is not supported for domain specific configurations"
        )


def _wanted(call: Call, group: str | None = None, option: str | None = None) -> Options:
    """What the body has under `config`, by groups."""
    if not isinstance(call.body, dict):
        raise Expecting(attribute="valid JSON", target="request body")
    config = call.body.get("config")
    if group is not None and option is not None:
        config = {group: config}
    if not config or not isinstance(config, dict):
        raise BadConfig(reason="No options specified")
    for name, options in config.items():
        if not options or not isinstance(options, dict):
            raise BadConfig(
                reason=f"The value of group {name} specified in the config should be a dictionary of options"
            )
        for one in options:
            _require_known(name, one)
    if group is not None:
        _require_that_alone(config, group, option)
    return config


def _require_that_alone(config: Options, group: str, option: str | None) -> None:
    """A path that names a group or an option is good for no other."""
    _require_known(group, option)
    what = f"option {option} in group {group}" if option else f"group {group}"
    kind = "option" if option else "group"
    if len(config) != 1 or (option and len(config[group]) != 1):
        must = "must be specified  in the config" if option else "must be specified in the config"
        raise BadConfig(reason=f"Trying to update {what}, so that, and only that, {kind} {must}")
    if group not in config:
        raise BadConfig(
            reason=f"request to update {what}, but config provided contains group {next(iter(config))} instead"
        )
    if option and option not in config[group]:
        other = next(iter(config[group]))
        raise BadConfig(
            reason=f"Trying to update {what}, but config provided contains option {other} instead"
        )


# --- what there is --------------------------------------------------------------------------------------------


def _options(call: Call, domain_id: str) -> Options:
    config = call.cloud.store.find(DomainConfig, domain_id)
    found: Options = {}
    for group, option, value in config.options if config else ():
        found.setdefault(group, {})[option] = value
    return found


def _shown(options: Options) -> dict[str, Any]:
    """Without secrets."""
    shown = {
        group: {option: value for option, value in held.items() if option not in SECRET.get(group, ())}
        for group, held in options.items()
    }
    return {"config": {group: held for group, held in shown.items() if held}}


def _part(options: Options, domain_id: str, group: str | None, option: str | None) -> dict[str, Any]:
    """What a path asks for, or a 404."""
    config = _shown(options)["config"]
    if group is None:
        if not config:
            raise ConfigNotFound(what="any options", domain=domain_id)
        return {"config": config}
    if group not in config:
        raise ConfigNotFound(what=f"group {group}", domain=domain_id)
    if option is None:
        return {"config": {group: config[group]}}
    if option not in config[group]:
        raise ConfigNotFound(what=f"option {option} in group {group}", domain=domain_id)
    return {"config": {option: config[group][option]}}


def _require_there(options: Options, domain_id: str, group: str, option: str | None) -> None:
    """What is changed or deleted by its name must be there, be it secret or not."""
    if group not in options:
        raise ConfigNotFound(what=f"group {group}", domain=domain_id)
    if option is not None and option not in options[group]:
        raise ConfigNotFound(what=f"option {option} in group {group}", domain=domain_id)


def _store(call: Call, domain_id: str, options: Options) -> None:
    kept = tuple(
        (group, option, options[group][option]) for group in sorted(options) for option in sorted(options[group])
    )
    if kept:
        call.cloud.store.put(DomainConfig(id=domain_id, options=kept))
    elif (old := call.cloud.store.find(DomainConfig, domain_id)) is not None:
        call.cloud.store.drop(old)


def _compliance(call: Call, domain_id: str, option: str | None) -> dict[str, Any]:
    """What a password must look like: for everybody to read."""
    call.demand("identity:get_security_compliance_domain_config")
    if domain_id != "default":
        raise BadConfig(
            reason="Reading security compliance information for any domain other than the default domain is not"
            " allowed or supported."
        )
    readable = {name: getattr(call.cloud.settings, name) or None for name in READABLE}
    if option is None:
        return {"config": {COMPLIANCE: readable}}
    if option not in readable:
        raise BadConfig(
            reason="Reading security compliance values other than password_regex and password_regex_description is"
            " not allowed."
        )
    return {"config": {option: readable[option]}}


READABLE = ("password_regex", "password_regex_description")


# --- handlers -----------------------------------------------------------------------------------------


def _paths(path: str) -> Iterable[str]:
    return path, f"{path}/<group_name>", f"{path}/<group_name>/<option>"


def show_domain_config(
    call: Call, domain_id: str, group_name: str | None = None, option: str | None = None
) -> dict[str, Any]:
    if group_name == COMPLIANCE:
        return _compliance(call, domain_id, option)
    call.demand("identity:get_domain_config")
    _require_known(group_name, option)
    return _part(_options(call, domain_id), domain_id, group_name, option)


def update_domain_config(
    call: Call, domain_id: str, group_name: str | None = None, option: str | None = None
) -> dict[str, Any]:
    _require_domain(call, domain_id)
    wanted, held = _wanted(call, group_name, option), _options(call, domain_id)
    if group_name is not None:
        _require_there(held, domain_id, group_name, option)
    for group, options in wanted.items():
        held[group] = {**held.get(group, {}), **options}
    _store(call, domain_id, held)
    return _shown(held)


def delete_domain_config(
    call: Call, domain_id: str, group_name: str | None = None, option: str | None = None
) -> None:
    _require_domain(call, domain_id)
    _require_known(group_name, option)
    held = _options(call, domain_id)
    if group_name is None:
        held = {}
    else:
        _require_there(held, domain_id, group_name, option)
        gone = held.pop(group_name)
        rest = {name: value for name, value in gone.items() if option is not None and name != option}
        held |= {group_name: rest} if rest else {}
    _store(call, domain_id, held)


def show_domain_config_default(
    call: Call, group_name: str | None = None, option: str | None = None
) -> dict[str, Any]:
    _require_known(group_name, option)
    if group_name is None:
        return {"config": DEFAULTS}
    if option is None:
        return {"config": {group_name: DEFAULTS[group_name]}}
    if option in SECRET.get(group_name, ()):
        raise BadConfig(reason=f"Reading the default for option {option} in group {group_name} is not supported")
    return {"config": {option: DEFAULTS[group_name][option]}}


def _require_domain(call: Call, domain_id: str) -> None:
    if call.cloud.store.find(Domain, domain_id) is None:
        raise DomainNotFound(id=domain_id)


@identity.put("/domains/<domain_id>/config", policy="identity:create_domain_config", success=201)
def create_domain_config(call: Call, domain_id: str) -> Answer:
    """In the place of what there was."""
    _require_domain(call, domain_id)
    wanted = _wanted(call)
    there = call.cloud.store.find(DomainConfig, domain_id) is not None
    _store(call, domain_id, wanted)
    return Answer(200 if there else 201, _shown(_options(call, domain_id)))


for _path in _paths("/domains/<domain_id>/config"):
    identity.get(_path)(show_domain_config)  # the policy is another one for what all may read
    identity.patch(_path, policy="identity:update_domain_config")(update_domain_config)
    identity.delete(_path, policy="identity:delete_domain_config", success=204)(delete_domain_config)
for _path in _paths("/domains/config"):
    identity.get(f"{_path}/default", policy="identity:get_domain_config_default")(show_domain_config_default)
