"""States of SES that nobody can wait for: given from outside, and held until they are begun again.

What is asked for comes as JSON, as docs/sandbox.md has it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast, get_args

from botocore.loaders import Loader
from moto.sesv2.models import sesv2_backends

from provisioner.errors import InputError
from provisioner.sandbox.knobs.dns import is_within
from provisioner.sandbox.ses.model import Check, Identity, Status
from provisioner.sandbox.ses.store import SesStore, account_of, identity_key, store
from provisioner.sandbox.settings import SandboxSettings
from provisioner.sandbox.zones import ACCOUNT

Json = Mapping[str, Any]
_IDENTITY_HINT = 'e.g. {"identity": "example.com", "dkim": {"status": "FAILED"}, "age": 259200}; see docs/sandbox.md'
_ACCOUNT_HINT = 'e.g. {"enforcement": "PROBATION", "daily_quota": 200}; see docs/sandbox.md'
_OF_ACCOUNT = ("enforcement", "review", "production", "daily_quota", "sent_last_day")
_WORDS = {
    "enforcement": ("HEALTHY", "PROBATION", "SHUTDOWN"),
    "review": (None, "PENDING", "FAILED", "GRANTED", "DENIED"),
    "production": (True, False),
}


def hold(document: Json, region: str) -> None:
    """Let SES say of one identity what a document says; raises `InputError`, and then nothing was changed."""
    identity = _identity(document, region)
    parts = {"dkim": identity.verification, "mail_from": identity.mail_from and identity.mail_from.check}
    if set(document) - {"identity", "region", "age", "origin", "signing_hosted_zone", *parts}:
        raise InputError("invalid_fault", f"no state of an identity: {document}", _IDENTITY_HINT)
    held = [(check, _held(document[name])) for name, check in parts.items() if name in document]
    if any(check is None for check, _ in held):
        raise InputError("invalid_fault", f"{identity.email_identity} has no custom MAIL FROM domain", _IDENTITY_HINT)
    generated = datetime.now(UTC) - timedelta(seconds=_number(document, "age", 0))
    for check, state in held:
        vars(check).update(vars(state))
    identity.dkim.generated = generated if "age" in document else identity.dkim.generated
    identity.dkim.origin = document.get("origin", identity.dkim.origin)
    identity.dkim.hosted_zone = document.get("signing_hosted_zone", identity.dkim.hosted_zone)


def release(domain: str | None = None) -> None:
    """Let SES look for itself again, in all regions: at the identities of a domain and below, or at all of them."""
    for identity in [one for backend in _regions() for one in list(backend.identities.values())]:
        if domain is None or is_within(identity.email_identity.rpartition("@")[2], domain):
            own = [identity.mail_from.check] if identity.mail_from else []
            for check in (identity.verification, *own):
                vars(check).update(vars(Check()) if check.held else {})


def change_account(document: Json, region: str) -> None:
    """Let SES say of the account what a document says; raises `InputError`, and then nothing was changed."""
    backend = _store(document, region)
    wanted = {name: value for name, value in document.items() if name != "region"}
    for name, value in wanted.items():
        known = _WORDS.get(name)
        if name not in _OF_ACCOUNT or (known and value not in known) or (not known and not _is_amount(value)):
            raise InputError("invalid_fault", f"account: {name}={value} is nothing that SES says", _ACCOUNT_HINT)
    _become(backend, wanted)


def release_account(settings: SandboxSettings) -> None:
    """Let SES say of the account what it said when the sandbox started, in all regions."""
    for backend in _regions():
        _become(backend, {name: getattr(settings, name) for name in _OF_ACCOUNT})


def _become(backend: SesStore, wanted: Json) -> None:
    account = backend.account
    for name in {"enforcement", "production", "daily_quota", "sent_last_day"} & set(wanted):
        setattr(account, name, wanted[name])
    if "review" in wanted:
        account.details = account_of(replace(backend.settings, review=wanted["review"])).details


def _store(document: Json, region: str) -> SesStore:
    named = str(document.get("region", region))
    try:
        return store(named)
    except KeyError as error:
        raise InputError("invalid_fault", f"there is no region {named}", _IDENTITY_HINT) from error


def _identity(document: Json, region: str) -> Identity:
    name = identity_key(str(document.get("identity", "")))
    found = _store(document, region).refresh(name)
    if found is None:
        raise InputError("invalid_fault", f"there is no identity {name or document}", _IDENTITY_HINT)
    return found


def _held(state: Any) -> Check:
    known = {"status", "error", "checked_ago", "succeeded_ago"}
    if not isinstance(state, Mapping) or set(state) - known or state.get("status") not in get_args(Status):
        raise InputError("invalid_fault", f"no state of SES: {state}", _IDENTITY_HINT)
    if state.get("error") not in (None, *_errors()):
        raise InputError("invalid_fault", f"{state['error']} is no error of SES's verification", _IDENTITY_HINT)
    now, succeeded = datetime.now(UTC), _number(state, "succeeded_ago", 0 if state["status"] == "SUCCESS" else None)
    return Check(
        status=state["status"],
        last_checked=now - timedelta(seconds=_number(state, "checked_ago", 0)),
        last_success=None if succeeded is None else now - timedelta(seconds=succeeded),
        fault=state.get("error"),
        held=True,
    )


def _number(document: Json, name: str, usual: Any) -> Any:
    value = document.get(name, usual)
    if value is not None and not _is_amount(value):
        raise InputError("invalid_fault", f"{name}={value} is no number of seconds", _IDENTITY_HINT)
    return value


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _errors() -> tuple[str, ...]:
    return tuple(Loader().load_service_model("sesv2", "service-2")["shapes"]["VerificationError"]["enum"])


def _regions() -> list[SesStore]:
    return [cast("SesStore", backend) for backend in list(sesv2_backends[ACCOUNT].values())]
