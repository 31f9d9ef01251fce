"""How fast stories are placed, chosen, and picked for each reader: `benchmarks/select.py [--quick]`.

Figures are for each CPU-second of one process, or milliseconds; named naive ways are measured in the same run. The
last line is one JSON object.
"""

import sys

if __name__ == "__main__":
    from selection.measuring import main

    main(sys.argv[1:])
else:
    # Every script in this folder finds this file before the standard library's module of the same name: hand that on.
    from importlib.machinery import BuiltinImporter, PathFinder
    from importlib.util import module_from_spec
    from pathlib import Path

    _here = Path(__file__).resolve().parent
    _elsewhere = [place for place in sys.path if Path(place).resolve() != _here]
    _found = BuiltinImporter.find_spec("select") or PathFinder.find_spec("select", _elsewhere)
    if _found is None or _found.loader is None:
        raise ImportError("the standard library has no module select")
    _real = module_from_spec(_found)
    _found.loader.exec_module(_real)
    sys.modules["select"] = _real
