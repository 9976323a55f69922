"""SMTP credentials: access keys, derived passwords, and the forms they are handed over in."""
