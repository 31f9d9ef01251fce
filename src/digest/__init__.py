"""The newsletter and digest builder that newsrooms run themselves.

Importing this package costs nothing: every stage is imported where it is used.
"""

__version__ = "0.1.0"
