"""Identities that have the DKIM key and tokens of the same domain's identity in another region.

Source: SES developer guide, "Deterministic Easy DKIM"; SES v2 API reference, DkimSigningAttributes, VerificationInfo.
"""

from provisioner.sandbox.ses.model import Dkim, Identity

_PREFIX = "AWS_SES_"


def primary_region(origin: str | None) -> str | None:
    """Return the region that an origin such as `AWS_SES_EU_WEST_1` names, None for every other origin."""
    return origin.removeprefix(_PREFIX).lower().replace("_", "-") if origin and origin.startswith(_PREFIX) else None


def fault_of(primary: Identity | None) -> str | None:
    """Say what keeps an identity from being copied."""
    if primary is None:
        return "REPLICATION_PRIMARY_NOT_FOUND"
    if primary.dkim.origin == "EXTERNAL":
        return "REPLICATION_PRIMARY_BYO_DKIM_NOT_SUPPORTED"
    return "REPLICATION_REPLICA_AS_PRIMARY_NOT_SUPPORTED" if primary_region(primary.dkim.origin) else None


def copy(primary: Identity, own: Dkim, suffix: str) -> None:
    """Give an identity what its primary has; `suffix` is where the CNAMEs of the primary's region point to."""
    own.tokens, own.key_length = primary.dkim.tokens, primary.dkim.key_length
    own.hosted_zone = primary.dkim.hosted_zone or suffix
