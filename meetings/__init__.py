"""Điểm Cầu: hybrid conferences, scheduled, held and reported."""

__version__ = "0.1.0"
