"""Terraform states: their files, their locks, and the bucket they may live in."""
