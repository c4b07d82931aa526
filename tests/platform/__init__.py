"""Tests of the platform's modules."""
