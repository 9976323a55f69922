"""Which tools a run would use."""

from __future__ import annotations

from provisioner import __version__
from provisioner.ports.edges import Edges


def versions(edges: Edges) -> dict[str, str | None]:
    """Return which program, Terraform, provider and mirror a run would use."""
    found = edges.terraform.versions()
    return {
        "provisioner": __version__,
        "terraform": found.terraform,
        "terraform_path": found.terraform_path,
        "provider": found.provider,
        "mirror": found.mirror,
    }
