"""What is right? Pure functions over plain values: no database, no web, no clock is read here.

``points`` → ``transitions`` → ``clock`` → ``calendar`` → ``policy``, never back.
``trail`` and ``verify`` stand alone on the standard library.
"""
