"""One AWS provider for many runs of Terraform, each of which reattaches to it through a small gRPC proxy.

Terraform would start the provider for each command, and ask for the schema of all that AWS has.
"""
