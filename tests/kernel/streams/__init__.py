"""Events over Redis Streams, with a real Redis."""
