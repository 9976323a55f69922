"""Requests to AWS wait for their turn, ours and the provider's alike."""
