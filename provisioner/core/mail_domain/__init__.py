"""One domain on SES: what it should be, its records, and how it stands."""
