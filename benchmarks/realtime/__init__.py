"""Measurements of real time: sockets, and pages that change by themselves."""
