"""One file per verb a user has; each talks to ports only."""
