"""What is decided for a domain once: its zone, whose DMARC record applies, which part of the TXT set is ours."""
