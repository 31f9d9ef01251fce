"""The line: the only room that knows every stage, and how an edition goes from sources to readers."""
