"""What comes back from the units: identify, read, normalise, check, verdict."""
