"""From procurement to inspection: fulfilment events and issues."""
