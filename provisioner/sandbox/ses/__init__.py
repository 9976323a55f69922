"""The emulated SES v2."""
