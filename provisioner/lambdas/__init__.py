"""The functions that run in AWS Lambda: each reads its environment, makes clients, and calls one use case."""
