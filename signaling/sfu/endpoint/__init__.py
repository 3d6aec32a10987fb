"""Where media *ends*: a process of its own beside the media process, so that decoding never delays forwarding."""
