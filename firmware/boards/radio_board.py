"""A board that can speak over the air."""

from .board import Board


class RadioBoard(Board):
    """As Board."""

    has_radio = True
