"""Pieces that the screens share."""
