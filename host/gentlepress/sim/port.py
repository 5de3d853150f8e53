"""A serial port made of a pty: the firmware holds one end, any program opens the other by its path."""

from __future__ import annotations

import os
import tty
from pathlib import Path

from gentlepress.errors import RuntimeUnavailable, UsageError


class PtyPort:
    """A raw pty, with a symbolic link to it if one is asked for.

    Args:
        link: where the link goes, or None.

    Attributes:
        device_fd: the end for the firmware.
        path: what a host program opens: the link, or the pty itself.

    Raises:
        UsageError: the link's place is taken or can't be written.
        RuntimeUnavailable: this system has no ptys left.
    """

    def __init__(self, link: Path | None = None) -> None:
        try:
            self.device_fd, self._host_fd = os.openpty()
        except OSError as failed:
            raise RuntimeUnavailable(
                f"No pseudo-terminal can be made: {failed.strerror}.", "Close programs that hold terminals."
            ) from failed
        # This end stays open here, so that the firmware sees no hang-up between two hosts.
        tty.setraw(self._host_fd)
        self._tty = os.ttyname(self._host_fd)
        self._link: Path | None = None
        try:
            if link is not None:
                self._link = _place(link, self._tty)
        except UsageError:
            self.close()
            raise
        self.path = str(self._link or self._tty)

    def hand_over(self) -> None:
        """Forget the firmware's end once its process holds it: a host then sees the port close with it."""
        os.close(self.device_fd)
        self.device_fd = -1

    def close(self) -> None:
        """Close both ends and take the link away. Safe to call twice."""
        for fd in (self.device_fd, self._host_fd):
            if fd >= 0:
                os.close(fd)
        self.device_fd = self._host_fd = -1
        if self._link is not None and self._link.is_symlink() and str(self._link.readlink()) == self._tty:
            self._link.unlink()
        self._link = None


def _place(link: Path, target: str) -> Path:
    if link.is_symlink() and not link.exists():
        link.unlink()
    try:
        link.symlink_to(target)
    except FileExistsError as taken:
        raise UsageError(
            f"link = {link}: something is there already.",
            "Stop the simulator that uses it, or remove it, or choose another --link.",
        ) from taken
    except OSError as failed:
        raise UsageError(
            f"link = {link}: {failed.strerror}.", "Choose a folder you can write to."
        ) from failed
    return link
