"""What SES tells about mail: events in its own JSON, published to the topics of the configuration set."""
