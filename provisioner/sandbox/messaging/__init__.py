"""SNS topics and SQS queues: what a service says, who may say it, and where it waits until it is read."""
