"""From syntax trees to typed values: names, indices, shapes and ranges, lowered to the calculus of indices."""
