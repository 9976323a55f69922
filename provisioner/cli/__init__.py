"""Typer, one file per command group: arguments in, use case, print, exit code."""
