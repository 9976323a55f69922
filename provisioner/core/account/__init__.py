"""The AWS account as a whole: who we are in it, what it holds, how fast it answers."""
