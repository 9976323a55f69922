"""Pure values and functions over them: no clock, files, network or environment."""
