"""Agents: engines that read, ask, hint and grade. They know texts, not tables."""
