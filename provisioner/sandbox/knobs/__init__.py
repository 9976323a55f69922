"""What the sandbox shows on demand and no API of AWS can set: single name servers, states of SES, the clock."""
