"""DMARC, by RFC 9989 and RFC 9990: the record that we publish, and where receivers look for records."""

import re

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName

MOST_QUERIES = 8  # RFC 9989 section 4.10: a longer name is cut to seven labels after the first query

# In a URI of a record "!", "," and ";" are delimiters (RFC 9989 section 4.7), "%" starts an escape (RFC 6068).
_URI_ESCAPES = {"%": "%25", "!": "%21", ",": "%2C", ";": "%3B"}
_VERSION = re.compile(r"[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)")


def record_text(policy: DmarcPolicy, rua: EmailAddress | None) -> str:
    """Return the record, valid under RFC 7489 too: `v=DMARC1; p=none; rua=mailto:dmarc@example.com`."""
    reports = f"; rua={report_uri(rua)}" if rua else ""
    return f"v=DMARC1; p={policy}{reports}"


def report_uri(address: EmailAddress) -> str:
    """Return the destination of reports as it stands in a record: `mailto:dmarc@example.com`."""
    return "mailto:" + "".join(_URI_ESCAPES.get(character, character) for character in str(address))


def tree_walk(domain: str) -> tuple[str, ...]:
    """Return the names that a receiver asks for a policy, first to last: `_dmarc.a.example.com`, ..., `_dmarc.com`."""
    labels = domain.split(".")
    above = labels[1:][-(MOST_QUERIES - 1) :]
    walk = [labels, *(above[cut:] for cut in range(len(above)))]
    return tuple(".".join(("_dmarc", *name)) for name in walk)


def external_report_name(policy_domain: DomainName, rua: EmailAddress) -> str | None:
    """Return the name where the reports' receiver must publish `v=DMARC1`, None when it need not (RFC 9990).

    Needed when the two organizational domains differ: `example.com._report._dmarc.example.net`.
    """
    if DomainName.of_ascii(rua.domain).organizational == policy_domain.organizational:
        return None
    return f"{policy_domain}._report._dmarc.{rua.domain}"


def is_dmarc_record(text: str) -> bool:
    """Say whether a TXT is taken for a DMARC record at all: `v=DMARC1` comes first, its value in this very case."""
    return _VERSION.match(text) is not None
