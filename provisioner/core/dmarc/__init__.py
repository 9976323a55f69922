"""DMARC (RFC 9989): the record, its discovery, and advice about the next policy."""
