"""The AWS account as a whole: one file for each verb."""
