"""What a text from the way of a mail means: who spoke, why, and what to do; tables, and one reader of them."""
