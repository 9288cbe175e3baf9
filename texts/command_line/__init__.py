"""The frame of both command lines: global options, answers, exit codes, errors. Loaded by commands alone."""
