"""Measures the promises of speed and size on a large shop; ``python -m benchmarks`` prints one table."""
