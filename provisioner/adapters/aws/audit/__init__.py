"""SQS and S3, as far as SES's events are concerned; their clients come from outside, from a Lambda's own too."""
