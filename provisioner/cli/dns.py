"""`dns records|zonefile`."""

from __future__ import annotations

from provisioner.cli import text
from provisioner.cli.common import Common, command, group, parse_domain
from provisioner.cli.domains import Domain
from provisioner.cli.output import print_document, print_text
from provisioner.core.zonefile import zone_file
from provisioner.usecases.inspection import records_of

app = group(
    "The records of a domain, as a table or as a zone file.",
    examples="  provisioner dns records example.com\n  provisioner dns zonefile example.com > example.com.zone",
)


@command(app, "records", examples="  provisioner dns records example.com\n  provisioner dns records example.com --json")
def _records(common: Common, domain: Domain) -> None:
    """Show the records that must exist for a domain."""
    name = parse_domain(domain)
    found = records_of(common.edges(), name)
    if common.as_json:
        print_document({"domain": name.ascii, "records": [record.to_document() for record in found]})
    else:
        print_text(text.records(found))


@command(app, "zonefile", examples="  provisioner dns zonefile example.com > example.com.zone")
def _zonefile(common: Common, domain: Domain) -> None:
    """Write the records as a BIND zone file, to import at another DNS host."""
    name = parse_domain(domain)
    written = zone_file(name.ascii, records_of(common.edges(), name))
    if common.as_json:
        print_document({"domain": name.ascii, "zonefile": written})
    else:
        print_text(written)
