"""Addresses of the interface room."""
