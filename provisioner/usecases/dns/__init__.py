"""The records of a domain as the world sees them: one file for each verb."""
