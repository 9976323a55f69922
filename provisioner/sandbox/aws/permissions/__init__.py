"""What an operator with a policy may call: the action and the ARNs of each request, and AWS's answer when it is no."""
