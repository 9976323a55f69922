"""The SMTP endpoint that checks derived passwords and IAM policies."""
