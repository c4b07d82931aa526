"""The local AMC: made-up data with known truths, and the engine that answers AMC SQL over it."""
