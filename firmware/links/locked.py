"""A server behind a lock that nobody has a key to: over the air nothing is told and nothing is taken."""


class Locked:
    """Looks like smp.server.Server, and answers nothing."""

    LATER = -1

    def __init__(self, server):
        self.buf_size = server.buf_size
        self.reply_buf = server.reply_buf

    def opened(self) -> None:
        """A connection begins."""

    def closed(self) -> None:
        """It has ended."""

    def is_proven(self) -> bool:
        """Never."""
        return False

    def answer(self, _message) -> int:
        """Nothing."""
        return 0

    async def finish(self) -> int:
        """Never asked for."""
        return 0

    def reply_sent(self) -> None:
        """Nothing waits for it."""
