"""The world in memory, told with verbs; one file for each outside thing."""
