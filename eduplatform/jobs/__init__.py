"""Background jobs: what is done later, on a schedule, or by another process."""
