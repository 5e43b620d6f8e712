"""How fast the portal is (`make bench`): beside a bare Flask page on the same server, in the same run.

Machines are shared and noisy: of what is measured here only ratios within one run count.
"""
