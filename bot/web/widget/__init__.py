"""The widget that any page embeds with one line: its sources, and how they become one script."""
