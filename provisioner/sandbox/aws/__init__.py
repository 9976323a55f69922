"""The emulated AWS: moto with what it lacks, behind one HTTP server."""
