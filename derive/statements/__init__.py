"""What a line of a document does: claims, definitions, memberships, settings, and the claims that it makes."""
