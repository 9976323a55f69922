"""The policies of the page about permissions, which the operator of every integration test has and no more."""

from pathlib import Path

from provisioner.sandbox.policy.documents import policies_in

PAGE = Path(__file__).parents[1] / "docs" / "permissions.md"
POLICIES = policies_in(PAGE.read_text(), PAGE.name)

# Tests have buckets of several names.
OPERATOR = tuple(text.replace(":::example-states", ":::*") for text in POLICIES)
