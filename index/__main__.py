"""`python -m index PATH…` is `assistant index PATH…`."""

import sys
from importlib import import_module

if __name__ == "__main__":
    # Imported by name at run time, because nothing in `index` may import `assistant`.
    import_module("assistant.cli").main(["index", *sys.argv[1:]])
