"""How fast is the application on this machine? ``make bench`` prints it; nothing is asserted.

Every speed is the median of interleaved repetitions and a share of a baseline measured in the same
run, because a bare figure says more about the machine than about the program.
"""
