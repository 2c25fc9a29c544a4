"""`python -m index PATH…` is `assistant index PATH…`."""

import sys
from importlib import import_module

if __name__ == "__main__":
    # By name at run time: nothing in `index` may import `assistant`, and its command line lives there.
    import_module("assistant.cli").main(["index", *sys.argv[1:]])
