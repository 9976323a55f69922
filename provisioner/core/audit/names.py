"""The names of what the audit pipeline has on AWS, once per account and region."""

TOPIC = "provisioner-feedback"
QUEUE = "provisioner-feedback"
DEAD_LETTER_QUEUE = "provisioner-feedback-dead"
EVENT_DESTINATION = "provisioner-feedback"  # of the configuration set of each domain
COLLECTOR = "provisioner-collector"  # the function, and the command that it works like is `audit collect`

# The environment of the collector.
QUEUE_URL = "QUEUE_URL"
DEAD_LETTER_QUEUE_URL = "DEAD_LETTER_QUEUE_URL"
ARCHIVE_BUCKET = "ARCHIVE_BUCKET"

METRICS = "Provisioner/Audit"  # the namespace of what the functions count, in CloudWatch


def archive_bucket(account: str, region: str) -> str:
    """Return the archive's bucket; names of buckets are one space for all accounts and regions of a partition."""
    return f"provisioner-feedback-{account}-{region}"
