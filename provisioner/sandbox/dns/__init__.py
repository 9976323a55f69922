"""The name server that answers from the emulated Route 53."""
