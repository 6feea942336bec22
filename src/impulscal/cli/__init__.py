"""The commands: the clock, the terminal, the exit codes."""
