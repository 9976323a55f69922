"""The DMARC policy of a domain: one file for each verb."""
