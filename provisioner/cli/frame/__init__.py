"""What all commands stand on: the app and its table, common options, printing, layout, signals."""
