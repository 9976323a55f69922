"""The embedded AWS: moto with the parts of SES that it lacks, a DNS server and an SMTP server on loopback."""
