"""How each fact about a domain is gathered, a file for each subject; none of this judges."""
