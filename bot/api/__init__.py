"""The HTTP API: JSON and server-sent events over one assistant, and doors for other clients."""
