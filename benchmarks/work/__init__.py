"""Work that is measured in a process of its own: each module is one program.

Each prints one line of JSON: what it took. So no round finds anything in memory that an
earlier one has left there.
"""
