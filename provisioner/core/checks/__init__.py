"""Pure checks over gathered facts; each returns findings."""
