"""The readers' side: join, choose, leave, read again; and where providers tell what became of mail."""

from digest.web.public.app import app
from digest.web.public.serving import serve

__all__ = ["app", "serve"]
