"""The manifest of a batch: YAML, JSON or CSV, with the line of each fault."""
