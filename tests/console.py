"""What an installed `derive` runs: its own folder comes first on the module path, never the current one."""

from derive.cli import main

if __name__ == "__main__":
    main()
