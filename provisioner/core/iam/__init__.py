"""IAM: what policies say of a request."""
