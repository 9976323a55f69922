"""DMARC aggregate reports from files: parsedmarc reads what receivers really send; the extra `reports` brings it."""
