"""The command `version`."""

from __future__ import annotations

from provisioner.cli.frame import layout
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.output import print_document, print_text
from provisioner.usecases.version import versions

app = commands()


@command(app, "version", examples="  provisioner version\n  provisioner version --json")
def _version(common: Common) -> None:
    """Say which Terraform, provider and mirror would be used."""
    document = versions(common.edges())
    if common.as_json:
        print_document(document)
    else:
        print_text(layout.pairs((key.replace("_", " "), value or "-") for key, value in document.items()))
