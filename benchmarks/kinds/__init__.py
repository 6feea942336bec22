"""The benchmarks, one module each.

Each has ``PEERS``, what its figures depend on beside this program, and
``measure(plan)``, which returns its figures.
"""
