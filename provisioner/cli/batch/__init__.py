"""The command `batch`, its questions and its live view."""
