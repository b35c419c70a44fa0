"""The web application: the chat page, and how it is served."""
