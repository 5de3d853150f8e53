"""Bytes in, bytes out: one file per link."""
