"""`python -m reverse_etl`."""

from reverse_etl.cli import main

if __name__ == "__main__":
    main()
