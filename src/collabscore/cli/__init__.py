"""The command line: commands parse, call and print, and do nothing else."""
