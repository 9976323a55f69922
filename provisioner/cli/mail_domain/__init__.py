"""The commands over single domains."""
