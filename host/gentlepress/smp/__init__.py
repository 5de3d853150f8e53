"""The Simple Management Protocol as the desktop speaks it: messages, console frames, and a session of requests."""
