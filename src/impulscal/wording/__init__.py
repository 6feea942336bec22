"""The texts that people read in their calendar, in German and British English.

Pure functions of what the public may know of a session and of its revision. A text
names dates, never how far away they are: it does not change with the clock.
"""
