"""SPF (RFC 7208): reading a record, merging ours into it, saying what is wrong with it."""
