"""What is live on the wire: the socket of every page and the media process. PROTOCOL.md specifies every message."""
