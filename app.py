"""Start the web application: ``python app.py`` is the same as ``policybot serve``."""

import sys

from bot.cli.main import run

if __name__ == "__main__":
    sys.argv[1:1] = ["serve"]
    run()
