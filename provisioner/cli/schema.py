"""`schema manifest|report`: the JSON Schemas of what goes into a batch and what comes out."""

from __future__ import annotations

from provisioner.cli.frame.common import Common, command, commands, group
from provisioner.cli.frame.output import print_document

app = commands()
schema = group(
    app,
    "schema",
    "Print the JSON Schemas of batch manifests and reports.",
    examples="  provisioner schema manifest > manifest.schema.json\n  provisioner schema report | jq .properties",
)


@command(schema, "manifest", examples="  provisioner schema manifest > manifest.schema.json")
def _manifest(_common: Common) -> None:
    """Print the JSON Schema of a batch manifest, for editors and checks."""
    from provisioner.wiring.batch import manifest_schema  # noqa: PLC0415 - the help does not pay for the adapters

    print_document(manifest_schema())


@command(schema, "report", examples="  provisioner schema report > report.schema.json")
def _report(_common: Common) -> None:
    """Print the JSON Schema of a batch report."""
    from provisioner.wiring.batch import report_files  # noqa: PLC0415 - the help does not pay for the adapters

    print_document(report_files().schema())
