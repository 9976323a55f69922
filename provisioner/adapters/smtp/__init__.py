"""SMTP, as the customer's site would use it."""
