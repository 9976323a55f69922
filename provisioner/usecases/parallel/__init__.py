"""Several domains at once, and ending them in order."""
