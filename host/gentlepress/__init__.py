"""Gentlepress on the desktop: copies the tool's sessions, shows them, and pushes routines."""

__version__ = "0.1.0"
