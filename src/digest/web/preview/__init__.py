"""Look at an edition in a browser as every segment gets it; edit, approve, share and send it there."""

from digest.web.preview.app import app
from digest.web.preview.serving import serve

__all__ = ["app", "serve"]
