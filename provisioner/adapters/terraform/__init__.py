"""Terraform behind `ports.Terraform`; a package, because the one outside thing has several sides."""

from provisioner.adapters.terraform.runner import TerraformRunner
from provisioner.adapters.terraform.settings import TerraformSettings, Timeouts

__all__ = ["TerraformRunner", "TerraformSettings", "Timeouts"]
