"""Many domains in one run: the manifest, shards, the journal and the report."""
