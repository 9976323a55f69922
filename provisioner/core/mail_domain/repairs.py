"""What new-domain does at an identity beyond Terraform, which does not see these states."""

from __future__ import annotations

from enum import StrEnum

from provisioner.core.mail_domain.identity import EASY_DKIM, FAILED, IdentityStatus


class Repair(StrEnum):
    """One thing to do at an identity, in the words of a result."""

    SIGN = "switch DKIM signing on"
    LOOK_FOR_DKIM = "have SES look for the DKIM records again"
    LOOK_FOR_MAIL_FROM = "have SES look for the MAIL FROM records again"


def repairs_of(identity: IdentityStatus | None) -> tuple[Repair, ...]:
    """Return what an identity needs; SES gives up after 72 hours, and looks again only when it is told to."""
    if identity is None:
        return ()
    needed = {
        Repair.SIGN: not identity.signing_enabled,
        Repair.LOOK_FOR_DKIM: identity.dkim_status == FAILED and identity.signing_origin == EASY_DKIM,
        Repair.LOOK_FOR_MAIL_FROM: identity.mail_from_domain is not None and identity.mail_from_status == FAILED,
    }
    return tuple(repair for repair, is_needed in needed.items() if is_needed)
