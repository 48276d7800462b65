"""The virus scanner: clamd when it is configured; without one every file counts as clean."""

from eduplatform.integrations.scanning.clamd import Verdict, scan

__all__ = ["Verdict", "scan"]
