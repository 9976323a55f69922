"""Terraform states: moving them, and holding their locks."""
