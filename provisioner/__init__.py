"""Put a domain on Amazon SES with one command, and keep its mail flowing."""

__version__ = "0.1.0"
