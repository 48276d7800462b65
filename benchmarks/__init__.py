"""Measurements of the running platform: each module is a program that prints figures and exits with 1 over a limit."""
