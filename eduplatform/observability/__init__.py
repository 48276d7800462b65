"""What the platform tells those who run it: structured logs, reference ids and counters."""
