"""Code for what was derived: the forward pass and all gradients as vectorised functions."""
