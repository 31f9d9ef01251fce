"""How fast mail is handed to SendGrid, beside the official client as it comes: `benchmarks/sendgrid.py [--quick]`.

Both talk to the same server on this machine, over TLS with a certificate made for the run. The last line is one JSON
object.
"""

from __future__ import annotations

import sys

if __name__ != "__main__":
    # Every script in this folder finds this file before the package of the same name: hand that on.
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec
    from pathlib import Path

    _here = Path(__file__).resolve().parent
    _spec = PathFinder.find_spec("sendgrid", [place for place in sys.path if Path(place).resolve() != _here])
    if _spec is None or _spec.loader is None:
        raise ImportError("the package sendgrid is not installed")
    _real = module_from_spec(_spec)
    sys.modules["sendgrid"] = _real
    _spec.loader.exec_module(_real)
else:
    from handing.measuring import main

    main(sys.argv[1:])
