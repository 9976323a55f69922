"""What this program needs from the world, in its own words; one file for each subject."""
