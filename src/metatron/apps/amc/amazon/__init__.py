"""The wire client: Login with Amazon, AMC administration and reporting."""
