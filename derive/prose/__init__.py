"""What the text around a formula says of it: conditions, cases, suppositions, values, symmetric matrices, labels.

Words only; a formula in them is read by `derive.reader`, and what it means is decided above this room.
"""
