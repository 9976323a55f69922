"""Reads the environment once and builds the real edges, one file for each subject."""
