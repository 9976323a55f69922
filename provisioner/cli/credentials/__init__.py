"""The commands over SMTP credentials, one file each."""
