"""Events over Redis Streams: PostgreSQL numbers and keeps them, Redis carries them."""
