"""Which runs of Terraform share one AWS provider."""

from enum import StrEnum


class Sharing(StrEnum):
    """How much is shared: each member's value is what a user types.

    Terraform tells a provider of its own to stop when it is interrupted; a shared one finishes the request in flight.
    """

    NEVER = "never"  # each Terraform starts a provider of its own
    READS = "reads"  # what changes nothing shares one, over roots that Terraform has worked on before
    ALWAYS = "always"
