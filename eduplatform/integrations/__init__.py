"""Services from outside, each behind a small interface with a local default."""
