"""The command line: one command group a file, no logic, nothing heavy imported before it is used."""
