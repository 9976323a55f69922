"""IAM policies: how AWS evaluates them, as far as sending mail needs it."""
