"""Record data and answers of DNS."""
