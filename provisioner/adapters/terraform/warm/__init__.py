"""One AWS provider for many runs of Terraform.

Terraform would start the provider for each command, and ask for the schema of all that AWS has. Here the unmodified
provider runs once, and each Terraform reattaches to it through a small gRPC proxy.
"""

from provisioner.adapters.terraform.warm.pool import RUNS, Lease, WarmProvider
from provisioner.adapters.terraform.warm.schema_types import schema_types_in

__all__ = ["RUNS", "Lease", "WarmProvider", "schema_types_in"]
