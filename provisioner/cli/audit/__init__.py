"""`audit`: every bounce and complaint, kept and asked for."""
