"""What a user asks for a domain, and how it is remembered."""
