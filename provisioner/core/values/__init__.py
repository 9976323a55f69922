"""Words that everybody carries: names, addresses, regions, secrets, and how to write them."""
