"""A fictional firm to look at: people, customers, products and what was said, from a seed.

The same seed gives the same firm; only dates follow the day it is made on. Telephone numbers use
exchanges that are not assigned (0, 00, 000, 0000), e-mail addresses the domains kept for examples.
"""
