"""What every emulated service's door needs: calls, errors, throttling."""
