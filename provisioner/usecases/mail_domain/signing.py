"""Whose key SES signs with: this program keeps the three records of Easy DKIM, and of nothing else."""

from __future__ import annotations

from provisioner.core.mail_domain.identity import EASY_DKIM, OWN_KEY
from provisioner.errors import Refused
from provisioner.usecases.mail_domain.survey import Survey


def refuse_other_signing(seen: Survey) -> None:
    """Raise `Refused("signs_otherwise")` for an identity that signs with the customer's own key, or another region's.

    Terraform would switch it to Easy DKIM, and mail would go out unsigned until SES has seen the new records.
    """
    identity, spec = seen.identity, seen.spec
    if identity is None or identity.signing_origin == EASY_DKIM:
        return
    own = "a key of its owner's own (BYODKIM)"
    key = own if identity.signing_origin == OWN_KEY else f"the key of another region ({identity.signing_origin}, DEED)"
    raise Refused(
        "signs_otherwise",
        f"{spec.domain}: SES signs its mail with {key}, and this program keeps the records of Easy DKIM only; "
        "nothing was touched",
        "leave the domain to whoever set that up; or switch it to Easy DKIM yourself, and its mail goes out unsigned "
        "until the new records are seen: `aws sesv2 put-email-identity-dkim-signing-attributes --email-identity "
        f"{spec.domain.ascii} --signing-attributes-origin AWS_SES --region {spec.region.name}`",
    )
