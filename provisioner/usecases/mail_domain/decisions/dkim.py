"""Whether the domain's mail is signed in the one way that is managed here: by Easy DKIM, with a key of this region."""

from __future__ import annotations

from provisioner.core.mail_domain.identity import EASY_DKIM, OWN_KEY, IdentityStatus
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import Refused


def refuse_other_keys(domain: DomainName, region: Region, identity: IdentityStatus | None) -> None:
    """Raise `Refused("other_dkim")` for an identity that signs with another key than Easy DKIM's.

    Terraform's provider would switch it over, and mail would go unsigned until the new records are seen.
    """
    if identity is None or identity.signing_origin == EASY_DKIM:
        return
    whose = "a key of your own (BYODKIM)" if identity.signing_origin == OWN_KEY else f"that of {_parent(identity)}"
    command = (
        f"aws sesv2 put-email-identity-dkim-signing-attributes --region {region.name} --email-identity {domain} "
        "--signing-attributes-origin AWS_SES"
    )
    raise Refused(
        "other_dkim",
        f"{domain}: SES signs its mail with {whose}, and only Easy DKIM is managed here; nothing was touched",
        f"use another name, such as a subdomain; or switch it over with `{command}`, after which its mail is not "
        "signed until the three new CNAME records are seen, and repeat",
    )


def _parent(identity: IdentityStatus) -> str:
    region = identity.signing_origin.removeprefix(f"{EASY_DKIM}_").replace("_", "-").lower()
    return f"its identity in {region} (Deterministic Easy DKIM)"
