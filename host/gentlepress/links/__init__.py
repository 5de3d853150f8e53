"""Ways to reach a tool: bytes in, bytes out, a deadline on every call."""

from gentlepress.links.address import open_link
from gentlepress.links.base import Limits, Link

__all__ = ["Limits", "Link", "open_link"]
