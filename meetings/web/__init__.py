"""The pages and what they post, one flat module per resource; they never import each other."""
