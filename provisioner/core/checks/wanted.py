"""The records that a domain needs, as a check knows them."""

from __future__ import annotations

from provisioner.core.checks.observed import Observed, Unseen, seen
from provisioner.core.mail_domain.records import Record, dkim_records


def records_of_dkim(observed: Observed) -> tuple[Record, ...]:
    """Return the CNAMEs of Easy DKIM, none without an identity; raises `NotSeen` where SES did not say."""
    identity, spec = seen(observed.identity), observed.spec
    if identity is None:
        return ()
    return dkim_records(spec.domain, identity.dkim_tokens, identity.signing_hosted_zone or spec.signing_hosted_zone)


def wanted_records(observed: Observed) -> tuple[Record, ...]:
    """Return every record that is known to be needed; those of which nobody could look are left out."""
    others = () if isinstance(observed.records, Unseen) else observed.records
    return (*others, *(() if isinstance(observed.identity, Unseen) else records_of_dkim(observed)))
