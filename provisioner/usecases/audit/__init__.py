"""What is done with SES's events: collecting, importing and asking for them."""
