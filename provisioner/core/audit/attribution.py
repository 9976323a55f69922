"""Whose an event is: the customer's domain and its sender.

Not by the addresses in the mail, nor by its headers, which whoever sends writes as they like: by what SES itself says
of the mail. (`X-SES-CONFIGURATION-SET` is a header, the tag `ses:configuration-set` is SES's.)
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from provisioner.core.audit.event import Event
from provisioner.core.values.domain import DomainName
from provisioner.core.values.resource_names import configuration_set_name
from provisioner.errors import InputError

_TO_DOMAIN = str.maketrans({"-": ".", "_": "-"})


def domain_of(event: Event) -> str | None:
    """Return the domain in A-labels: by configuration set, then `ses:from-domain`, then the identity; None: unknown.

    Every domain of ours has a set of its own, with its name in it. A shortened name tells its domain only to who knows
    that; then the domain from which was sent, or one above it, is the set's.
    """
    return _domain_of(event.configuration_set or "", event.from_domain, event.source_arn)


@lru_cache(maxsize=4096)  # a customer has many events
def _domain_of(of_set: str, from_domain: str | None, source_arn: str | None) -> str | None:
    known = list(dict.fromkeys([*_names(from_domain), *_names(_identity(source_arn))]))
    for name in [above for one in known for above in _with_parents(one)]:
        if configuration_set_name(name) == of_set:
            return name.ascii
    return next((name.ascii for name in [*_names(of_set.translate(_TO_DOMAIN), exact=True), *known]), None)


def sender_of(caller: str | None) -> str | None:
    """Return the name of the sender whose SMTP user it is: `example.com+shop` -> `shop`; None: the domain's own."""
    return (caller or "").partition("+")[2] or None


def _names(text: str | None, *, exact: bool = False) -> Iterator[DomainName]:
    try:
        if text:
            yield DomainName.of_ascii(text if exact else text.lower().removesuffix("."))
    except InputError:
        return


def _identity(arn: str | None) -> str | None:
    """Return the domain of `arn:aws:ses:REGION:ACCOUNT:identity/NAME`, whose name may be an address."""
    return (arn or "").partition(":identity/")[2].rpartition("@")[2] or None


def _with_parents(name: DomainName) -> Iterator[DomainName]:
    labels = name.labels
    return (DomainName(".".join(labels[cut:])) for cut in range(len(labels) - 1))
