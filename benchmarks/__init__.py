"""Ratios from one run, side by side; never a lone time."""
