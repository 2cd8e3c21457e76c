"""Certificates: proved claims as theorems of Rocq (Coq) with Coquelicot, each checked by its kernel.

    Network, Claim ─▶ statement ─▶ guard ─▶ file ─▶ coqc ─▶ certificate
    hints of the search ───────▶ proof ─▲

The statement is made from the claim alone; the guard reads it back and evaluates it on concrete networks. The proof
follows the hints, which nobody has to trust.
"""
