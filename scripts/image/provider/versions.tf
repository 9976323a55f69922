# The provider that the image carries; .terraform.lock.hcl beside this file pins its checksums for every platform.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}
