"""Credential stores on AWS."""
