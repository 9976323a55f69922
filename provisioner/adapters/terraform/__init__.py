"""Terraform behind `ports.Terraform`; a package, because the one outside thing has several sides."""

from provisioner.adapters.terraform.runner import Settings, TerraformRunner, Timeouts

__all__ = ["Settings", "TerraformRunner", "Timeouts"]
