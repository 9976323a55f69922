"""Terraform behind `ports.Terraform`; a package, because the one outside thing has several sides."""

from provisioner.adapters.terraform.runner import TerraformRunner
from provisioner.adapters.terraform.settings import Settings, Timeouts

__all__ = ["Settings", "TerraformRunner", "Timeouts"]
