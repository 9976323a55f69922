"""DNS: a resolver, and the servers of a zone themselves."""
