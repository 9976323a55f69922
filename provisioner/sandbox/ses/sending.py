"""What the emulated SES knows, for the parts of the sandbox that are not its API: the SMTP server above all."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from provisioner.sandbox.ses.model import Identity
from provisioner.sandbox.ses.store import SesStore, store


@dataclass(frozen=True)
class SesIdentity:
    """The identity that decides about an address; `kind` is `EMAIL_ADDRESS` or `DOMAIN`.

    `policy` is what its owner lets others do with it (JSON), None when nothing was said.
    """

    name: str
    arn: str
    verified: bool
    configuration_set: str | None
    kind: str
    policy: str | None = None


@dataclass(frozen=True)
class SesConfigurationSet:
    """A configuration set as far as sending is concerned."""

    name: str
    arn: str
    sending_enabled: bool


@dataclass(frozen=True)
class SendQuota:
    """Messages per 24 hours and per second."""

    max_24_hour_send: float
    max_send_rate: float


def identity_for(address_or_domain: str, region: str) -> SesIdentity | None:
    """Return the most specific identity that covers an address or domain: address, then sub-domain, then domain.

    A verified identity goes before a more specific one that is not: a verified domain covers everything below it.
    """
    backend = store(region)
    covering = list(_covering(backend, address_or_domain))
    chosen = next((identity for identity in covering if identity.verified), covering[0] if covering else None)
    if chosen is None:
        return None
    return SesIdentity(
        name=chosen.email_identity,
        arn=backend.arn("identity", chosen.email_identity),
        verified=chosen.verified,
        configuration_set=chosen.configuration_set,
        kind=chosen.kind,
        policy=_as_one(chosen.policies.values()),
    )


def configuration_set(name: str, region: str) -> SesConfigurationSet | None:
    """Return a configuration set by its exact name, None when it does not exist."""
    backend = store(region)
    found = backend.configuration_sets.get(name)
    if found is None:
        return None
    return SesConfigurationSet(name, backend.arn("configuration-set", name), found.sending_enabled)


def production_access(region: str) -> bool:
    """Say whether the account may send to recipients that are not verified."""
    return store(region).account.production


def sending_enabled(region: str) -> bool:
    """Say whether the account may send at all."""
    return store(region).account.sending_enabled


def send_quota(region: str) -> SendQuota:
    """Return the account's sending quota: 200 a day and 1 a second in SES's sandbox, 50,000 and 14 in production."""
    usual = SendQuota(50_000.0, 14.0) if production_access(region) else SendQuota(200.0, 1.0)
    most = store(region).account.daily_quota
    return usual if most is None else replace(usual, max_24_hour_send=most)


def _as_one(policies: Iterable[str]) -> str | None:
    """Return all policies of an identity as one: each of them counts."""
    said = [json.loads(policy)["Statement"] for policy in policies]
    statements = [one for found in said for one in (found if isinstance(found, list) else [found])]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}) if statements else None


def _covering(backend: SesStore, address_or_domain: str) -> Iterator[Identity]:
    local, at, domain = address_or_domain.rpartition("@")
    labels = domain.lower().removesuffix(".").split(".")
    names = [f"{local}@{'.'.join(labels)}"] if at else []  # the local part is case-sensitive in SES, the domain is not
    names += [".".join(labels[i:]) for i in range(len(labels))]
    return (identity for name in names if (identity := backend.refresh(name)) is not None)
