"""``python -m bot`` is the same as ``policybot``."""

from bot.cli.main import run

if __name__ == "__main__":
    run()
