"""The local AMC: Amazon's contract over HTTP on this machine, with data of its own making."""
