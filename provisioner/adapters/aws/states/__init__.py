"""Terraform states on S3: the bucket, the objects, and their locks."""
