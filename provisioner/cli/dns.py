"""`dns records|zonefile|check`."""

from __future__ import annotations

from datetime import timedelta

from provisioner.cli.frame import layout
from provisioner.cli.frame.common import Common, command, commands, group
from provisioner.cli.frame.layout import findings_text
from provisioner.cli.frame.options import Domain, Wait, parse_domain
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.findings import any_failed
from provisioner.core.mail_domain.zonefile import zone_file
from provisioner.core.values.duration import parse_duration
from provisioner.errors import NotDesired
from provisioner.usecases.dns.check import check
from provisioner.usecases.dns.records import records_of

app = commands()
dns = group(
    app,
    "dns",
    "The records of a domain: as a table, as a zone file, and whether they exist.",
    examples="  provisioner dns records example.com\n  provisioner dns zonefile example.com > example.com.zone",
)


@command(dns, "records", examples="  provisioner dns records example.com\n  provisioner dns records example.com --json")
def _records(common: Common, domain: Domain) -> None:
    """Show the records that must exist for a domain.

    Where its zone is not in this account, its name servers are asked what stands there, and the table says what to do
    for each record: add it, replace another by it, or keep what is there.
    """
    name = parse_domain(domain)
    found = records_of(common.edges(), name)
    if common.as_json:
        print_document(found.to_document())
    else:
        print_text("\n\n".join([layout.records(found.records), *found.notes]))


@command(dns, "zonefile", examples="  provisioner dns zonefile example.com > example.com.zone")
def _zonefile(common: Common, domain: Domain) -> None:
    """Write the records as a BIND zone file, to import at another DNS host.

    What would take the place of a record that stands there is a comment with the old and the new value: an import adds,
    and a second SPF or DMARC record breaks both.
    """
    name = parse_domain(domain)
    found = records_of(common.edges(), name)
    written = zone_file(name.ascii, found.records, found.notes)
    if common.as_json:
        print_document({"domain": name.ascii, "zonefile": written})
    else:
        print_text(written)


@command(
    dns,
    "check",
    examples="""\
  provisioner dns check example.com
  provisioner dns check example.com --wait 1h
  provisioner dns check example.com --json | jq '.findings[] | select(.severity == "error")'""",
)
def _check(common: Common, domain: Domain, wait: Wait = None) -> int:
    """Say whether the records of a domain exist in public DNS, and what to improve; exit 3 when a check fails.

    Each name server of the zone is asked, not a cache: also where the zone is not in this account. It is what `doctor`
    says of the zone and its records. With --wait, until all is well.
    """
    name, limit = parse_domain(domain), parse_duration(wait) if wait else timedelta()
    findings = check(common.doctor(), name, limit)
    failed = any_failed(findings)
    if common.as_json:
        print_document(
            {"domain": name.ascii, "ok": not failed, "findings": [finding.to_document() for finding in findings]}
        )
    else:
        print_text(findings_text(findings))
    return NotDesired.exit_code if failed else 0
