"""The command `doctor`: its options, and its reports as text."""
