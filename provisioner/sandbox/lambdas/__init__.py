"""Lambda functions, each run from its zip in a process of its own."""
