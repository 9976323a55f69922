"""What SES tells about mail: its events, what they mean for whom, and the archive that keeps them."""
