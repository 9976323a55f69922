"""AWS through boto3: one file for each service, all on one session."""
