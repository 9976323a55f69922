"""SMTP credentials: one file for each verb, and the keys that they stand on."""
