"""Many domains in one run: one file for each verb, and the scheduler."""
